"""Relations: foreign keys with Prisma's default actions, and the tables of many to many.

https://www.prisma.io/docs/orm/prisma-schema/data-model/relations
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.prisma.ast import Attribute, Constant, Expression, ListOf, Text
from workers.engine.prisma.symbols import RelationField, ScalarField, Symbols, Table
from workers.engine.schema.model import Action, ForeignKey
from workers.engine.source import Span

_ACTIONS: dict[str, Action] = {
    "Cascade": "CASCADE",
    "Restrict": "RESTRICT",
    "NoAction": "NO ACTION",
    "SetNull": "SET NULL",
    "SetDefault": "SET DEFAULT",
}
Sides = dict[tuple[str, str, str | None], list[RelationField]]
EXPLICIT_ACTIONS = (3, 0)
"""Before it a required relation was deleted by cascade, and actions could not be written."""


class ManyToMany(Struct, frozen=True):
    """An implicit many-to-many relation: its name and its two sides in Prisma's order."""

    name: str
    first: RelationField
    second: RelationField


class RelationReader(Struct, frozen=True):
    """Reads the relations between one schema's models."""

    symbols: Symbols

    def foreign_keys(self, table: Table) -> Iterator[ForeignKey]:
        """The foreign keys that a model's relation fields declare."""
        for relation in table.relations.values():
            attribute = relation.node.attribute("relation")
            if attribute is None or attribute.argument("fields") is None:
                continue
            target = self.symbols.tables[relation.target]
            if table.is_view or target.is_view:
                continue
            key = self._foreign_key(relation, attribute, target)
            if key is not None:
                yield key

    def _foreign_key(
        self, relation: RelationField, attribute: Attribute, target: Table
    ) -> ForeignKey | None:
        table = relation.model
        fields = self._fields(table, table, attribute, "fields")
        references = self._references(table, target, attribute)
        if not fields or not references:
            return None
        if len(fields) != len(references):
            self.symbols.tell(
                "prisma-relation",
                f"`{table.node.name}.{relation.node.name}` joins {len(fields)} fields to "
                f"{len(references)}.",
                table.origin(attribute.span),
                (str(table.name),),
            )
            return None
        columns = tuple(field.column for field in fields)
        name = attribute.text("map") or self.symbols.namer.foreign_key(table.name.name, columns)
        is_required = relation.node.type.arity == "required" or any(
            field.is_required for field in fields
        )
        return ForeignKey(
            name=name,
            columns=columns,
            ref_table=target.name,
            ref_columns=tuple(field.column for field in references),
            on_delete=self._action(table, attribute, "onDelete") or self._on_delete(is_required),
            on_update=self._action(table, attribute, "onUpdate") or "CASCADE",
            history=(table.origin(relation.node.span),),
        )

    def _on_delete(self, is_required: bool) -> Action:
        if not is_required:
            return "SET NULL"
        if self.symbols.version < EXPLICIT_ACTIONS:
            return "CASCADE"
        return "NO ACTION" if self.symbols.configuration.provider == "sqlserver" else "RESTRICT"

    def _action(self, table: Table, attribute: Attribute, name: str) -> Action | None:
        value = attribute.argument(name)
        if value is None:
            return None
        found = _ACTIONS.get(value.name) if isinstance(value, Constant) else None
        if found is None:
            self.symbols.tell(
                "prisma-relation",
                f"The `{name}` of a relation of `{table.node.name}` is none of "
                f"{', '.join(_ACTIONS)}.",
                table.origin(value.span),
                (str(table.name),),
            )
        return found

    def _references(self, table: Table, target: Table, attribute: Attribute) -> list[ScalarField]:
        if attribute.argument("references") is not None:
            return self._fields(table, target, attribute, "references")
        return identifying(target)

    def _fields(
        self, table: Table, owner: Table, attribute: Attribute, argument: str
    ) -> list[ScalarField]:
        value = attribute.argument(argument)
        found: list[ScalarField] = []
        for item in value.items if isinstance(value, ListOf) else (value,):
            if item is None:
                return []
            name = _name(item)
            field = owner.scalars.get(name)
            if field is None:
                self._tell_unknown(table, owner, argument, name, item.span)
                return []
            found.append(field)
        return found

    def _tell_unknown(
        self, table: Table, owner: Table, argument: str, name: str, span: Span
    ) -> None:
        self.symbols.tell(
            "prisma-unknown-field",
            f"A relation of `{table.node.name}` names `{name}` in `{argument}`, which is no "
            f"column of `{owner.node.name}`.",
            table.origin(span),
            (str(table.name),),
        )

    def many_to_many(self) -> Iterator[ManyToMany]:
        """The implicit many-to-many relations, each once, in the order of their first sides."""
        sides = self._sides()
        for table in self.symbols.tables.values():
            for relation in table.relations.values():
                opposite = _opposite(relation, sides)
                if opposite is None or not (_is_list(relation) and _is_list(opposite)):
                    continue
                if _is_embedded(relation) or _is_embedded(opposite):
                    continue
                if _order(relation) > _order(opposite):
                    continue
                if not (table.is_view or opposite.model.is_view):
                    yield ManyToMany(relation_name(relation), relation, opposite)

    def _sides(self) -> Sides:
        """Every relation field, by its model, the model that it leads to and its name."""
        sides: Sides = {}
        for table in self.symbols.tables.values():
            for relation in table.relations.values():
                key = (table.node.name, relation.target, _explicit_name(relation))
                sides.setdefault(key, []).append(relation)
        return sides


def _opposite(relation: RelationField, sides: Sides) -> RelationField | None:
    key = (relation.target, relation.model.node.name, _explicit_name(relation))
    return next((other for other in sides.get(key, ())[:2] if other is not relation), None)


def _is_list(relation: RelationField) -> bool:
    return relation.node.type.arity == "list"


def relation_name(relation: RelationField) -> str:
    """The relation's name: as written, or the models' names in alphabetical order, `AToB`."""
    explicit = _explicit_name(relation)
    if explicit is not None:
        return explicit
    first, second = sorted((relation.model.node.name, relation.target))
    return f"{first}To{second}"


def identifying(table: Table) -> list[ScalarField]:
    """The fields of the primary key."""
    for field in table.scalars.values():
        if field.attribute("id") is not None:
            return [field]
    attribute = table.node.attribute("id")
    value = attribute.argument("fields", 0) if attribute is not None else None
    items = value.items if isinstance(value, ListOf) else ()
    found = [table.scalars.get(_name(item)) for item in items]
    return [field for field in found if field is not None]


def _explicit_name(relation: RelationField) -> str | None:
    attribute = relation.node.attribute("relation")
    return attribute.text("name", 0) if attribute is not None else None


def _is_embedded(relation: RelationField) -> bool:
    attribute = relation.node.attribute("relation")
    return attribute is not None and attribute.argument("fields") is not None


def _order(relation: RelationField) -> tuple[str, str]:
    """Model A is the first by name, or of a model to itself by the field's name."""
    name = relation.model.node.name
    return name, relation.node.name if relation.target == name else ""


def _name(item: Expression) -> str:
    if isinstance(item, Constant):
        return item.name
    return item.value if isinstance(item, Text) else getattr(item, "name", "")
