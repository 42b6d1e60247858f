"""Pairs of Prisma schemas: what a project had, and what it declares now, by random changes.

The first becomes a history, the second is what the repair has to reach.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

TYPES = (
    "Int", "BigInt", "Float", "Decimal", "String", "Boolean", "DateTime", "Json", "Bytes",
    "String @db.VarChar(40)", "String @db.Uuid", "DateTime @db.Timestamptz(6)",
    "DateTime @db.Date", "Int @db.SmallInt", "Decimal @db.Decimal(10, 2)", "Role", "Kind",
)  # fmt: skip
DEFAULTS = {
    "Int": ("1", "2"),
    "BigInt": ("5",),
    "Float": ("0.5",),
    "Decimal": ("1.5",),
    "String": ('"x"', "uuid()", "dbgenerated(\"md5('a'::text)\")"),
    "Boolean": ("true", "false"),
    "DateTime": ("now()",),
    "Json": ('"{}"',),
    "Role": ("USER",),
    "Kind": ("small",),
}
IDS = ("Int @default(autoincrement())", "String @default(uuid())", "BigInt", "String @db.Uuid")
ACTIONS = ("Cascade", "Restrict", "SetNull", "NoAction")
NAMES = ("title", "body", "score", "amount", "createdAt", "isActive", "kind", "ownerName", "notes")
NEW_NAMES = {
    "title": "headline_title",
    "amount": "totalAmount",
    "notes": "note",
    "body": "bodyText",
}
VALUES = {"Role": ("USER", "ADMIN", "OWNER"), "Kind": ("small", "big", "huge")}


@dataclass(frozen=True)
class Field:
    """A scalar field."""

    name: str
    type: str
    arity: str = ""
    default: str = ""
    is_unique: bool = False
    column: str = ""

    def line(self) -> str:
        """The field as it stands in a model."""
        base, _, native = self.type.partition(" ")
        parts = [self.name, base + self.arity]
        if self.default:
            parts.append(f"@default({self.default})")
        if self.is_unique:
            parts.append("@unique")
        if self.column:
            parts.append(f'@map("{self.column}")')
        return " ".join([*parts, native]).rstrip()


@dataclass(frozen=True)
class Model:
    """A model; `parent` is the model that it belongs to."""

    name: str
    id: str
    fields: tuple[Field, ...]
    indexes: tuple[tuple[str, ...], ...] = ()
    parent: str = ""
    is_optional: bool = False
    action: str = ""
    table: str = ""


@dataclass(frozen=True)
class World:
    """A whole schema."""

    models: tuple[Model, ...]
    enums: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(VALUES))

    def text(self) -> str:
        """The models and enums as a Prisma schema without its head."""
        blocks = [_model_text(model, self) for model in self.models]
        blocks += [
            f"enum {name} {{\n" + "".join(f"  {value}\n" for value in values) + "}\n"
            for name, values in self.enums.items()
        ]
        return "\n".join(blocks)


def _model_text(model: Model, world: World) -> str:
    lines = [f"id {_with_id(model.id)}", *(one.line() for one in model.fields)]
    if model.parent:
        parent = next(one for one in world.models if one.name == model.parent)
        optional = "?" if model.is_optional else ""
        base, _, native = _id_type(parent.id).partition(" ")
        lines.append(f"parentId {base}{optional} {native}".rstrip())
        action = f", onDelete: {model.action}" if model.action else ""
        lines.append(
            f"parent {model.parent}{optional} @relation(fields: [parentId], "
            f"references: [id]{action})"
        )
    for child in world.models:
        if child.parent == model.name:
            lines.append(f"{child.name.lower()}s {child.name}[]")
    names = {one.name for one in model.fields}
    for columns in model.indexes:
        if set(columns) <= names:
            lines.append(f"@@index([{', '.join(columns)}])")
    if model.table:
        lines.append(f'@@map("{model.table}")')
    return f"model {model.name} {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


def _with_id(text: str) -> str:
    base, _, rest = text.partition(" ")
    return f"{base} @id {rest}".rstrip()


def _id_type(text: str) -> str:
    return text.replace("@default(autoincrement())", "").replace("@default(uuid())", "").strip()


@st.composite
def fields(draw: st.DrawFn, name: str) -> Field:
    """A field of that name."""
    kind = draw(st.sampled_from(TYPES))
    base = kind.partition(" ")[0]
    is_list = base not in ("Json", "Bytes") and draw(st.integers(0, 9)) == 0
    arity = "[]" if is_list else draw(st.sampled_from(("", "", "?")))
    default = ""
    if not is_list and " " not in kind and draw(st.integers(0, 2)) == 0:
        default = draw(st.sampled_from(DEFAULTS.get(base, ("",))))
    is_unique = not is_list and base in ("Int", "String", "BigInt") and draw(st.integers(0, 6)) == 0
    return Field(name, kind, arity, default, is_unique and not default)


@st.composite
def models(draw: st.DrawFn, name: str, parents: tuple[str, ...]) -> Model:
    """A model, perhaps a child of one of those."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    made = tuple(draw(fields(one)) for one in names)
    plain = [one.name for one in made if one.arity != "[]" and one.type not in ("Json", "Bytes")]
    indexes = ()
    if plain and draw(st.booleans()):
        indexes = (
            tuple(draw(st.lists(st.sampled_from(plain), min_size=1, max_size=2, unique=True))),
        )
    parent = draw(st.sampled_from(("", *parents)))
    is_optional = draw(st.booleans())
    actions = ACTIONS if is_optional else ACTIONS[:2]
    action = draw(st.sampled_from(("", *actions))) if parent else ""
    return Model(name, draw(st.sampled_from(IDS)), made, indexes, parent, is_optional, action)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A schema of a few models."""
    made: list[Model] = []
    for name in ("User", "Post", "Tag")[: draw(st.integers(1, 3))]:
        made.append(draw(models(name, tuple(one.name for one in made))))
    return World(tuple(made))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[World, World]:
    """What was, and what is declared after a few changes."""
    before = draw(worlds())
    after = before
    for _ in range(draw(st.integers(1, 4))):
        after = draw(_changed(after))
    return before, after


@st.composite
def _changed(draw: st.DrawFn, world: World) -> World:
    kind = draw(
        st.sampled_from(("field", "field", "field", "add", "drop", "model", "enum", "index"))
    )
    if kind == "enum":
        return draw(_with_enum(world))
    at = draw(st.integers(0, len(world.models) - 1))
    model = world.models[at]
    if kind == "model":
        return draw(_with_models(world, at))
    changed = draw(
        {"field": _with_field, "add": _with_new, "drop": _without, "index": _with_index}[kind](
            model
        )
    )
    return replace(world, models=(*world.models[:at], changed, *world.models[at + 1 :]))


@st.composite
def _with_enum(draw: st.DrawFn, world: World) -> World:
    name = draw(st.sampled_from(sorted(world.enums)))
    values = world.enums[name]
    if draw(st.booleans()):
        values = (*values[:1], "MORE", *values[1:]) if "MORE" not in values else values
    else:
        values = values[:2]
    return replace(world, enums={**world.enums, name: values})


@st.composite
def _with_models(draw: st.DrawFn, world: World, at: int) -> World:
    model = world.models[at]
    what = draw(st.sampled_from(("rename", "action", "new", "id")))
    if what == "new" and all(one.name != "Extra" for one in world.models):
        made = draw(models("Extra", tuple(one.name for one in world.models)))
        return replace(world, models=(*world.models, made))
    if what == "rename":
        model = replace(model, table=f"{model.name.lower()}s")
    elif what == "action" and model.parent:
        model = replace(model, action=draw(st.sampled_from(("", "Cascade", "Restrict"))))
    elif what == "id" and "Int @default" in model.id:
        model = replace(model, id="BigInt @default(autoincrement())")
    return replace(world, models=(*world.models[:at], model, *world.models[at + 1 :]))


@st.composite
def _with_field(draw: st.DrawFn, model: Model) -> Model:
    if not model.fields:
        return model
    at = draw(st.integers(0, len(model.fields) - 1))
    old = model.fields[at]
    what = draw(st.sampled_from(("rename", "type", "arity", "default", "unique")))
    if what == "rename" and old.name in NEW_NAMES and not old.column:
        new = replace(old, column=NEW_NAMES[old.name])
    elif what == "type":
        drawn = draw(fields(old.name))
        new = replace(drawn, column=old.column)
    elif what == "arity" and old.arity != "[]":
        new = replace(old, arity="" if old.arity else "?")
    elif what == "default" and not old.arity and " " not in old.type:
        choices = ("", *DEFAULTS.get(old.type, ()))
        new = replace(old, default=draw(st.sampled_from(choices)))
    elif what == "unique" and old.type in ("Int", "String", "BigInt") and not old.arity:
        new = replace(old, is_unique=not old.is_unique)
    else:
        new = old
    return replace(model, fields=(*model.fields[:at], new, *model.fields[at + 1 :]))


@st.composite
def _with_new(draw: st.DrawFn, model: Model) -> Model:
    free = [name for name in NAMES if all(one.name != name for one in model.fields)]
    name = draw(st.sampled_from(free))
    return replace(model, fields=(*model.fields, draw(fields(name))))


@st.composite
def _without(draw: st.DrawFn, model: Model) -> Model:
    if len(model.fields) < 2:
        return model
    at = draw(st.integers(0, len(model.fields) - 1))
    return replace(model, fields=(*model.fields[:at], *model.fields[at + 1 :]))


@st.composite
def _with_index(draw: st.DrawFn, model: Model) -> Model:
    plain = [
        one.name for one in model.fields if one.arity != "[]" and one.type not in ("Json", "Bytes")
    ]
    if not plain or model.indexes:
        return replace(model, indexes=())
    return replace(model, indexes=((draw(st.sampled_from(plain)),),))
