"""Compare two catalogues place by place, with PostgreSQL as the judge of expressions.

The catalogue format lets an expression that was taken from source stand as written there. Where
the two sides' texts differ, PostgreSQL is given the replayed text in the same place, in a
transaction that is rolled back, and prints it itself: equal then means the same expression.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

Json = Any

_EXPRESSIONS = {"default", "generated", "where", "expr", "definition", "using", "withCheck"}
_NOT_COMPARED = {
    ("views", "definition"),
    ("functions", "definition"),
    ("triggers", "definition"),
    ("triggers", "function"),
}


@dataclass(frozen=True)
class Difference:
    """One place where the two disagree."""

    path: tuple[str, ...]
    expected: Json
    actual: Json

    def __str__(self) -> str:
        return f"{' > '.join(self.path)}: PostgreSQL {self.expected!r}, replay {self.actual!r}"


def differences(expected: Json, actual: Json) -> list[Difference]:
    """Every place where the catalogue of PostgreSQL and the replayed one differ."""
    return list(_walk((), expected, actual))


def _walk(path: tuple[str, ...], expected: Json, actual: Json) -> Iterator[Difference]:
    if len(path) == 3 and (path[0], path[2]) in _NOT_COMPARED:
        return
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in sorted(expected.keys() | actual.keys()):
            yield from _walk((*path, key), expected.get(key), actual.get(key))
    elif _is_named(expected) and _is_named(actual):
        names = [item["name"] for item in expected], [item["name"] for item in actual]
        if names[0] != names[1]:
            yield Difference(path, *names)
        other = {item["name"]: item for item in actual}
        for item in expected:
            if item["name"] in other:
                yield from _walk((*path, item["name"]), item, other[item["name"]])
    elif isinstance(expected, list) and isinstance(actual, list) and path[-1] == "keys":
        for number in range(max(len(expected), len(actual))):
            pair = [side[number] if number < len(side) else None for side in (expected, actual)]
            yield from _walk((*path, str(number)), *pair)
    elif expected != actual:
        yield Difference(path, expected, actual)


def _is_named(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(i, dict) and "name" in i for i in value)


def is_expression(difference: Difference) -> bool:
    """Whether two texts of one expression differ."""
    return (
        difference.path[-1] in _EXPRESSIONS
        and isinstance(difference.expected, str)
        and isinstance(difference.actual, str)
    )


def quote(name: str) -> str:
    """A name in quotation marks."""
    return '"' + name.replace('"', '""') + '"'


def same_expression(
    connection: psycopg.Connection[Any], catalogue: Json, difference: Difference
) -> bool:
    """Whether PostgreSQL prints the replayed text, put in its place, as what it has there."""
    statement, query = _probe(catalogue, difference)
    if not statement:
        return False
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement.encode())
            connection.execute(b"SET LOCAL search_path = pg_catalog")
            row = connection.execute(query.encode()).fetchone()
    except psycopg.Error:
        return False
    return row is not None and row[0] == difference.expected


def _probe(catalogue: Json, difference: Difference) -> tuple[str, str]:
    kind, key, *rest = difference.path
    text = difference.actual
    if kind == "tables":
        return _table_probe(key, rest, text)
    if kind == "policies":
        table = next(t for t in catalogue["tables"] if key.startswith(t + "."))
        word = "USING" if rest[0] == "using" else "WITH CHECK"
        command = "SELECT" if rest[0] == "using" else "INSERT"
        field = "polqual" if rest[0] == "using" else "polwithcheck"
        return (
            f"CREATE POLICY probe ON {_qualified(table)} FOR {command} {word} ({text})",
            f"SELECT pg_get_expr({field}, polrelid) FROM pg_policy WHERE polname = 'probe'",
        )
    if kind == "domains" and rest[0] == "default":
        return (
            f"ALTER DOMAIN {_qualified(key)} SET DEFAULT {text}",
            f"SELECT typdefault FROM pg_type WHERE oid = '{_qualified(key)}'::regtype",
        )
    if kind == "domains" and rest[0] == "checks":
        return (
            f"ALTER DOMAIN {_qualified(key)} ADD CONSTRAINT probe {text}",
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'probe'",
        )
    return "", ""


def _table_probe(key: str, rest: list[str], text: str) -> tuple[str, str]:
    table = _qualified(key)
    literal = table.replace("'", "''")
    default = (
        "SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d JOIN pg_attribute a"
        " ON a.attrelid = d.adrelid AND a.attnum = d.adnum"
        f" WHERE d.adrelid = '{literal}'::regclass AND a.attname = "
    )
    if rest[0] == "columns" and rest[2] == "default":
        column = rest[1].replace("'", "''")
        return (
            f"ALTER TABLE {table} ALTER COLUMN {quote(rest[1])} SET DEFAULT {text}",
            f"{default}'{column}'",
        )
    if rest[0] == "columns" and rest[2] == "generated":
        column = rest[1].replace("'", "''")
        kind = (
            "(SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
            f" WHERE attrelid = '{literal}'::regclass AND attname = '{column}')"
        )
        add, close = (
            f"ALTER TABLE {table} ADD COLUMN probe ",
            f" GENERATED ALWAYS AS ({text}) STORED",
        )
        return (
            f"DO $do$ BEGIN EXECUTE $o${add}$o$ || {kind} || $o${close}$o$; END $do$",
            f"{default}'probe'",
        )
    if rest[0] in ("checks", "excludes"):
        return (
            f"ALTER TABLE {table} ADD CONSTRAINT probe {text}",
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'probe'",
        )
    if rest[0] == "indexes" and rest[2] == "where":
        return (
            f"CREATE INDEX probe ON {table} ((1)) WHERE {text}",
            "SELECT pg_get_expr(indpred, indrelid) FROM pg_index"
            " JOIN pg_class c ON c.oid = indexrelid WHERE c.relname = 'probe'",
        )
    if rest[0] == "indexes" and rest[-1] == "expr":
        return (
            f"CREATE INDEX probe ON {table} (({text}))",
            "SELECT pg_get_expr(indexprs, indrelid) FROM pg_index"
            " JOIN pg_class c ON c.oid = indexrelid WHERE c.relname = 'probe'",
        )
    return "", ""


def _qualified(key: str) -> str:
    schema, _, name = key.partition(".")
    return f"{quote(schema)}.{quote(name)}"


def real_differences(
    connection: psycopg.Connection[Any], expected: Json, actual: Json
) -> list[Difference]:
    """The differences that remain after PostgreSQL has judged the expressions."""
    return [
        found
        for found in differences(expected, actual)
        if not (is_expression(found) and same_expression(connection, expected, found))
    ]
