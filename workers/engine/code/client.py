"""The Prisma client that a schema generates: delegates, fields, enums, and what backs them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from workers.engine.prisma.ast import Attribute, Constant, ListOf
from workers.engine.prisma.symbols import Meaning, ScalarField, Symbols, Table, mapped
from workers.engine.schema.model import QualifiedName
from workers.engine.source import Origin


class ClientField(Struct, frozen=True):
    """A field of a model; `column` is None for a relation."""

    name: str
    kind: Meaning
    type: str
    """The scalar, the enum or the other model."""
    arity: str
    column: str | None = None
    has_default: bool = False
    """Whether a value comes by itself: a default, `@updatedAt`."""
    keys: tuple[str, ...] = ()
    """The model's own fields that hold a relation's foreign key."""
    origin: Origin | None = None


class ClientModel(Struct, frozen=True, eq=False):
    """A model with its fields; `uniques` names the compound keys as `where` takes them."""

    name: str
    table: QualifiedName
    fields: dict[str, ClientField]
    uniques: dict[str, tuple[str, ...]]
    identifier: tuple[str, ...]
    origin: Origin
    is_view: bool = False

    @property
    def delegate(self) -> str:
        """The client's property for the model."""
        return delegate_of(self.name)


class ClientEnum(Struct, frozen=True, eq=False):
    """An enum: the name in the database of each member, by its name in code."""

    name: str
    type: QualifiedName
    members: dict[str, str]


class ClientSchema(Struct, eq=False):
    """Everything that one client knows."""

    models: dict[str, ClientModel] = field(default_factory=dict)
    enums: dict[str, ClientEnum] = field(default_factory=dict)
    composites: frozenset[str] = frozenset()
    by_delegate: dict[str, ClientModel] = field(default_factory=dict)
    """By the client's property; `prisma.User` works like `prisma.user`, though no type says so."""

    def field_of(self, model: str, name: str) -> ClientField | None:
        """A model's field, or None."""
        found = self.models.get(model)
        return found.fields.get(name) if found is not None else None


def delegate_of(model: str) -> str:
    """The model's name with a small first letter, as Prisma's generator writes it."""
    return model[:1].lower() + model[1:]


def client_of(symbols: Symbols) -> ClientSchema:
    """The client of a schema; ignored models and fields are not part of it."""
    enums = {
        enum.name: ClientEnum(
            enum.name,
            symbols.enum_name(enum),
            {member.name: mapped(member.attributes) or member.name for member in enum.members},
        )
        for enum in symbols.enums.values()
    }
    models = {
        name: _model(table)
        for name, table in symbols.tables.items()
        if table.node.attribute("ignore") is None
    }
    return ClientSchema(
        models,
        enums,
        frozenset(symbols.composites),
        {**models, **{model.delegate: model for model in models.values()}},
    )


def _model(table: Table) -> ClientModel:
    node = table.node
    fields: dict[str, ClientField] = {}
    for one in node.fields:
        if one.attribute("ignore") is not None:
            continue
        scalar = table.scalars.get(one.name)
        relation = table.relations.get(one.name)
        origin = table.origin(one.span)
        if scalar is not None:
            fields[one.name] = ClientField(
                one.name,
                scalar.meaning,
                scalar.type.name,
                scalar.type.arity,
                scalar.column,
                any(scalar.attribute(name) for name in ("default", "updatedAt")),
                origin=origin,
            )
        elif relation is not None:
            attribute = one.attribute("relation")
            keys = tuple(_names(attribute, "fields")) if attribute is not None else ()
            fields[one.name] = ClientField(
                one.name, "relation", relation.target, one.type.arity, keys=keys, origin=origin
            )
    uniques, identifier = _uniques(table)
    return ClientModel(
        node.name, table.name, fields, uniques, identifier, node.origin, table.is_view
    )


def _uniques(table: Table) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """The compound keys by the names that `where` takes, and the primary key's fields."""
    found: dict[str, tuple[str, ...]] = {}
    identifier: tuple[str, ...] = ()
    for attribute in table.node.attributes:
        if attribute.name not in ("id", "unique"):
            continue
        names = tuple(_names(attribute, "fields", 0))
        if attribute.name == "id":
            identifier = names
        if names:
            found[attribute.text("name") or "_".join(names)] = names
    for scalar in table.scalars.values():
        if scalar.attribute("id") is not None:
            identifier = (scalar.node.name,)
        if _is_key(scalar):
            found.setdefault(scalar.node.name, (scalar.node.name,))
    return found, identifier


def _is_key(scalar: ScalarField) -> bool:
    return scalar.attribute("id") is not None or scalar.attribute("unique") is not None


def _names(attribute: Attribute, name: str, position: int | None = None) -> Iterator[str]:
    value = attribute.argument(name, position)
    for item in value.items if isinstance(value, ListOf) else ():
        if isinstance(item, Constant) or hasattr(item, "name"):
            yield item.name
