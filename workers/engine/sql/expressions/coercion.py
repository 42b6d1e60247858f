"""Casts that PostgreSQL adds by itself, and what it makes of an untyped literal.

Follows coerce_type, coerce_type_typmod and coerce_to_target_type of
src/backend/parser/parse_coerce.c.
"""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.numerals import is_whole
from workers.engine.schema.model import SqlType
from workers.engine.schema.types import format_type
from workers.engine.sql.builtin.casts import is_explicit
from workers.engine.sql.expressions.constants import output
from workers.engine.sql.expressions.kinds import ANY, UNKNOWN, assigns, bare, base, coerces, element
from workers.engine.sql.expressions.typed import (
    Cast,
    Collated,
    Const,
    MismatchError,
    Typed,
    UnprintableError,
)
from workers.engine.sql.scope import Scope

_WITH_LENGTH = frozenset(
    (
        "character", "character varying", "bit", "bit varying", "numeric", "interval",
        "timestamp without time zone", "timestamp with time zone", "time without time zone",
        "time with time zone",
    )
)  # fmt: skip


_STRINGS = frozenset(("text", "character varying", "character", "name"))
_CASTABLE = _STRINGS | frozenset(
    (
        "smallint", "integer", "bigint", "numeric", "real", "double precision", "boolean", "uuid",
        "json", "jsonb", "date", "timestamp without time zone", "timestamp with time zone",
    )
)  # fmt: skip
"""Types of which all casts are known."""


def to_type(node: Typed, target: SqlType, scope: Scope, *, is_implicit: bool = True) -> Typed:
    """The expression as a value of a type, with the cast that this takes."""
    if node.type == target or target == ANY:
        return node
    if isinstance(node, Const) and node.type == UNKNOWN:
        return _literal(node, target, scope, is_implicit)
    if isinstance(node, Collated):
        inner = to_type(node.argument, target, scope, is_implicit=is_implicit)
        return replace(node, argument=inner, type=target)
    goal = base(target, scope)
    if is_implicit and not (coerces(node.type, goal, scope) or base(node.type, scope) == goal):
        raise UnprintableError(f"no implicit cast from {node.type} to {target}")
    made = node if node.type == goal else Cast(goal, node, is_implicit)
    if goal == target:
        return made
    if made is not node:
        made = replace(made, is_implicit=True)
    return Cast(target, made, is_implicit)


def _literal(node: Const, target: SqlType, scope: Scope, is_implicit: bool) -> Typed:
    goal = base(target, scope)
    text = node.text if node.text is None else output(node.text, goal, scope)
    const = Const(goal, text)
    return const if goal == target else Cast(target, const, is_implicit)


def with_modifiers(
    node: Typed, target: SqlType, shown: SqlType, *, is_implicit: bool, was_cast: bool
) -> Typed:
    """The expression cut to a type's modifiers: `varchar(10)`, `numeric(10,2)`."""
    if shown.arguments == node.modifiers:
        return node
    if was_cast and isinstance(node, Cast):
        node = replace(node, is_implicit=True)
    if shown.arguments and target.schema is None and target.name not in _WITH_LENGTH:
        return node
    return Cast(target, node, is_implicit, shown.arguments, shown)


def to_column(node: Typed, column: SqlType, scope: Scope) -> Typed:
    """A DEFAULT or generation expression as the column's type, by an assignment cast."""
    target = bare(column)
    if isinstance(node, Const) and node.type == UNKNOWN:
        if column.name != target.name:
            return explicit(node, column, scope)
        return _literal(node, target, scope, is_implicit=True)
    if node.type == target:
        made = node
    elif assigns(node.type, target, scope):
        goal = base(target, scope)
        made = node if node.type == goal else Cast(goal, node, is_implicit=True)
        if goal != target:
            made = Cast(target, made, is_implicit=True)
    else:
        if goal_is_plain(node.type, scope) and goal_is_plain(target, scope):
            raise MismatchError(
                "42804",
                f"is of type {format_type(column)}"
                f" but default expression is of type {format_type(node.type)}",
            )
        raise UnprintableError(f"no assignment cast from {node.type} to {target}")
    # A length is applied by one more implicit cast, which is never printed at the top.
    return made


def goal_is_plain(kind: SqlType, scope: Scope) -> bool:
    """Whether all casts to a type are known: pg_catalog's own types, and enums."""
    return base(kind, scope).schema is None or scope.enum(element(kind)) is not None


def _refuse(source: SqlType, target: SqlType, scope: Scope) -> None:
    """Refuse a cast between two types all of whose casts are known, where there is none."""
    one, other = base(source, scope), base(target, scope)
    if one == other or not (_is_common(one, scope) and _is_common(other, scope)):
        return
    enums = [kind for kind in (one, other) if kind.schema is not None]
    if enums and one.is_array == other.is_array:
        rest = {element(kind).name for kind in (one, other) if kind.schema is None}
        is_cast = bool(rest) and rest <= _STRINGS
    else:
        is_cast = is_explicit(one, other)
    if not is_cast and not scope.has_cast(one, other):
        shown = f"{format_type(source)} to {format_type(target)}"
        raise MismatchError("42846", f"cannot cast type {shown}")


def _is_common(kind: SqlType, scope: Scope) -> bool:
    item = element(kind) if kind.is_array else kind
    return item.name in _CASTABLE if item.schema is None else scope.enum(item) is not None


def explicit(node: Typed, shown: SqlType, scope: Scope) -> Typed:
    """`node::type` as the user wrote it."""
    target = bare(shown)
    goal = base(target, scope)
    if shown.name != target.name and isinstance(node, Const) and node.type == UNKNOWN:
        # The input function of interval is the only one that reads by the modifier.
        unit = shown.name.rpartition(" ")[2]
        text = f"{node.text} {unit}" if is_whole((node.text or "").strip()) else node.text
        literal = None if text is None else output(text, target, scope)
        return Const(target, literal, shown.arguments, shown)
    _refuse(node.type, target, scope)
    made = to_type(node, target, scope, is_implicit=False)
    was_cast = made is not node and not isinstance(made, Const)
    if goal != target:
        return made
    if shown.name != target.name and not shown.arguments:
        return Cast(target, made, False, shown=shown)
    return with_modifiers(made, target, shown, is_implicit=False, was_cast=was_cast)
