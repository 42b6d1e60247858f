"""When two column defaults are the same to Prisma's schema engine on PostgreSQL.

The engine sorts a default into kinds: a literal, `now()`, a sequence, or anything else
("dbgenerated"), and compares by kind first. A literal is compared by its value, anything else by
its text. Measured on engine 8.1.0-2 (Prisma 7.10).
"""

from __future__ import annotations

import json
from typing import Literal

from msgspec import Struct

from workers.engine.compare import sqlite
from workers.engine.compare.expressions import same_expression, unqualified
from workers.engine.compare.literals import Token, tokens
from workers.engine.compare.types import Family
from workers.engine.compare.values import (
    Value,
    bare,
    declared_list,
    is_negation,
    is_nextval,
    is_now,
    list_of,
    scalar_of,
)
from workers.engine.schema.model import Column

DefaultKind = Literal["value", "list", "datetime", "now", "sequence", "dbgenerated", "any"]


class Default(Struct, frozen=True):
    """A default, sorted into the engine's kinds; `text` as written."""

    kind: DefaultKind
    text: str
    value: Value | None = None
    values: tuple[Value, ...] = ()
    written: str | None = None
    """The SQL of `dbgenerated("...")` in the schema; `text` is how PostgreSQL prints it."""


def read_default(
    column: Column,
    family: Family,
    is_list: bool,
    default_schema: str | None = None,
    sqlite_family: str = "",
) -> Default | None:
    """The default of a column of either side; None where there is none.

    A generated column's expression counts: the engine reads it as a default. PostgreSQL shows the
    engine the objects of the connection's `default_schema` without their schema. `sqlite_family`
    is the family of a replayed column of SQLite (`compare.sqlite`).
    """
    text = column.generated if column.generated is not None else column.default
    kind = column.default_kind
    if kind == "any":
        return Default("any", text or "")
    if text is None:
        return Default("sequence", "") if kind == "sequence" else None
    if kind == "dbgenerated":
        shown = text if default_schema is None else unqualified(text, default_schema)
        return Default("dbgenerated", shown, written=column.default_written)
    if kind in ("now", "sequence"):
        return Default(kind, text)
    if kind == "value" and is_list:
        values = declared_list(tokens(text) or [], family, _unread(column))
        if values is not None:
            return Default("list", text, None, values)
        return _read(text, family, is_list)
    if kind == "value" and family == "uuid":
        return Default("value", text, ("uuid", text))
    if kind == "value" and family == "datetime":
        return Default("datetime", text)
    if kind == "value" and family == "json":
        return _read(text, family, is_list=False) if "'" in text[:2] else _json(text)
    if kind is None and sqlite_family:
        return _read_sqlite(text, sqlite_family)
    if default_schema is not None:
        text = unqualified(text, default_schema)
    return _read(text, family, is_list)


def _unread(column: Column) -> str:
    """The sort of a list's values that the engine reads as another, or not at all."""
    return column.type.name if column.type.name in ("bigint", "uuid") else ""


def _json(text: str) -> Default:
    return Default("value", text, ("json", text))


def _read_sqlite(text: str, family: str) -> Default | None:
    if text.lower() == "null":
        return None
    if family == "datetime":
        return Default("now" if sqlite.is_now(text) else "dbgenerated", text)
    value = sqlite.value_of(text, family)
    return Default("dbgenerated", text) if value is None else Default("value", text, value)


def _read(text: str, family: Family, is_list: bool) -> Default | None:
    found = tokens(text)
    if found is None or (family == "int" and is_negation(found)):
        return Default("dbgenerated", text)
    found = bare(found)
    if found and found[0] == Token("word", "null"):
        return None
    if is_list:
        values = list_of(found, family)
        return (
            Default("dbgenerated", text) if values is None else Default("list", text, None, values)
        )
    if family == "datetime" and is_now(found):
        return Default("now", text)
    if family == "int" and is_nextval(found):
        return Default("sequence", text)
    value = scalar_of(found, family)
    return Default("dbgenerated", text) if value is None else Default("value", text, value)


def same_default(declared: Default | None, replayed: Default | None, is_datetime: bool) -> bool:
    """Whether the engine would leave the default alone."""
    if declared is None:
        return replayed is None or replayed.kind == "sequence"
    if declared.kind in ("any", "sequence"):
        return True
    if replayed is None:
        return False
    if declared.kind == "datetime":
        return True
    if declared.kind == "list" or replayed.kind == "list":
        return _same_list(declared, replayed, is_datetime)
    if declared.kind != replayed.kind:
        return False
    if declared.kind == "dbgenerated":
        return _same_generated(declared, replayed.text)
    return declared.kind == "now" or _same_value(declared.value, replayed.value)


def _same_list(declared: Default, replayed: Default, is_datetime: bool) -> bool:
    if declared.kind == replayed.kind:
        return len(declared.values) == len(replayed.values) and (
            is_datetime
            or all(_same_value(a, b) for a, b in zip(declared.values, replayed.values, strict=True))
        )
    return is_datetime and "dbgenerated" in (declared.kind, replayed.kind)


def _same_value(declared: Value | None, replayed: Value | None) -> bool:
    if declared is None or replayed is None:
        return False
    sorts = {declared[0], replayed[0]}
    if "json" in sorts and sorts <= {"json", "text"}:
        try:
            return bool(json.loads(declared[1]) == json.loads(replayed[1]))
        except ValueError:
            return True
    return declared == replayed


def _same_generated(declared: Default, replayed: str) -> bool:
    """The engine holds the schema's own text against what PostgreSQL prints, but for case.

    Where both sides print alike and the schema's text is another, the engine sets the default
    anew each time. Where they do not, the printing may be at fault, and likeness decides.
    """
    if declared.written is None:
        return _same_text(declared.text, replayed)
    if declared.written.lower() == replayed.lower():
        return True
    return declared.text != replayed and same_expression(declared.text, replayed)


def _same_text(declared: str, replayed: str) -> bool:
    return declared.lower() == replayed.lower() or same_expression(declared, replayed)
