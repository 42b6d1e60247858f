"""Privileges as the catalogue holds them: one entry for each object, column and grantee.

They follow their object to another name, and fall with it.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from workers.engine.schema.model import Grant, QualifiedName, Schema


def add(schema: Schema, wanted: Grant) -> None:
    """Note a grant: what the grantee had on the same object or column, it has still."""
    for one in per_column(wanted):
        old = next((other for other in schema.grants if _key(other) == _key(one)), None)
        if old is None:
            schema.grants = (*schema.grants, one)
            continue
        privileges = tuple(dict.fromkeys((*old.privileges, *one.privileges)))
        made = replace(old, privileges=privileges, history=(*old.history, *one.history))
        schema.grants = tuple(made if other is old else other for other in schema.grants)


def per_column(grant: Grant) -> list[Grant]:
    """A grant on several columns as one on each."""
    if len(grant.columns) < 2:
        return [grant]
    return [replace(grant, columns=(name,)) for name in dict.fromkeys(grant.columns)]


def _key(grant: Grant) -> tuple[str, str, str, tuple[str, ...]]:
    return grant.kind, grant.object, grant.grantee, grant.columns


def drop(schema: Schema, name: str, column: str | None = None) -> None:
    """An object's privileges, or a column's, fall with it."""
    if schema.grants:
        schema.grants = tuple(
            one
            for one in schema.grants
            if one.object != name or (column is not None and one.columns != (column,))
        )


def move(schema: Schema, old: QualifiedName, new: QualifiedName) -> None:
    """The privileges on a relation under its new name."""
    _change(schema, str(old), lambda one: replace(one, object=str(new)))


def move_schema(schema: Schema, old: str, new: str) -> None:
    """The privileges on a schema under its new name."""
    _change(schema, old, lambda one: replace(one, object=new) if one.kind == "schema" else one)


def rename_column(schema: Schema, table: QualifiedName, old: str, new: str) -> None:
    """The privileges on a column under its new name."""
    _change(
        schema,
        str(table),
        lambda one: replace(one, columns=(new,)) if one.columns == (old,) else one,
    )


def _change(schema: Schema, name: str, change: Callable[[Grant], Grant]) -> None:
    if any(one.object == name for one in schema.grants):
        schema.grants = tuple(change(one) if one.object == name else one for one in schema.grants)
