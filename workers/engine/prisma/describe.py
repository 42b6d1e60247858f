"""From the syntax tree of a Prisma schema to the database schema that it declares."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from workers.engine.errors import Diagnostic
from workers.engine.prisma.build import build
from workers.engine.prisma.datasource import generators, read_configuration
from workers.engine.prisma.parser import parse
from workers.engine.prisma.problems import tell_problems
from workers.engine.prisma.symbols import Symbols, Table, collect
from workers.engine.schema.model import QualifiedName, Schema
from workers.engine.source import Origin, SourceFile


class DeclaredField(Struct, frozen=True):
    """A field of a model: its name in Prisma, its column, and where it stands."""

    name: str
    column: str | None
    """None for a relation field."""
    type: str
    """As written: `String`, `DateTime?`, `Post[]`."""
    origin: Origin


class DeclaredModel(Struct, frozen=True):
    """A model: its name in Prisma, its table, its fields by name, and where it stands."""

    name: str
    table: QualifiedName
    fields: dict[str, DeclaredField]
    origin: Origin
    is_ignored: bool = False
    is_view: bool = False


class Declaration(Struct):
    """What a Prisma schema says: the database schema, and the models that it comes from.

    Objects of `schema` carry the place of their declaration as their `history`. `datasource`
    holds the datasource block's properties as written, with `env("X")` as `env:X`;
    `relation_mode` is "foreignKeys" or "prisma".
    """

    schema: Schema
    models: dict[str, DeclaredModel] = field(default_factory=dict)
    datasource: dict[str, str] = field(default_factory=dict)
    relation_mode: str = "foreignKeys"
    preview_features: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    diagnostics: list[Diagnostic] = field(default_factory=list)
    symbols: Symbols | None = None
    """What the files declare, field by field, as the generated client has it."""
    clients: tuple[tuple[str, str, str], ...] = ()
    """The generators: the file, the provider and the output folder as written, empty if none."""


class Dialect(Struct, frozen=True):
    """What the project's age and connection decide: the Prisma version and the default schema."""

    prisma_version: tuple[int, int] = (7, 0)
    default_schema: str = "public"


def describe(sources: Sequence[SourceFile], dialect: Dialect = Dialect()) -> Declaration:
    """The declaration in these files, read as one schema. Errors become diagnostics."""
    documents = [parse(source) for source in sources]
    configuration = read_configuration(documents)
    symbols = collect(documents, configuration, dialect.prisma_version, dialect.default_schema)
    tell_problems(documents, symbols)
    schema = Schema(provider=configuration.provider)
    if configuration.provider != "mongodb":
        build(symbols, schema)
    return Declaration(
        schema=schema,
        models={name: _model(table) for name, table in symbols.tables.items()},
        datasource=dict(configuration.properties),
        relation_mode=configuration.relation_mode,
        preview_features=configuration.preview_features,
        schemas=tuple(name for name, _ in configuration.schemas),
        diagnostics=symbols.diagnostics,
        symbols=symbols,
        clients=generators(documents),
    )


def _model(table: Table) -> DeclaredModel:
    node = table.node
    fields = {
        field.name: DeclaredField(
            field.name,
            table.scalars[field.name].column if field.name in table.scalars else None,
            str(field.type),
            table.origin(field.span),
        )
        for field in node.fields
    }
    return DeclaredModel(
        name=node.name,
        table=table.name,
        fields=fields,
        origin=node.origin,
        is_ignored=node.attribute("ignore") is not None,
        is_view=table.is_view,
    )
