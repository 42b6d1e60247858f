"""Whole Prisma schemas drawn at random.

Wider than `pulled_apart`, which must stay within what a repair can be tried on: several schemas,
`@map` and `@@map`, every native type with its parameters, defaults of all kinds, lists, enums,
many-to-many and self relations, referential actions, indexes of every kind, views, Unsupported.
What Prisma itself refuses is for the test to leave out.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from tests.support.whole_schemas import SCHEMAS, Field, Link, Model, World

POSTGRESQL: dict[str, tuple[str, ...]] = {
    "String": (
        "", "", "@db.Text", "@db.Char(5)", "@db.Char(1)", "@db.VarChar", "@db.VarChar(40)",
        "@db.VarChar(255)", "@db.Bit(4)", "@db.Bit(1)", "@db.VarBit", "@db.VarBit(9)", "@db.Uuid",
        "@db.Xml", "@db.Inet",
    ),
    "Boolean": ("", "@db.Boolean"),
    "Int": ("", "@db.Integer", "@db.SmallInt", "@db.Oid"),
    "BigInt": ("", "@db.BigInt"),
    "Float": ("", "@db.DoublePrecision", "@db.Real"),
    "Decimal": ("", "@db.Decimal(10, 2)", "@db.Decimal(5, 0)", "@db.Decimal", "@db.Money"),
    "DateTime": (
        "", "", "@db.Timestamp(0)", "@db.Timestamp(3)", "@db.Timestamp(6)", "@db.Timestamp",
        "@db.Timestamptz(3)", "@db.Timestamptz(6)", "@db.Timestamptz", "@db.Date", "@db.Time(2)",
        "@db.Time", "@db.Timetz(6)", "@db.Timetz",
    ),
    "Json": ("", "@db.Json", "@db.JsonB"),
    "Bytes": ("", "@db.ByteA"),
    'Unsupported("tsvector")': ("",),
    'Unsupported("point")': ("",),
    'Unsupported("interval")': ("",),
}  # fmt: skip
SQLITE: dict[str, tuple[str, ...]] = dict.fromkeys(
    ("String", "Boolean", "Int", "BigInt", "Float", "Decimal", "DateTime", "Json", "Bytes",
     'Unsupported("foo")'),
    ("",),
)  # fmt: skip
TYPES = {"postgresql": POSTGRESQL, "sqlite": SQLITE}
LITERALS = {
    "String": ('"x"', '""', '"it\'s"', '"a\\nb"', '"a\\\\b"', '"0"', '"é"', '"say \\"hi\\""'),
    "Boolean": ("true", "false"),
    "Int": ("0", "1", "-7", "32000"),
    "BigInt": ("0", "9007199254740993", "-5"),
    "Float": ("0", "0.5", "-1.25", "100", "1.50"),
    "Decimal": ("0", "1.50", "-3", "12"),
    "DateTime": ('"2020-01-01T00:00:00Z"', '"2021-05-04T10:20:30.123+02:00"'),
    "Json": ('"{}"', '"[]"', '"{\\"a\\": [1, 2]}"', '"null"', '"\\"x\\""'),
    "Bytes": ('"aGVsbG8="', '""'),
}
OF_NATIVE = {
    "@db.Uuid": ('"123e4567-e89b-12d3-a456-426614174000"',),
    "@db.Inet": ('"127.0.0.1"',),
    "@db.Bit(4)": ('"0101"',),
    "@db.Bit(1)": ('"1"',),
    "@db.VarBit": ('"01"',),
    "@db.VarBit(9)": ('"01"',),
    "@db.Xml": ('"<a/>"',),
    "@db.Oid": ("1",),
}
FUNCTIONS = {
    "String": ("uuid()", "uuid(7)", "cuid()", "cuid(2)", "nanoid()", "nanoid(8)", "ulid()"),
    "DateTime": ("now()",),
}
GENERATED = {
    "String": ("(gen_random_uuid())::text", "CURRENT_USER", "'x'::text", "md5('a'::text)"),
    "Int": ("1", "(1 + 1)", "abs((- 5))"),
    "DateTime": ("now()", "CURRENT_TIMESTAMP", "(now() + '1 day'::interval)"),
    "Json": ("'{}'::jsonb", "jsonb_build_object()"),
}
NAMES = ("title", "body", "ownerName", "n", "isActive", "created_at", "order", "Total")
COLUMNS = {"title": "headline", "body": "body_text", "n": "N", "ownerName": "owner name"}
ACTIONS = ("Cascade", "Restrict", "NoAction", "SetNull", "SetDefault")
LONG = "a_rather_long_name_" * 3


@st.composite
def fields(draw: st.DrawFn, name: str, provider: str) -> Field:
    """A field of that name."""
    enums = ("Role", "Kind")
    kind = draw(st.sampled_from((*TYPES[provider], *enums)))
    native = "" if kind in enums else draw(st.sampled_from(TYPES[provider][kind]))
    arities = ("", "", "", "?", "?") if kind.startswith("Uns") else ("", "", "", "?", "?", "[]")
    arity = draw(st.sampled_from(arities if provider == "postgresql" else ("", "?")))
    made = Field(name, kind, arity, native)
    made = replace(made, default=draw(defaults(made, provider)))
    if kind in ("String", "Int", "BigInt") and arity != "[]" and draw(st.integers(0, 5)) == 0:
        made = replace(
            made, unique=draw(st.sampled_from(("@unique", f'@unique(map: "% {name} odd")')))
        )
    if kind == "DateTime" and not arity and draw(st.booleans()):
        made = replace(made, rest="@updatedAt")
    if name in COLUMNS and draw(st.integers(0, 4)) == 0:
        made = replace(made, column=COLUMNS[name])
    return made


@st.composite
def defaults(draw: st.DrawFn, of: Field, provider: str) -> str:
    """A default that the field may have, often none."""
    kind = draw(st.sampled_from(("", "", "literal", "literal", "function", "generated", "number")))
    values = {"Role": ("USER", "ADMIN"), "Kind": ("small",)}.get(of.type, LITERALS.get(of.type, ()))
    values = OF_NATIVE.get(of.native, values)
    if kind == "literal" and values:
        if of.arity == "[]":
            some = draw(st.lists(st.sampled_from(values), max_size=3))
            return f"[{', '.join(some)}]"
        return str(draw(st.sampled_from(values)))
    if of.arity == "[]" or of.native not in ("", "@db.Text", "@db.Uuid", "@db.Timestamptz(6)"):
        return ""
    if kind == "function" and of.type in FUNCTIONS:
        return draw(st.sampled_from(FUNCTIONS[of.type]))
    if kind == "generated" and of.type in GENERATED and provider == "postgresql":
        text = draw(st.sampled_from(("", *GENERATED[of.type])))
        return f'dbgenerated("{text}")' if text else "dbgenerated()"
    if kind == "number" and of.type in ("Int", "BigInt") and not of.arity:
        return "autoincrement()" if provider == "postgresql" else ""
    return ""


@st.composite
def indexes(draw: st.DrawFn, of: tuple[Field, ...], provider: str) -> tuple[str, ...]:
    """A few `@@index` and `@@unique` over fields."""
    plain = [one for one in of if one.arity != "[]" and one.type in (*LITERALS, "Role", "Kind")]
    plain = [one for one in plain if one.type != "Json" and one.native not in ("@db.Xml",)]
    found = []
    for at in range(draw(st.integers(0, 2)) if plain else 0):
        some = draw(st.lists(st.sampled_from(plain), min_size=1, max_size=3, unique=True))
        keys = [one.name + draw(st.sampled_from(("", "", "", "(sort: Desc)"))) for one in some]
        name = draw(st.sampled_from(("", "", f', map: "% {at} by hand"', f', map: "{LONG}%{at}"')))
        unique = draw(st.sampled_from(("index", "index", "unique")))
        found.append(f"@@{unique}([{', '.join(keys)}]{name})")
    if provider == "postgresql" and draw(st.integers(0, 2)) == 0:
        found += draw(_special(of))
    return tuple(dict.fromkeys(found))


@st.composite
def _special(draw: st.DrawFn, of: tuple[Field, ...]) -> list[str]:
    """An index of another kind than B-tree, with or without an operator class."""
    choices = []
    for one in of:
        if one.type == "Json" and one.arity != "[]" and one.native != "@db.Json":
            choices += [f"@@index([{one.name}], type: Gin)"]
            choices += [f"@@index([{one.name}(ops: JsonbPathOps)], type: Gin)"]
        if one.arity == "[]" and one.type in ("Int", "String") and not one.native:
            choices += [f"@@index([{one.name}], type: Gin)"]
        if one.type in ("Int", "String") and one.arity != "[]" and not one.native:
            choices += [f"@@index([{one.name}], type: Hash)", f"@@index([{one.name}], type: Brin)"]
        if one.type == "String" and one.arity != "[]" and not one.native:
            choices += [f'@@index([{one.name}(ops: raw("text_pattern_ops"))])']
        if one.native == "@db.Inet" and one.arity != "[]":
            choices += [f"@@index([{one.name}(ops: InetOps)], type: Gist)"]
    return [draw(st.sampled_from(choices))] if choices else []


@st.composite
def keys(draw: st.DrawFn, provider: str) -> str:
    """What stands behind `id`."""
    wide = ("String @db.Uuid @id @default(dbgenerated(\"gen_random_uuid()\"))",
            "Int @db.SmallInt @id @default(autoincrement())", "String @db.VarChar(30) @id",
            'Int @id(map: "% my key")')  # fmt: skip
    plain = ("Int @id @default(autoincrement())", "String @id @default(cuid())", "BigInt @id",
             "Int @id", "String @unique")  # fmt: skip
    return str(draw(st.sampled_from((*plain, *(wide if provider == "postgresql" else ())))))


@st.composite
def models(draw: st.DrawFn, name: str, provider: str) -> Model:
    """A model without relations."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    made = tuple(draw(fields(one, provider)) for one in names)
    key = draw(keys(provider))
    if len(made) > 2 and draw(st.integers(0, 5)) == 0 and all(map(_may_be_key, made[:2])):
        key = ""
    return Model(
        name, key, made, draw(indexes(made, provider)),
        table=draw(st.sampled_from(("", "", f"{name.lower()}s", LONG + name))),
        schema=draw(st.sampled_from(SCHEMAS)),
        key_name=draw(st.sampled_from(("", "% own name"))),
    )  # fmt: skip


