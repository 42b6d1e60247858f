"""The arguments of a Prisma client's methods, walked with the models that they are about.

https://www.prisma.io/docs/orm/reference/prisma-client-reference
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.code import facts
from workers.engine.code.client import ClientField, ClientModel, ClientSchema
from workers.engine.code.following import Follower, Placed, Property
from workers.engine.code.searches import search_of
from workers.engine.code.uses import Creation, How, Undeclared, Usage, Use, ValueUse

_LOGIC = frozenset({"AND", "OR", "NOT"})
_AGGREGATES = frozenset({"_count", "_avg", "_sum", "_min", "_max"})
_LIST_FILTERS = frozenset({"some", "every", "none"})
_UNIQUE = frozenset({"findUnique", "findUniqueOrThrow", "update", "upsert", "delete"})
_ROWS = frozenset(
    {"findUnique", "findUniqueOrThrow", "findFirst", "findFirstOrThrow", "findMany", "create",
     "update", "upsert", "delete", "createManyAndReturn", "updateManyAndReturn"}
)  # fmt: skip
_LINKS = frozenset({"connect", "disconnect", "set", "delete"})
_DEEPEST = 24


class Walk:
    """Walks the arguments of one file's calls; what it finds goes into `usage`."""

    def __init__(self, schema: ClientSchema, follower: Follower, usage: Usage) -> None:
        self.schema = schema
        self.follower = follower
        self.usage = usage
        self.is_certain = False
        self.is_extended = False
        """Whether more can be read than the schema has, and nothing else is different."""
        self.depth = 0

    def call(
        self, model: ClientModel, method: str, argument: Placed | None, place: tuple[str, int, int]
    ) -> None:
        """One call of a model's delegate; `place` is where the method's name stands."""
        options = list(self.follower.options(argument)) if argument is not None else []
        listed = [self.follower.properties(option)[0] for option in options]
        selecting = False
        leaves_out: list[str] = []
        for properties in listed:
            selecting = selecting or any(one.name == "select" for one in properties)
            for one in properties:
                if one.name == "omit":
                    leaves_out += self._true_names(one.value)
        is_whole = method in _ROWS and not selecting
        made = Use(*place, model.name, None, "reads", is_whole, method, tuple(sorted(leaves_out)))
        self.usage.uses.append(made)
        for properties in listed:
            self._arguments(model, method, properties)
            found = search_of(self.schema, self.follower, model, method, properties, place)
            if found is not None:
                self.usage.searches.append(found)

    def _arguments(self, model: ClientModel, method: str, properties: list[Property]) -> None:
        for one in properties:
            name = one.name
            if name == "where":
                self.where(model, one.value, is_unique=method in _UNIQUE)
            elif name == "data":
                self._data(model, method, one.value)
            elif name == "create" and method == "upsert":
                self.creation(model, one.value, at=one)
            elif name == "update" and method == "upsert":
                self.data(model, one.value)
            elif name == "having":
                self.where(model, one.value)
            elif name in _AGGREGATES:
                self._aggregate(model, one)
            elif name == "by":
                self._names(model, one.value, "reads")
            else:
                self._shared(model, one)

    def _data(self, model: ClientModel, method: str, value: Placed) -> None:
        if method.startswith("create"):
            for item in self._items(value):
                self.creation(model, item)
        else:
            for item in self._items(value):
                self.data(model, item)

    def _shared(self, model: ClientModel, one: Property) -> None:
        """What every kind of query may have, nested ones too."""
        if one.name in ("select", "include"):
            self.select(model, one.value)
        elif one.name == "omit":
            self._each(model, one.value, "names")
        elif one.name == "orderBy":
            self.order(model, one.value)
        elif one.name == "cursor":
            self.where(model, one.value, is_unique=True)
        elif one.name == "distinct":
            self._names(model, one.value, "reads")

    def nested(self, model: ClientModel, placed: Placed) -> None:
        """The arguments of a relation in `select` or `include`."""
        self.depth += 1
        for option in self.follower.options(placed) if self.depth < _DEEPEST else ():
            properties, _ = self.follower.properties(option)
            for one in properties:
                if one.name == "where":
                    self.where(model, one.value)
                else:
                    self._shared(model, one)
        self.depth -= 1

    def select(self, model: ClientModel, placed: Placed) -> None:
        """`select` and `include`."""
        for one in self._properties(placed):
            if one.name == "_count":
                self._counted(model, one.value)
                continue
            field = self._field(model, one, "reads")
            if field is None or field.kind != "relation":
                continue
            target = self.schema.models.get(field.type)
            if target is not None:
                self._related(target, one)

    def _related(self, target: ClientModel, one: Property) -> None:
        """A relation that is read along: all columns of its rows, unless some are selected."""
        options = list(self.follower.options(one.value))
        names = {p.name for option in options for p in self.follower.properties(option)[0]}
        is_asked = any(not _is_false(option) for option in options)
        if is_asked and "select" not in names:
            left = [
                name
                for option in options
                for p in self.follower.properties(option)[0]
                if p.name == "omit"
                for name in self._true_names(p.value)
            ]
            place = (one.value.path, one.start, one.end)
            made = Use(*place, target.name, None, "reads", True, "include", tuple(sorted(left)))
            self.usage.uses.append(made)
        self.nested(target, one.value)

    def _counted(self, model: ClientModel, placed: Placed) -> None:
        for one in self._properties(placed):
            if one.name == "select":
                self.select_counted(model, one.value)

    def select_counted(self, model: ClientModel, placed: Placed) -> None:
        """`_count: { select: { posts: { where: ... } } }`."""
        for one in self._properties(placed):
            field = self._field(model, one, "reads")
            target = self.schema.models.get(field.type) if field is not None else None
            if target is not None:
                self.nested(target, one.value)

    def _aggregate(self, model: ClientModel, one: Property) -> None:
        for inner in self._properties(one.value):
            if inner.name != "_all":
                self._field(model, inner, "reads")

    def where(self, model: ClientModel, placed: Placed, *, is_unique: bool = False) -> None:
        """A condition on rows of a model."""
        self.depth += 1
        if self.depth < _DEEPEST:
            for item in self._items(placed):
                for one in self.follower.properties(item)[0]:
                    self._condition(model, one)
        self.depth -= 1

    def _condition(self, model: ClientModel, one: Property) -> None:
        if one.name in _LOGIC:
            self.where(model, one.value)
        elif one.name in _AGGREGATES:
            self._aggregate(model, one)
        elif one.name in model.uniques and one.name not in model.fields:
            fields = set(model.uniques[one.name])
            for inner in self._properties(one.value):
                if inner.name in fields or self._is_told("filters by"):
                    self._field(model, inner, "filters by")
        else:
            field = self._field(model, one, "filters by")
            if field is None:
                return
            target = self.schema.models.get(field.type) if field.kind == "relation" else None
            if target is not None:
                self._of_relation(target, one.value)
            elif field.kind == "enum":
                self._enum(field.type, one.value)

    def _of_relation(self, target: ClientModel, placed: Placed) -> None:
        for option in self.follower.options(placed):
            for one in self.follower.properties(option)[0]:
                if one.name in _LIST_FILTERS or (
                    one.name in ("is", "isNot") and one.name not in target.fields
                ):
                    self.where(target, one.value)
                else:
                    self.depth += 1
                    if self.depth < _DEEPEST:
                        self._condition(target, one)
                    self.depth -= 1

    def order(self, model: ClientModel, placed: Placed) -> None:
        """`orderBy`."""
        self.depth += 1
        for item in self._items(placed) if self.depth < _DEEPEST else ():
            for one in self.follower.properties(item)[0]:
                if one.name in _AGGREGATES:
                    self._aggregate(model, one)
                elif one.name == "_relevance":
                    for inner in self._properties(one.value):
                        if inner.name == "fields":
                            self._names(model, inner.value, "sorts by")
                else:
                    field = self._field(model, one, "sorts by")
                    target = self.schema.models.get(field.type) if field is not None else None
                    if target is not None:
                        self.order(target, one.value)
        self.depth -= 1

    def creation(
        self,
        model: ClientModel,
        placed: Placed,
        *,
        at: Property | None = None,
        parent: str = "",
        relation: str = "",
    ) -> None:
        """The data of a new row."""
        for option in self.follower.options(placed):
            value = option.value
            if not isinstance(value, facts.Object):
                continue
            properties, is_open = self.follower.properties(option)
            if not is_open:
                given = frozenset(one.name for one in properties)
                start = value.start if at is None else at.start
                end = value.start + 1 if at is None else at.end
                path = option.path if at is None else at.value.path
                self.usage.creations.append(
                    Creation(path, start, end, model.name, given, self.is_certain, parent, relation)
                )
            self.data(model, option)

    def data(self, model: ClientModel, placed: Placed) -> None:
        """What is written into a row."""
        self.depth += 1
        for one in self._properties(placed) if self.depth < _DEEPEST else ():
            field = self._field(model, one, "writes")
            if field is None:
                continue
            target = self.schema.models.get(field.type) if field.kind == "relation" else None
            if target is not None:
                self._nested_write(model, field, target, one.value)
            elif field.kind == "enum":
                self._enum(field.type, one.value)
        self.depth -= 1

    def _nested_write(
        self, model: ClientModel, field: ClientField, target: ClientModel, placed: Placed
    ) -> None:
        for one in self._properties(placed):
            name = one.name
            for item in self._items(one.value):
                if name == "create":
                    self.creation(target, item, parent=model.name, relation=field.name)
                elif name in _LINKS:
                    self.where(target, item, is_unique=True)
                elif name == "deleteMany":
                    self.where(target, item)
                else:
                    self._nested_change(model, field, target, name, item)

    def _nested_change(
        self, model: ClientModel, field: ClientField, target: ClientModel, name: str, item: Placed
    ) -> None:
        """`connectOrCreate`, `createMany`, `update`, `updateMany`, `upsert`."""
        properties, _ = self.follower.properties(item)
        names = {one.name for one in properties}
        if name == "update" and not ("data" in names and "data" not in target.fields):
            self.data(target, item)
            return
        for one in properties:
            if one.name == "where":
                self.where(target, one.value)
            elif one.name == "create" or (name == "createMany" and one.name == "data"):
                for row in self._items(one.value):
                    self.creation(target, row, parent=model.name, relation=field.name)
            elif one.name in ("update", "data"):
                for row in self._items(one.value):
                    self.data(target, row)

    def _items(self, placed: Placed) -> Iterator[Placed]:
        """The objects that a value may be, in a list or alone."""
        for option in self.follower.options(placed):
            if isinstance(option.value, facts.Array):
                for item in option.value.items:
                    yield from self.follower.options(Placed(item, option.path, option.is_sure))
            else:
                yield option

    def _properties(self, placed: Placed) -> Iterator[Property]:
        for option in self.follower.options(placed):
            yield from self.follower.properties(option)[0]

    def _true_names(self, placed: Placed) -> Iterator[str]:
        for one in self._properties(placed):
            if isinstance(one.value.value, facts.Constant) and one.value.value.text == "true":
                yield one.name

    def _each(self, model: ClientModel, placed: Placed, how: How) -> None:
        for one in self._properties(placed):
            self._field(model, one, how)

    def _names(self, model: ClientModel, placed: Placed, how: How) -> None:
        """Fields as strings: `distinct: ["email"]`."""
        for item in self._items(placed):
            value = item.value
            if isinstance(value, facts.Text):
                place = (item.path, value.start, value.end)
                self._named(model, value.text, place, how, item.is_sure)

    def _field(self, model: ClientModel, one: Property, how: How) -> ClientField | None:
        place = (one.value.path, one.start, one.end)
        return self._named(model, one.name, place, how, one.is_sure)

    def _named(
        self, model: ClientModel, name: str, place: tuple[str, int, int], how: How, is_sure: bool
    ) -> ClientField | None:
        field = model.fields.get(name)
        if field is not None:
            self.usage.uses.append(Use(*place, model.name, name, how))
        elif self._is_told(how) and is_sure and not name.startswith(("_", "$")):
            self.usage.undeclared.append(Undeclared(*place, "field", model.name, name))
        return field

    def _is_told(self, how: How) -> bool:
        """Whether the client takes no other names than the schema's."""
        return self.is_certain or (self.is_extended and how not in ("reads", "names"))

    def _enum(self, name: str, placed: Placed) -> None:
        """Values of an enum field: alone, in a list, in a filter."""
        self.depth += 1
        enum = self.schema.enums.get(name)
        for item in self._items(placed) if enum is not None and self.depth < _DEEPEST else ():
            value = item.value
            if isinstance(value, facts.Text):
                place = (item.path, value.start, value.end)
                self._value(name, value.text, place, item.is_sure)
            elif isinstance(value, facts.Object):
                for one in self.follower.properties(item)[0]:
                    self._enum(name, one.value)
        self.depth -= 1

    def _value(self, name: str, member: str, place: tuple[str, int, int], is_sure: bool) -> None:
        enum = self.schema.enums[name]
        if member in enum.members:
            self.usage.values.append(ValueUse(*place, name, member))
        elif (self.is_certain or self.is_extended) and is_sure:
            self.usage.undeclared.append(Undeclared(*place, "value", name, member))


def _is_false(placed: Placed) -> bool:
    value = placed.value
    return isinstance(value, facts.Constant) and value.text in ("false", "undefined")
