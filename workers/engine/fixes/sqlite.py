"""What a migration can mend in SQLite, which changes a table's columns only by making it anew."""

from __future__ import annotations

from workers.engine.compare import changes as c
from workers.engine.findings import Fix
from workers.engine.fixes import statements as sql
from workers.engine.fixes.drift import unread_fix as fix
from workers.engine.fixes.quoting import quoted
from workers.engine.schema.model import Column, Index, Table
from workers.engine.schema.names import quote_literal


def for_sqlite(change: c.Change) -> Fix | None:
    """The statements for a change, or None where the table has to be made anew: Prisma writes
    that, and its copying of the rows wants to be read."""
    match change:
        case c.TableMissing():
            return _make_table(change.declared)
        case c.TableExtra():
            line = sql.drop_table(change.replayed.name)
            return fix("Drop the table in a new migration", [line], safe=False)
        case c.TableRenamed():
            lines = sql.rename_table(change.replayed.name, change.declared.name)
            return fix("Rename the table in a new migration", lines, safe=False)
        case c.ColumnRenamed():
            line = sql.rename_column(change.table.name, change.replayed.name, change.declared.name)
            return fix("Rename the column in a new migration", [line], safe=False)
        case c.ColumnMissing() if not change.declared.not_null and change.declared.default is None:
            line = sql.add_column(change.table.name, change.declared)
            return fix("Add the column in a new migration", [line], safe=True)
        case c.IndexMissing():
            line = sql.create_index(change.table.name, change.declared)
            return fix("Create the index in a new migration", [line], safe=True)
        case c.IndexExtra() if not change.replayed.is_constraint:
            return fix("Drop the index in a new migration", [_drop(change.replayed)], safe=False)
        case c.IndexChanged() if not change.replayed.is_constraint:
            lines = [
                _drop(change.replayed),
                sql.create_index(change.table.name, change.declared),
            ]
            return fix("Make the index anew in a new migration", lines, safe=False)
        case _:
            return None


def _drop(index: Index) -> str:
    return f"DROP INDEX {quoted(index.name)};"


def _make_table(table: Table) -> Fix:
    key = table.primary_key.columns if table.primary_key else ()
    lines = [_column(column, key) for column in table.columns]
    if key and not any("PRIMARY KEY" in line for line in lines):
        lines.append(f"PRIMARY KEY ({', '.join(quoted(name) for name in key)})")
    for reference in table.foreign_keys:
        columns = ", ".join(quoted(name) for name in reference.columns)
        targets = ", ".join(quoted(name) for name in reference.ref_columns)
        lines.append(
            f"CONSTRAINT {quoted(reference.name)} FOREIGN KEY ({columns}) REFERENCES "
            f"{quoted(reference.ref_table.name)} ({targets}) "
            f"ON DELETE {reference.on_delete} ON UPDATE {reference.on_update}"
        )
    body = ",\n".join(f"    {line}" for line in lines)
    made = [f"CREATE TABLE {quoted(table.name.name)} (\n{body}\n);"]
    made += [sql.create_index(table.name, index) for index in table.indexes]
    return fix("Create the table in a new migration", made, safe=True)


def _column(column: Column, key: tuple[str, ...]) -> str:
    text = f"{quoted(column.name)} {column.type.name.upper()}"
    if column.not_null:
        text += " NOT NULL"
    if column.default is not None:
        is_call = column.default_kind == "dbgenerated" and not column.default.startswith("(")
        default = column.default
        if column.default_kind == "value" and default[:1] in ("{", "["):
            default = quote_literal(default)
        text += f" DEFAULT ({default})" if is_call else f" DEFAULT {default}"
    if key == (column.name,):
        text += " PRIMARY KEY"
        if column.type.name == "integer":
            text += " AUTOINCREMENT"
    return text