def _may_be_key(one: Field) -> bool:
    return not one.arity and one.type in ("Int", "String", "BigInt", "Role") and not one.unique


@st.composite
def _links(draw: st.DrawFn, number: int, targets: tuple[Model, ...]) -> Link:
    is_optional = draw(st.booleans())
    parts = ""
    for side in ("onDelete", "onUpdate"):
        chosen = draw(st.sampled_from(("", "", *ACTIONS)))
        if chosen and (is_optional or chosen not in ("SetNull", "SetDefault")):
            parts += f", {side}: {chosen}"
    return Link(
        number, draw(st.sampled_from(targets)).name, is_optional, draw(st.integers(0, 3)) == 0,
        parts, draw(st.sampled_from(("", "", f"parent_{number}"))), "",
        draw(st.sampled_from(("", "", "", f"my fk {number}"))),
    )  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn, provider: str = "postgresql") -> World:
    """A schema of up to four models."""
    has_schemas = provider == "postgresql" and draw(st.integers(0, 2)) == 0
    made = [
        draw(models(n, provider)) for n in ("User", "Post", "Tag", "Z")[: draw(st.integers(1, 4))]
    ]
    keyed = tuple(one for one in made if one.key)
    number = 0
    for at, one in enumerate(made):
        links = []
        for _ in range(draw(st.integers(0, 2)) if keyed else 0):
            number += 1
            links.append(draw(_links(number, keyed)))
        made[at] = replace(one, links=tuple(links))
    pairs = []
    with_id = [one.name for one in keyed if "@id" in one.key]
    for at in range(draw(st.integers(0, 2)) if with_id else 0):
        two = draw(st.sampled_from(with_id)), draw(st.sampled_from(with_id))
        pairs.append((f"m{at}", *two))
    enums = (
        ("Role", draw(st.sampled_from(("", "user_role"))), ("USER", "ADMIN", "OWNER")),
        ("Kind", "", ('small @map("tiny thing")', "big")),
    )
    return World(provider, tuple(made), enums, tuple(pairs), has_schemas)
