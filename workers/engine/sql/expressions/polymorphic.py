"""Polymorphic arguments: whether actual types agree, and what they make of the declared ones.

Follows check_generic_type_consistency and enforce_generic_type_consistency of
src/backend/parser/parse_coerce.c.
"""

from __future__ import annotations

from collections.abc import Iterable

from workers.engine.schema.model import SqlType
from workers.engine.sql.expressions.kinds import (
    POLYMORPHIC,
    TEXT,
    UNKNOWN,
    array,
    base,
    category,
    coerces,
    element,
    is_preferred,
)
from workers.engine.sql.scope import Scope

Types = tuple[SqlType, ...]

_RANGES = {
    "int4range": "integer",
    "int8range": "bigint",
    "numrange": "numeric",
    "tsrange": "timestamp without time zone",
    "tstzrange": "timestamp with time zone",
    "daterange": "date",
}


def agree(given: Types, declared: Types, scope: Scope) -> bool:
    """Whether the actual types can stand for the declared ones together."""
    return resolved(given, declared, scope) is not None


def resolved(given: Types, declared: Types, scope: Scope) -> dict[str, SqlType] | None:
    """What `anyelement` and `anycompatible` stand for, by those names; None if they disagree."""
    items: list[SqlType] = []
    compatible: list[SqlType] = []
    ranges: set[SqlType] = set()
    for actual, wanted in zip(given, declared, strict=True):
        if wanted not in POLYMORPHIC or actual == UNKNOWN:
            continue
        item = _item(actual, wanted.name, scope)
        if item is None:
            return None
        if wanted.name.endswith("range"):
            ranges.add(base(actual, scope))
        (compatible if wanted.name.startswith("anycompatible") else items).append(item)
    if len(set(items)) > 1 or len(ranges) > 1:
        return None
    found: dict[str, SqlType] = {}
    if items:
        found["anyelement"] = items[0]
    if compatible:
        common = common_type(compatible, scope)
        if common is None:
            return None
        found["anycompatible"] = common
    if ranges:
        found["range"] = ranges.pop()
    return found


def _item(actual: SqlType, wanted: str, scope: Scope) -> SqlType | None:
    """The element type that an actual type gives for a declared one, or None if it cannot."""
    plain = base(actual, scope)
    if wanted.endswith("nonarray"):
        return None if plain.is_array else actual
    if wanted.endswith("array"):
        return element(plain) if plain.is_array else None
    if wanted.endswith("enum"):
        # A domain over an enum is none, and no array of enums is one.
        return actual if not actual.is_array and scope.enum(actual) is not None else None
    if wanted.endswith("range"):
        name = _RANGES.get(plain.name.replace("multirange", "range"))
        is_multi = plain.name.endswith("multirange")
        if name is None or is_multi is not wanted.endswith("multirange"):
            return None
        return SqlType(name)
    return actual


def substitute(wanted: SqlType, found: dict[str, SqlType]) -> SqlType:
    """A declared type with what its polymorphic name stands for; text where nothing tells."""
    if wanted not in POLYMORPHIC:
        return wanted
    if wanted.name.endswith("range"):
        return found.get("range", wanted)
    family = "anycompatible" if wanted.name.startswith("anycompatible") else "anyelement"
    item = found.get(family, TEXT)
    return array(item) if wanted.name.endswith("array") and not _is_non(wanted) else item


def _is_non(wanted: SqlType) -> bool:
    return wanted.name.endswith("nonarray")


def common_type(types: Iterable[SqlType], scope: Scope) -> SqlType | None:
    """select_common_type: the type that all can be turned into, text if none is known."""
    listed = list(types)
    first = listed[0]
    if first != UNKNOWN and all(kind == first for kind in listed):
        return first
    best = first if first == UNKNOWN else base(first, scope)
    for kind in listed[1:]:
        plain = kind if kind == UNKNOWN else base(kind, scope)
        if plain in (UNKNOWN, best):
            continue
        if best == UNKNOWN:
            best = plain
        elif category(best, scope) != category(plain, scope):
            return None
        elif (
            not is_preferred(best)
            and coerces(best, plain, scope)
            and not coerces(plain, best, scope)
        ):
            best = plain
    return TEXT if best == UNKNOWN else best
