"""Relations for the foreign keys and join tables that the migrations made: a field on each side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.findings import Edit
from workers.engine.prisma.ast import Attribute, Constant, ListOf
from workers.engine.prisma.names import Namer
from workers.engine.repair.blocks import Block, argument_put, field_line
from workers.engine.repair.prisma_text import quoted_text
from workers.engine.schema.model import Action, ForeignKey, Table

_ACTIONS: Mapping[Action, str] = {
    "CASCADE": "Cascade",
    "RESTRICT": "Restrict",
    "NO ACTION": "NoAction",
    "SET NULL": "SetNull",
    "SET DEFAULT": "SetDefault",
}
_ENDINGS = ("_id", "Id", "ID", "_fk", "Fk")


class Side(Struct, frozen=True):
    """One side of a relation: its model's name, the field of each column, every name that is taken
    in it, the columns that are unique together, and the models that it has relations with."""

    name: str
    fields: Mapping[str, str]
    taken: frozenset[str]
    keys: frozenset[frozenset[str]]
    partners: frozenset[str] = frozenset()


class Line(Struct, frozen=True):
    """A field: its name, its type with its arity, and its attributes."""

    name: str
    kind: str
    rest: str = ""


def side_of(block: Block) -> Side:
    """A model as a side of a relation."""
    columns = block.columns()
    by_field = {field: column for column, field in columns.items()}
    listed_keys = [listed(one) for word in ("id", "unique") for one in block.model.all(word)]
    listed_keys += [
        (one.name,)
        for one in block.model.fields
        if one.attribute("id") is not None or one.attribute("unique") is not None
    ]
    return Side(
        block.model.name,
        columns,
        frozenset(one.name for one in block.model.fields),
        frozenset(
            frozenset(by_field[one] for one in key if one in by_field) for key in listed_keys
        ),
        frozenset(one.type.name for one in block.model.fields),
    )


def keys_of(table: Table) -> frozenset[frozenset[str]]:
    """The columns that are unique together."""
    found = {frozenset(table.primary_key.columns)} if table.primary_key is not None else set()
    for index in table.indexes:
        if index.is_unique and index.columns and not index.where:
            found.add(frozenset(index.columns))
    return frozenset(found)


def relation(
    owner: Side, target: Side, table: Table, key: ForeignKey, namer: Namer
) -> tuple[Line, Line] | None:
    """The field on the side that has the columns, and the one on the other side.

    None where a column has no field, or the schema does not hold for unique what is referred to.
    """
    is_known = owner.fields.keys() >= set(key.columns) and target.fields.keys() >= set(
        key.ref_columns
    )
    if not is_known or frozenset(key.ref_columns) not in target.keys:
        return None
    is_optional = not all((one := table.column(n)) and one.not_null for n in key.columns)
    name = _free(_named(owner.fields[key.columns[0]], target.name), owner.taken)
    is_crowded = owner.name == target.name or owner.name in target.partners
    title = quoted_text(f"{owner.name}_{name}") if is_crowded else ""
    parts = [title] if title else []
    parts.append(f"fields: [{', '.join(owner.fields[one] for one in key.columns)}]")
    parts.append(f"references: [{', '.join(target.fields[one] for one in key.ref_columns)}]")
    parts += _actions(key, is_optional=is_optional)
    if key.name != namer.foreign_key(table.name.name, key.columns):
        parts.append(f"map: {quoted_text(key.name)}")
    own = Line(name, f"{target.name}{'?' if is_optional else ''}", f"@relation({', '.join(parts)})")
    taken = target.taken | {name} if owner.name == target.name else target.taken
    is_single = frozenset(key.columns) in owner.keys
    back = _free(_lowered(owner.name) if is_single else _many(owner.name), taken)
    rest = f"@relation({title})" if title else ""
    return own, Line(back, f"{owner.name}{'?' if is_single else '[]'}", rest)


def _actions(key: ForeignKey, *, is_optional: bool) -> Iterator[str]:
    if key.on_delete != ("SET NULL" if is_optional else "RESTRICT"):
        yield f"onDelete: {_ACTIONS[key.on_delete]}"
    if key.on_update != "CASCADE":
        yield f"onUpdate: {_ACTIONS[key.on_update]}"


def with_line(side: Side, line: Line) -> Side:
    """The side once it has the field."""
    partner = line.kind.rstrip("?[]")
    return replace(side, taken=side.taken | {line.name}, partners=side.partners | {partner})


def line_edit(block: Block, line: Line) -> Edit:
    """The field written into its model."""
    return field_line(block, line.name, line.kind, line.rest)


def _named(field: str, model: str) -> str:
    """`author` for `authorId`, else the model's name."""
    for ending in _ENDINGS:
        if field.endswith(ending) and len(field) > len(ending):
            return field.removesuffix(ending)
    return _lowered(model)


