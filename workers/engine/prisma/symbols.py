"""Which names a schema has, and what each field's type means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct, field

from workers.engine.errors import Diagnostic, Effect
from workers.engine.prisma.ast import Alias, Attribute, Enum, Field, FieldType, Model
from workers.engine.prisma.datasource import Configuration
from workers.engine.prisma.document import Document
from workers.engine.prisma.names import Namer
from workers.engine.prisma.natives import SCALARS
from workers.engine.schema.model import QualifiedName
from workers.engine.source import Origin, Span

MAX_DIAGNOSTICS = 1000
Meaning = Literal["scalar", "enum", "composite", "unsupported", "relation", "unknown"]


class ScalarField(Struct, frozen=True):
    """A field that is a column; `attributes` hold those of a type alias too."""

    node: Field
    column: str
    meaning: Meaning
    type: FieldType
    attributes: tuple[Attribute, ...]

    def attribute(self, name: str) -> Attribute | None:
        """The first attribute of that name, or None."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute
        return None

    @property
    def is_required(self) -> bool:
        """Neither optional nor a list."""
        return self.type.arity == "required"


class RelationField(Struct, frozen=True):
    """A field whose type is a model."""

    model: Table
    node: Field
    target: str


class Table(Struct, frozen=True, eq=False):
    """A model with its table's name and its fields sorted out."""

    node: Model
    name: QualifiedName
    scalars: dict[str, ScalarField] = field(default_factory=dict)
    relations: dict[str, RelationField] = field(default_factory=dict)

    @property
    def is_view(self) -> bool:
        """Whether the block makes no table."""
        return self.node.kind == "view"

    def origin(self, span: Span) -> Origin:
        """A place in the model's file."""
        return Origin(self.node.path, span)


class Symbols(Struct):
    """Everything that the files declare, by name, and the trouble met on the way."""

    configuration: Configuration
    version: tuple[int, int]
    default_schema: str
    tables: dict[str, Table] = field(default_factory=dict)
    enums: dict[str, Enum] = field(default_factory=dict)
    composites: dict[str, Model] = field(default_factory=dict)
    aliases: dict[str, Alias] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def namer(self) -> Namer:
        """What gives constraints and indexes Prisma's own names."""
        return Namer(self.configuration.provider, self.version)

    def tell(
        self,
        code: str,
        message: str,
        origin: Origin,
        subjects: tuple[str, ...] = (),
        effect: Effect = Effect.UNKNOWN,
    ) -> None:
        """Keep a diagnostic, unless there are too many."""
        if len(self.diagnostics) < MAX_DIAGNOSTICS:
            self.diagnostics.append(Diagnostic(code, message, origin, effect, subjects))

    def enum_name(self, enum: Enum) -> QualifiedName:
        """The enum type's name in the database."""
        return QualifiedName(self._schema(enum.attributes), mapped(enum.attributes) or enum.name)

    def _schema(self, attributes: Iterable[Attribute]) -> str:
        for attribute in attributes:
            if attribute.name == "schema":
                return attribute.text("map", 0) or self.default_schema
        return self.default_schema


def collect(
    documents: Iterable[Document],
    configuration: Configuration,
    version: tuple[int, int],
    default_schema: str,
) -> Symbols:
    """The symbols of a schema of several files."""
    symbols = Symbols(configuration, version, default_schema)
    models: list[Model] = []
    for document in documents:
        for alias in document.aliases:
            symbols.aliases.setdefault(alias.name, alias)
        for enum in document.enums:
            if _is_new(symbols, enum):
                symbols.enums[enum.name] = enum
        for model in document.models:
            if not _is_new(symbols, model):
                continue
            if model.kind == "type":
                symbols.composites[model.name] = model
            else:
                name = QualifiedName(
                    symbols._schema(model.attributes), mapped(model.attributes) or model.name
                )
                symbols.tables[model.name] = Table(model, name)
                models.append(model)
    for model in models:
        _sort_fields(symbols, symbols.tables[model.name])
    _tell_shared_tables(symbols)
    return symbols


def mapped(attributes: Iterable[Attribute]) -> str | None:
    """The database's name that `@map` or `@@map` gives."""
    for attribute in attributes:
        if attribute.name == "map":
            return attribute.text("name", 0)
    return None


def _is_new(symbols: Symbols, block: Model | Enum) -> bool:
    table = symbols.tables.get(block.name)
    first = (
        symbols.enums.get(block.name)
        or symbols.composites.get(block.name)
        or (table.node if table is not None else None)
    )
    if first is None:
        return True
    symbols.tell(
        "prisma-duplicate",
        f"`{block.name}` is declared twice, first in `{first.path}`; only the first counts.",
        Origin(block.path, block.name_span),
        effect=Effect.INFORMATION,
    )
    return False


def _tell_shared_tables(symbols: Symbols) -> None:
    seen: dict[QualifiedName, Table] = {}
    for table in symbols.tables.values():
        if table.is_view:
            continue
        first = seen.setdefault(table.name, table)
        if first is not table:
            symbols.tell(
                "prisma-duplicate",
                f"The models `{first.node.name}` and `{table.node.name}` share the table "
                f"`{table.name}`; only the first counts.",
                table.origin(table.node.name_span),
                (str(table.name),),
            )


def _sort_fields(symbols: Symbols, table: Table) -> None:
    names: set[str] = set()
    for node in table.node.fields:
        if node.name in names:
            symbols.tell(
                "prisma-duplicate",
                f"`{table.node.name}` has two fields named `{node.name}`; only the first counts.",
                table.origin(node.name_span),
                (str(table.name),),
            )
            continue
        names.add(node.name)
        type_, attributes = _resolve_alias(symbols, node)
        meaning = _meaning(symbols, type_)
        if meaning == "relation":
            table.relations[node.name] = RelationField(table, node, type_.name)
            continue
        column = mapped(node.attributes) or node.name
        if meaning == "unknown":
            symbols.tell(
                "prisma-unknown-type",
                f"The type `{type_.name}` of `{table.node.name}.{node.name}` is declared nowhere.",
                table.origin(node.type.span),
                (f"{table.name}.{column}",),
            )
            continue
        table.scalars[node.name] = ScalarField(node, column, meaning, type_, attributes)


def _resolve_alias(symbols: Symbols, node: Field) -> tuple[FieldType, tuple[Attribute, ...]]:
    type_, attributes = node.type, node.attributes
    if not symbols.aliases:
        return type_, attributes
    for _ in range(20):
        alias = symbols.aliases.get(type_.name)
        if alias is None or type_.unsupported is not None:
            break
        attributes = (*attributes, *alias.attributes)
        type_ = FieldType(alias.type.name, type_.arity, type_.span, alias.type.unsupported)
    return type_, attributes


def _meaning(symbols: Symbols, type_: FieldType) -> Meaning:
    if type_.unsupported is not None:
        return "unsupported"
    if type_.name in SCALARS:
        return "scalar"
    if type_.name in symbols.enums:
        return "enum"
    if type_.name in symbols.tables:
        return "relation"
    if type_.name in symbols.composites:
        return "composite"
    return "unknown"
