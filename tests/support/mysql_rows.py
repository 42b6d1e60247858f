"""Rows for a MySQL schema, and what of them a server still holds."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.mariadb import MariaDb
from workers.engine.schema.model import Column, QualifiedName, Schema, Table

REFUSED_FOR_ROWS = frozenset((1048, 1062, 1138, 1264, 1265, 1292, 1366, 1406, 1452, 4025))
"""Errors by which MySQL and MariaDB stop at a row: no value, doubles, what would be cut off."""


def rows_for(schema: Schema, count: int = 3) -> str:
    """INSERT statements for so many rows in every table, parents first."""
    return "\n".join(_inserted(schema, count))


def _inserted(schema: Schema, count: int) -> Iterator[str]:
    done: set[QualifiedName] = set()
    waiting = dict(schema.tables)
    while waiting:
        ready = [
            table
            for table in waiting.values()
            if all(key.ref_table in done | {table.name} for key in table.foreign_keys)
        ]
        assert ready
        for table in ready:
            del waiting[table.name]
            done.add(table.name)
            columns = [one for one in table.columns if one.generated is None]
            names = ", ".join(f"`{one.name}`" for one in columns)
            for row in range(1, count + 1):
                values = ", ".join(_value(table, one, row) for one in columns)
                yield f"INSERT INTO `{table.name.name}` ({names}) VALUES ({values});"


def _value(table: Table, column: Column, row: int) -> str:
    if (
        not column.not_null
        and row == 2
        and not any(column.name in key.columns for key in table.foreign_keys)
    ):
        return "NULL"
    kind = column.type.name.partition(" ")[0]
    match kind:
        case "enum":
            return column.type.arguments[(row - 1) % len(column.type.arguments)]
        case "datetime" | "timestamp":
            return f"'2025-01-0{row} 10:00:00'"
        case "date":
            return f"'2025-01-0{row}'"
        case "time":
            return f"'10:00:0{row}'"
        case "year":
            return f"202{row}"
        case "json":
            return f"'{{\"n\": {row}}}'"
        case "tinyint" | "bit":
            return str(row % 2)
    return f"'{row}'"


def held(server: MariaDb, schema: Schema) -> dict[tuple[str, str], int]:
    """How many values each column holds, in the database of the last run; under the name "*" how
    many rows its table does."""
    found: dict[tuple[str, str], int] = {}
    for table in schema.tables.values():
        own = [f"COUNT(`{one.name}`)" for one in table.columns]
        rows = server.ask(f"SELECT COUNT(*), {', '.join(own)} FROM `{table.name.name}`")
        names = ["*", *(one.name for one in table.columns)]
        found |= {(table.name.name, name): n for name, n in zip(names, rows[0], strict=True)}
    return found
