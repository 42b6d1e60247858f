"""What the naming rules are handed: all names of one kind, with their places."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.prisma.describe import DeclaredModel
from workers.engine.rules.context import Context
from workers.engine.rules.naming.convention import (
    Convention,
    NamedThing,
    Style,
    find_convention,
)
from workers.engine.rules.naming.marks import carries, remarked, usual_mark
from workers.engine.settings import Settings


class TableNames(Struct, frozen=True):
    """The convention of the table names, and the tables that break it."""

    convention: Convention


class ColumnNames(Struct, frozen=True):
    """The convention of the column names, and the columns that break it."""

    convention: Convention


class ModelNames(Struct, frozen=True):
    """The convention of the models' and enums' names in Prisma, and what breaks it."""

    convention: Convention


class FieldNames(Struct, frozen=True):
    """The convention of the fields' names in Prisma, and the fields that break it."""

    convention: Convention


class EnumNames(Struct, frozen=True):
    """The convention of the enum types' names in the database, and those that break it."""

    convention: Convention


class IndexNames(Struct, frozen=True):
    """The mark that index names carry here, and the indexes that break it."""

    mark: str
    odd: tuple[NamedThing, ...]
    followers: int
    total: int
    is_configured: bool = False

    @property
    def reason(self) -> str:
        """Why the mark is the one."""
        if self.is_configured:
            return "as the configuration wants it"
        return f"as {self.followers} of this project's {self.total} indexes have"

    def right(self, name: str) -> str:
        """The name as it should be."""
        return remarked(name, self.mark)


StyledNames = TableNames | ColumnNames | ModelNames | FieldNames | EnumNames
NamingSubject = StyledNames | IndexNames
_OF_CHANGES = frozenset({"columns", "fields"})
_STYLES = {style.value: style for style in Style}


def naming_subjects(context: Context) -> Iterator[NamingSubject]:
    """The conventions that the declared side shows, or that the configuration sets."""
    models = [model for model in context.declaration.models.values() if not model.is_ignored]
    settings = context.settings if isinstance(context.settings, Settings) else Settings()
    named: tuple[tuple[str, type[StyledNames], Iterator[NamedThing]], ...] = (
        ("tables", TableNames, _tables(models, context)),
        ("columns", ColumnNames, _columns(models, context)),
        ("models", ModelNames, _models(models, context)),
        ("fields", FieldNames, _fields(models, context)),
        ("enums", EnumNames, _enums(context)),
    )
    told: set[str] = set()
    for kind, subject, things in named:
        wanted = _STYLES.get(settings.conventions.get(kind, ""))
        if kind in _OF_CHANGES and wanted is None and context.base is None:
            continue  # of these only what is new is told
        convention = find_convention(things, wanted)
        odd = [one for one in convention.odd if one.label not in told] if convention else []
        if convention is not None and odd:
            yield subject(replace(convention, odd=tuple(odd)))
        # A model that gives its table its name is odd once, not twice.
        told.update(one.label for one in odd if not one.is_chosen)
    yield from _index_names(context, settings.conventions.get("indexes"))


def _index_names(context: Context, wanted: str | None) -> Iterator[IndexNames]:
    if wanted is None and context.base is None:
        return  # only what is new is told
    indexes = list(_indexes(context))
    found = usual_mark(one.name for one in indexes)
    mark = wanted or (found[0] if found else None)
    if mark is None:
        return
    odd = tuple(
        one for one in indexes if not carries(one.name, mark) and (one.is_new or wanted is not None)
    )
    if odd:
        count = sum(carries(one.name, mark) for one in indexes)
        yield IndexNames(mark, odd, count, len(indexes), is_configured=wanted is not None)


def _indexes(context: Context) -> Iterator[NamedThing]:
    """The plain indexes of the replayed schema: no unique ones, none of a constraint."""
    base = context.base.replayed.tables if context.base else None
    for table in context.replayed.tables.values():
        old = base.get(table.name) if base is not None else None
        before = {index.name for index in old.indexes} if old is not None else set()
        for index in table.indexes:
            if index.is_unique or index.is_constraint:
                continue
            yield NamedThing(
                index.name,
                f"{table.name}.{index.name}",
                f"`{index.name}`",
                context.place(index.history, table.history),
                is_new=base is not None and index.name not in before,
            )


def _models(models: list[DeclaredModel], context: Context) -> Iterator[NamedThing]:
    base = context.base
    known = base.declaration.models if base else None
    for model in models:
        is_new = known is not None and model.name not in known
        yield NamedThing(
            model.name, f"models.{model.name}", f"`{model.name}`", model.origin, is_new=is_new
        )


def _fields(models: list[DeclaredModel], context: Context) -> Iterator[NamedThing]:
    base = context.base
    for model in models:
        before = base.declaration.models.get(model.name) if base else None
        for field in model.fields.values():
            is_known = base is None or (before is not None and field.name in before.fields)
            yield NamedThing(
                field.name,
                f"{model.name}.{field.name}",
                f"`{model.name}.{field.name}`",
                field.origin,
                is_new=not is_known,
            )


def _enums(context: Context) -> Iterator[NamedThing]:
    base = context.base
    for name, enum in context.declared.enums.items():
        is_new = base is not None and name not in base.declared.enums
        origin = context.place(enum.history)
        yield NamedThing(name.name, str(name), f"`{name.name}`", origin, is_new=is_new)


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
