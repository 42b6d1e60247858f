"""Enums: created, given values, and made anew where a value must go."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.compare import changes as c
from workers.engine.compare.likeness import SAME, likeness
from workers.engine.fixes import definitions as sql
from workers.engine.fixes import objects
from workers.engine.fixes.checks import rows_where, stop_with_count
from workers.engine.fixes.places import Places, places_of
from workers.engine.fixes.steps import Stage, Step, Work
from workers.engine.fixes.tree import Statement, cast, column, expression
from workers.engine.schema.model import Column, EnumType, QualifiedName, SqlType
from workers.engine.sql.postgres import Node

_TEXT = SqlType("text")


def enum_steps(work: Work) -> Iterator[Step]:
    """What enums need."""
    places = places_of(work)
    for change in work.changes:
        match change:
            case c.EnumMissing():
                yield _create(work, change.declared)
            case c.EnumExtra():
                yield _drop(work, change.replayed)
            case c.EnumValuesChanged():
                yield from _values(work, change, places)


def _create(work: Work, enum: EnumType) -> Step:
    made = objects.create_type(work.house, enum.name, (value.name for value in enum.values))
    undo = objects.drop_type(work.house, enum.name)
    return Step(Stage.CREATE_TYPE, "CreateEnum", made, str(enum.name), (undo,))


def _drop(work: Work, enum: EnumType) -> Step:
    undo = objects.create_type(work.house, enum.name, (value.name for value in enum.values))
    made = objects.drop_type(work.house, enum.name)
    return Step(Stage.DROP_TYPE, "DropEnum", made, str(enum.name), (undo,))


def _values(work: Work, change: c.EnumValuesChanged, places: Places) -> Iterator[Step]:
    name = change.declared.name
    respelled = _respelled(change)
    for old, new in respelled.items():
        pattern = "ALTER TYPE \"$name\" RENAME VALUE '$old' TO '$new'"
        yield Step(
            Stage.RENAME_TYPE,
            "AlterEnum",
            work.make(pattern, name=name, old=old, new=new),
            str(name),
            (work.make(pattern, name=name, old=new, new=old),),
            notes=("The two values say the same words, so that rows keep theirs.",),
            rank=1,
        )
    gone = [value.name for value in change.extra if value.name not in respelled]
    there = [respelled.get(value.name, value.name) for value in change.replayed.values]
    if gone:
        yield from _swap(work, _Swap(name, tuple(there), change.declared, tuple(gone)), places)
        return
    yield from _added(work, change.declared, there)


def _respelled(change: c.EnumValuesChanged) -> dict[str, str]:
    """Values that only their spelling tells apart, the new one by the old one."""
    found: dict[str, str] = {}
    for old in change.extra:
        alike = [new for new in change.missing if likeness(old.name, new.name).score == SAME]
        if len(alike) == 1 and alike[0].name not in found.values():
            found[old.name] = alike[0].name
    return found


def _added(work: Work, declared: EnumType, there: list[str]) -> Iterator[Step]:
    """Each new value before the one that it precedes in the schema."""
    order = [value.name for value in declared.values]
    known = set(there)
    rank = 0
    for at in reversed(range(len(order))):
        if order[at] in known:
            continue
        after = order[at + 1] if at + 1 < len(order) else None
        made = objects.add_value(work.house, declared.name, order[at], after)
        yield Step(
            Stage.ADD_VALUE,
            "AlterEnum",
            made,
            f"{declared.name}.{order[at]}",
            loss=f"the value {order[at]!r} stays: PostgreSQL cannot take a value out of an enum",
            rank=rank,
        )
        rank += 1


class _Swap(Struct, frozen=True):
    """An enum that loses values."""

    name: QualifiedName
    there: tuple[str, ...]
    declared: EnumType
    gone: tuple[str, ...]


def _swap(work: Work, swap: _Swap, places: Places) -> Iterator[Step]:
    """The type made anew, and every column moved over by way of its text."""
    users = list(places.users(swap.name))
    new = QualifiedName(swap.name.schema, f"{swap.name.name}_new")
    wanted = tuple(value.name for value in swap.declared.values)
    for table, user, _ in users:
        yield _check(work, swap, table, user)
    users += places.newcomers(swap.name)
    yield _step(work, swap, objects.create_type(work.house, new, wanted), rank=10)
    for table, user, declared in users:
        yield from _moved(work, swap, table, user, declared, new)
    old = QualifiedName(swap.name.schema, f"{swap.name.name}_old")
    yield _step(work, swap, objects.rename_type(work.house, swap.name, old.name), rank=40)
    yield _step(work, swap, objects.rename_type(work.house, new, swap.name.name), rank=41)
    yield _step(
        work,
        swap,
        objects.drop_type(work.house, old),
        rank=42,
        undo=tuple(_back(work, swap, users)),
    )


def _step(
    work: Work, swap: _Swap, made: Statement, rank: int, undo: tuple[Statement, ...] = ()
) -> Step:
    return Step(Stage.SET_TYPE, "AlterEnum", made, str(swap.name), undo, rank=rank)


def _check(work: Work, swap: _Swap, table: QualifiedName, user: Column) -> Step:
    query = rows_where(work.names, table, _holds(work, user, swap.gone))
    values = ", ".join(swap.gone)
    told = (
        f"rows of {table.name} hold a value in {user.name} that {swap.name.name} loses ({values}): "
        "give them another one first"
    )
    return Step(
        Stage.CHECK_TYPE,
        "AlterEnum",
        stop_with_count(query, told),
        f"{table}.{user.name}",
        notes=(f"Stops if a row of {table.name} still holds one of: {values}.",),
    )


def _holds(work: Work, user: Column, gone: tuple[str, ...]) -> Node:
    """Holds of rows with one of these values."""
    kind = replace(_TEXT, is_array=user.type.is_array)
    value = cast(column(user.name), kind, work.names)
    constants = [{"A_Const": {"sval": {"sval": text}}} for text in gone]
    if user.type.is_array:
        example = expression("a && ARRAY['x']")["A_Expr"]
        array = {"A_ArrayExpr": {**example["rexpr"]["A_ArrayExpr"], "elements": constants}}
        return {"A_Expr": {**example, "lexpr": value, "rexpr": array}}
    example = expression("a IN ('x')")["A_Expr"]
    return {"A_Expr": {**example, "lexpr": value, "rexpr": {"List": {"items": constants}}}}


def _moved(
    work: Work,
    swap: _Swap,
    table: QualifiedName,
    user: Column,
    declared: Column | None,
    new: QualifiedName,
) -> Iterator[Step]:
    if user.default is not None:
        yield _step(work, swap, sql.set_default(work.house, table, user.name, None), rank=20)
    yield _step(work, swap, _retyped(work, table, user, new), rank=21)
    default = _default_after(work, user, declared)
    if default is not None and user.default is not None:
        yield _step(work, swap, sql.set_default(work.house, table, user.name, default), rank=50)


def _retyped(work: Work, table: QualifiedName, user: Column, new: QualifiedName) -> Statement:
    kind = SqlType(new.name, (), user.type.is_array, new.schema)
    text = replace(_TEXT, is_array=user.type.is_array)
    using = cast(cast(column(user.name), text, work.names), kind, work.names)
    return sql.set_type(work.house, table, user.name, kind, using)


def _default_after(work: Work, user: Column, declared: Column | None) -> Node | None:
    if declared is not None:
        return sql.default_of(work.house, declared)
    return _bare(user.default) if user.default is not None else None


def _bare(text: str) -> Node:
    """A default as the database prints it, without the type that is about to change."""
    node = expression(text)
    inner: Node = node.get("TypeCast", {}).get("arg", {})
    return inner if "A_Const" in inner else node


def _back(
    work: Work, swap: _Swap, users: list[tuple[QualifiedName, Column, Column | None]]
) -> Iterator[Statement]:
    """The type with the values that it had, and every column moved back."""
    new = QualifiedName(swap.name.schema, f"{swap.name.name}_new")
    old = QualifiedName(swap.name.schema, f"{swap.name.name}_old")
    yield objects.create_type(work.house, new, swap.there)
    for table, user, _ in users:
        if user.default is not None:
            yield sql.set_default(work.house, table, user.name, None)
        yield _retyped(work, table, user, new)
    yield objects.rename_type(work.house, swap.name, old.name)
    yield objects.rename_type(work.house, new, swap.name.name)
    for table, user, _ in users:
        if user.default is not None:
            yield sql.set_default(work.house, table, user.name, _bare(user.default))
    yield objects.drop_type(work.house, old)
