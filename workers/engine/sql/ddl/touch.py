"""Small changes that every handler makes: a new version of an object, with its history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from msgspec.structs import replace

from workers.engine.schema.model import Column, QualifiedName, Table
from workers.engine.source import Origin
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

Item = TypeVar("Item")


def touched(history: tuple[Origin, ...], origin: Origin) -> tuple[Origin, ...]:
    """The history with one place more, unless it is its newest already."""
    return history if history and history[-1] == origin else (*history, origin)


def update(run: Run, name: QualifiedName, origin: Origin | None = None, **changes: Any) -> Table:
    """Put a new version of a table in the place of the old."""
    table = run.state.schema.tables[name]
    history = touched(table.history, origin or run.origin)
    made = replace(table, history=history, **changes)
    run.state.put_table(made)
    return made


def swap(items: tuple[Item, ...], old: Item, new: Item) -> tuple[Item, ...]:
    """The items with one exchanged."""
    return tuple(new if item is old else item for item in items)


def without(items: tuple[Item, ...], gone: Iterable[Item]) -> tuple[Item, ...]:
    """The items without some; the same tuple if nothing goes."""
    lost = {id(item) for item in gone}
    kept = tuple(item for item in items if id(item) not in lost)
    return items if len(kept) == len(items) else kept


def by_name(items: Iterable[Any], name: str) -> Any:
    """The item of that name, or None."""
    return next((item for item in items if item.name == name), None)


def need_column(table: Table, name: str, location: int | None = None) -> Column:
    """The column, or the refusal of ALTER TABLE."""
    column = table.column(name)
    if column is None:
        raise RefusedError(
            "42703",
            f'column "{name}" of relation "{table.name.name}" does not exist',
            location,
        )
    return column


def put_column(run: Run, name: QualifiedName, column: Column, origin: Origin) -> None:
    """Put a new version of a column in the place of the old, by its name."""
    table = run.state.schema.tables[name]
    old = table.column(column.name)
    assert old is not None
    made = replace(column, history=touched(old.history, origin))
    update(run, name, origin, columns=swap(table.columns, old, made))
