"""What the naming rules are handed: all names of one kind, with their places."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.prisma.describe import DeclaredModel
from workers.engine.rules.context import Context
from workers.engine.rules.naming.convention import Convention, NamedThing, find_convention


class TableNames(Struct, frozen=True):
    """The convention of the table names, and the tables that break it."""

    convention: Convention


class ColumnNames(Struct, frozen=True):
    """The convention of the column names, and the columns that break it."""

    convention: Convention


def naming_subjects(context: Context) -> Iterator[TableNames | ColumnNames]:
    """The conventions that the declared side shows."""
    models = [model for model in context.declaration.models.values() if not model.is_ignored]
    tables = find_convention(_tables(models, context))
    if tables is not None and tables.odd:
        yield TableNames(tables)
    columns = find_convention(_columns(models, context))
    if columns is not None and columns.odd:
        yield ColumnNames(columns)


def _tables(models: list[DeclaredModel], context: Context) -> Iterator[NamedThing]:
    base = context.base
    known = {model.name for model in base.declaration.models.values()} if base else None
    for model in models:
        yield NamedThing(
            name=model.table.name,
            subject=str(model.table),
            label=f"`{model.name}`",
            origin=model.origin,
            is_chosen=model.name != model.table.name,
            is_new=known is not None and model.name not in known,
        )


def _columns(models: list[DeclaredModel], context: Context) -> Iterator[NamedThing]:
    base = context.base
    for model in models:
        before = base.declaration.models.get(model.name) if base else None
        for field in model.fields.values():
            if field.column is None:
                continue
            is_known = base is None or (before is not None and field.name in before.fields)
            yield NamedThing(
                name=field.column,
                subject=f"{model.table}.{field.column}",
                label=f"`{model.name}.{field.name}`",
                origin=field.origin,
                is_chosen=field.name != field.column,
                is_new=not is_known,
            )
