"""Enums."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare import changes as c
from workers.engine.findings import Fix
from workers.engine.fixes import definitions as sql
from workers.engine.fixes import objects
from workers.engine.fixes.single.offer import HOUSE, Piece, fix
from workers.engine.fixes.tree import cast, column
from workers.engine.schema.model import Column, EnumType, QualifiedName, Schema, SqlType


def rebuild_enum(change: c.EnumValuesChanged, declared: Schema) -> Fix:
    """Add the values; where some must go, make the type anew, as PostgreSQL cannot drop one."""
    if not change.extra:
        name = change.replayed.name
        pieces = [objects.add_value(HOUSE, name, value.name) for value in change.missing]
        return fix("Add the enum values in a new migration", pieces, safe=True)
    return fix("Make the enum anew in a new migration", _rebuilt(change, declared), safe=False)


def _rebuilt(change: c.EnumValuesChanged, declared: Schema) -> Iterator[Piece]:
    name, users = change.replayed.name, list(_users(change.declared, declared))
    new = QualifiedName(name.schema, f"{name.name}_new")
    old = QualifiedName(name.schema, f"{name.name}_old")
    yield objects.create_type(HOUSE, new, (value.name for value in change.declared.values))
    for table, user in users:
        if user.default is not None:
            yield sql.set_default(HOUSE, table, user.name, None)
        kind = SqlType(new.name, (), user.type.is_array, new.schema)
        text = SqlType("text", is_array=user.type.is_array)
        using = cast(cast(column(user.name), text, HOUSE.names), kind, HOUSE.names)
        yield sql.set_type(HOUSE, table, user.name, kind, using)
    yield objects.rename_type(HOUSE, name, old.name)
    yield objects.rename_type(HOUSE, new, change.declared.name.name)
    for table, user in users:
        if user.default is not None:
            yield sql.set_default(HOUSE, table, user.name, sql.default_of(HOUSE, user))
    yield objects.drop_type(HOUSE, old)


def _users(enum: EnumType, schema: Schema) -> Iterator[tuple[QualifiedName, Column]]:
    for table in schema.tables.values():
        for one in table.columns:
            if (one.type.schema, one.type.name) == tuple(enum.name):
                yield table.name, one


def make_enum(enum: EnumType) -> Fix:
    """Create the enum."""
    pieces = [objects.create_type(HOUSE, enum.name, (value.name for value in enum.values))]
    return fix("Create the enum in a new migration", pieces, safe=True)


def drop_enum(enum: EnumType) -> Fix:
    """Drop the enum."""
    pieces = [objects.drop_type(HOUSE, enum.name)]
    return fix("Drop the enum in a new migration", pieces, safe=False)


def rename_enum(change: c.EnumRenamed) -> Fix:
    """Rename the enum."""
    moved = objects.moved(HOUSE, "TYPE", change.replayed.name, change.declared.name)
    return fix("Rename the enum in a new migration", [there for there, _ in moved], safe=False)
