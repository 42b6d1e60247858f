"""Privileges as the catalogue holds them: one entry for each object, column and grantee.

They follow their object to another name, and fall with it.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from workers.engine.schema.model import Grant, QualifiedName, Schema


def add(schema: Schema, wanted: Grant) -> None:
    """Note a grant: what the grantee had on the same object or column, it has still."""
    for one in per_column(wanted):
        known = schema.grants.get(one.object, ())
        old = next((other for other in known if _key(other) == _key(one)), None)
        if old is None:
            schema.grants[one.object] = (*known, one)
            continue
        privileges = tuple(dict.fromkeys((*old.privileges, *one.privileges)))
        made = replace(old, privileges=privileges, history=(*old.history, *one.history))
        schema.grants[one.object] = tuple(made if other is old else other for other in known)


def per_column(grant: Grant) -> list[Grant]:
    """A grant on several columns as one on each."""
    if len(grant.columns) < 2:
        return [grant]
    return [replace(grant, columns=(name,)) for name in dict.fromkeys(grant.columns)]


def _key(grant: Grant) -> tuple[str, str, tuple[str, ...]]:
    return grant.kind, grant.grantee, grant.columns


def drop(schema: Schema, name: str, column: str | None = None) -> None:
    """An object's privileges, or a column's, fall with it."""
    known = schema.grants.pop(name, ())
    if column is not None:
        keep(schema, name, (one for one in known if one.columns != (column,)))


def keep(schema: Schema, name: str, left: Iterable[Grant]) -> None:
    """The privileges on an object from now on."""
    schema.grants.pop(name, None)
    if kept := tuple(left):
        schema.grants[name] = kept


def move(schema: Schema, old: QualifiedName, new: QualifiedName) -> None:
    """The privileges on a relation under its new name."""
    known = schema.grants.pop(str(old), ())
    keep(schema, str(new), (replace(one, object=str(new)) for one in known))


def move_schema(schema: Schema, old: str, new: str) -> None:
    """The privileges on a schema under its new name."""
    known = schema.grants.get(old, ())
    keep(schema, old, (one for one in known if one.kind != "schema"))
    moved = [replace(one, object=new) for one in known if one.kind == "schema"]
    keep(schema, new, (*schema.grants.get(new, ()), *moved))


def rename_column(schema: Schema, table: QualifiedName, old: str, new: str) -> None:
    """The privileges on a column under its new name."""
    known = schema.grants.get(str(table), ())
    keep(
        schema,
        str(table),
        (replace(one, columns=(new,)) if one.columns == (old,) else one for one in known),
    )