def _lowered(name: str) -> str:
    return name[:1].lower() + name[1:]


def _many(name: str) -> str:
    return _lowered(name) if name.endswith("s") else f"{_lowered(name)}s"


def _free(name: str, taken: frozenset[str]) -> str:
    numbered = (f"{name}{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (name, *numbered) if one not in taken)


def is_join_table(table: Table) -> bool:
    """Whether a table is one that Prisma makes for many to many."""
    names = tuple(column.name for column in table.columns)
    ends = {key.columns for key in table.foreign_keys}
    return names == ("A", "B") and ends == {("A",), ("B",)} and table.name.name.startswith("_")


def join_edits(table: Table, first: Block, second: Block) -> Iterator[Edit]:
    """An implicit many-to-many relation for a join table: a list on each side.

    None where the two have another relation already and the table has the name of an unnamed one:
    Prisma holds the two for ambiguous.
    """
    name = table.name.name.removeprefix("_")
    one, other = side_of(first), side_of(second)
    is_usual = one.name != other.name and name == f"{one.name}To{other.name}"
    if is_usual and one.name in other.partners:
        return
    rest = "" if is_usual else f"@relation({quoted_text(name)})"
    line = Line(_free(_many(other.name), one.taken), f"{other.name}[]", rest)
    yield line_edit(first, line)
    taken = other.taken | {line.name} if one.name == other.name else other.taken
    yield line_edit(second, Line(_free(_many(one.name), taken), f"{one.name}[]", rest))


def key_edits(block: Block, declared: ForeignKey, replayed: ForeignKey) -> Iterator[Edit]:
    """A declared foreign key with the name and the actions that the migrations gave it."""
    ends = (declared.columns, declared.ref_columns)
    attribute = _attribute_of(block, declared)
    if attribute is None or ends != (replayed.columns, replayed.ref_columns):
        return
    if declared.name != replayed.name:
        yield argument_put(block, attribute, "map", quoted_text(replayed.name))
    if declared.on_delete != replayed.on_delete:
        yield argument_put(block, attribute, "onDelete", _ACTIONS[replayed.on_delete])
    if declared.on_update != replayed.on_update:
        yield argument_put(block, attribute, "onUpdate", _ACTIONS[replayed.on_update])


def _attribute_of(block: Block, key: ForeignKey) -> Attribute | None:
    """`@relation` of a declared foreign key."""
    fields = tuple(block.columns().get(name, name) for name in key.columns)
    for one in block.model.fields:
        attribute = one.attribute("relation")
        if attribute is not None and listed(attribute, None) == fields:
            return attribute
    return None


def listed(attribute: Attribute, position: int | None = 0) -> tuple[str, ...]:
    """The fields that an attribute lists, under their name or at a position."""
    value = attribute.argument("fields", position)
    items = value.items if isinstance(value, ListOf) else ()
    return tuple(item.name for item in items if isinstance(item, Constant) or hasattr(item, "name"))
