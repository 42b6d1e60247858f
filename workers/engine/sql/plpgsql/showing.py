"""Expressions as the catalogue's functions show them: schemas only where the path needs them."""

from __future__ import annotations

from collections.abc import Callable

from workers.engine.schema.model import QualifiedName, SqlType
from workers.engine.sql import resolve
from workers.engine.sql.plpgsql.catalogue import Row
from workers.engine.sql.postgres import SqlSyntaxError, scan
from workers.engine.sql.state import State

Is = Callable[[State, str, str], bool]

TEXTS = {
    "pg_policies": ("qual", "with_check"),
    "pg_indexes": ("indexdef",),
    "columns": ("column_default", "generation_expression"),
}
"""The columns of the catalogue's views that show expressions."""


def row_shown(state: State, relation: str, row: Row) -> Row:
    """A row of the catalogue with its expressions as a reader sees them."""
    texts = {one: shown(state, row[one]) for one in TEXTS.get(relation, ()) if row.get(one)}
    return {**row, **texts} if texts else row


def shown(state: State, text: str | None) -> str | None:
    """An expression that is kept with every name qualified, as pg_get_expr prints it.

    A schema goes where the search path finds the same type, function or table without it.
    """
    if text is None or "." not in text:
        return text
    data = text.encode()
    try:
        tokens = scan(data)
    except SqlSyntaxError:
        return text
    words = [data[one.start : one.end].decode() for one in tokens]
    made, done = [], 0
    for at in range(1, len(tokens) - 1):
        is_visible = _kind(words, at)
        if is_visible is None:
            continue
        schema, name = _plain(words[at - 1]), _plain(words[at + 1])
        if schema in state.schema.schemas and is_visible(state, schema, name):
            made.append(data[done : tokens[at - 1].start])
            done = tokens[at].end
    made.append(data[done:])
    return b"".join(made).decode()


def _kind(words: list[str], at: int) -> Is | None:
    """What the name around the dot at that place is a name of, as its surroundings say."""
    if words[at] != "." or (at > 1 and words[at - 2] == "."):
        return None
    before = words[at - 2].upper() if at > 1 else ""
    after = words[at + 2] if at + 2 < len(words) else ""
    if after == ".":
        return None
    if before == "::":
        return _is_type
    if after == "(" and before != "REFERENCES":
        return _is_function
    return _is_relation if before in ("REFERENCES", "FROM", "JOIN", ",", "(") else None


def _plain(word: str) -> str:
    return word[1:-1].replace('""', '"') if word.startswith('"') else word


def _is_type(state: State, schema: str, name: str) -> bool:
    return resolve.find_type(state, (name,)) == SqlType(name, schema=schema)


def _is_relation(state: State, schema: str, name: str) -> bool:
    """A column of an alias that is named like a schema is no relation."""
    return resolve.lookup(state, None, name) == QualifiedName(schema, name)


def _is_function(state: State, schema: str, name: str) -> bool:
    """Functions of one name in two schemas of the path: the first of them is seen."""
    spaces = {one.name.schema for one in state.schema.functions.values() if one.name.name == name}
    return next((one for one in resolve.searched(state) if one in spaces), None) == schema
