"""Which types PostgreSQL turns into which by itself: pg_cast, and the rules beside it."""

from __future__ import annotations

from workers.engine.schema.model import SqlType

_INTEGERS = ("smallint", "integer", "bigint")
_NUMBERS = (*_INTEGERS, "real", "double precision", "numeric")
_STRINGS = ("text", "character varying", "character", "name")
_TIMES = "time without time zone"
_STAMP, _STAMPTZ = "timestamp without time zone", "timestamp with time zone"
_REGS = (
    "regproc", "regprocedure", "regoper", "regoperator", "regclass", "regcollation", "regtype",
    "regconfig", "regdictionary", "regrole", "regnamespace",
)  # fmt: skip


def _implicit_pairs() -> set[tuple[str, str]]:
    pairs = {(_NUMBERS[a], _NUMBERS[b]) for a in range(3) for b in range(a + 1, 6)}
    pairs |= {("real", "double precision"), ("numeric", "real"), ("numeric", "double precision")}
    pairs |= {(a, b) for a in _STRINGS[:3] for b in _STRINGS if a != b}
    pairs |= {("name", "text"), ('"char"', "text"), ("text", "regclass")}
    pairs |= {("character varying", "regclass"), ("pg_node_tree", "text")}
    pairs |= {("date", _STAMP), ("date", _STAMPTZ), (_STAMP, _STAMPTZ)}
    pairs |= {(_TIMES, "interval"), (_TIMES, "time with time zone")}
    pairs |= {("macaddr", "macaddr8"), ("macaddr8", "macaddr"), ("cidr", "inet")}
    pairs |= {("bit", "bit varying"), ("bit varying", "bit")}
    pairs |= {(number, kind) for number in _INTEGERS for kind in ("oid", *_REGS)}
    pairs |= {("oid", reg) for reg in _REGS} | {(reg, "oid") for reg in _REGS}
    return pairs


def _assignment_pairs() -> set[tuple[str, str]]:
    pairs = {(a, b) for a in _NUMBERS for b in _NUMBERS if a != b}
    pairs |= {("money", "numeric"), ("numeric", "money"), ("integer", "money")}
    pairs |= {("bigint", "money"), ("oid", "bigint"), ("oid", "integer")}
    pairs |= {(string, '"char"') for string in _STRINGS[:3]}
    pairs |= {(_STAMP, "date"), (_STAMP, _TIMES), (_STAMPTZ, "date"), (_STAMPTZ, _TIMES)}
    pairs |= {(_STAMPTZ, _STAMP), (_STAMPTZ, "time with time zone"), ("interval", _TIMES)}
    pairs |= {("time with time zone", _TIMES), ("point", "box"), ("path", "polygon")}
    pairs |= {("box", "polygon"), ("polygon", "path"), ("inet", "cidr")}
    pairs |= {("json", "jsonb"), ("jsonb", "json")}
    pairs |= {(reg, number) for reg in _REGS for number in ("bigint", "integer")}
    return pairs


IMPLICIT = frozenset(_implicit_pairs())
ASSIGNMENT = frozenset(_assignment_pairs() | _implicit_pairs())

# Casts that come with an extension's type, by (source, target) names.
_EXTENSION_ASSIGNMENT = frozenset(
    (
        ("citext", "text"), ("citext", "character varying"), ("citext", "character"),
        ("text", "citext"), ("character varying", "citext"), ("character", "citext"),
        ("boolean", "citext"), ("inet", "citext"), ("geometry", "geography"),
        ("geography", "geometry"), ("geometry", "text"), ("text", "geometry"),
        ("vector", "halfvec"), ("halfvec", "vector"), ("vector", "sparsevec"),
        ("geometry", "bytea"), ("bytea", "geometry"), ("geometry", "json"), ("geometry", "jsonb"),
        ("bytea", "geography"), ("geography", "bytea"), ("point", "geometry"),
    )
)  # fmt: skip
_EXTENSION_IMPLICIT = frozenset(
    (
        ("citext", "text"), ("citext", "character varying"), ("geometry", "geography"),
        ("text", "geometry"), ("geometry", "text"), ("geometry", "bytea"), ("bytea", "geometry"),
    )
)  # fmt: skip


_EXPLICIT = frozenset(
    [("integer", "boolean"), ("boolean", "integer"), ("integer", '"char"'), ('"char"', "integer")]
    + [(number, "bit") for number in ("integer", "bigint")]
    + [("bit", number) for number in ("integer", "bigint")]
    + [("jsonb", kind) for kind in ("boolean", *_NUMBERS)]
)


def is_explicit(source: SqlType, target: SqlType) -> bool:
    """Whether a cast that is written out turns one type into the other, as far as is known.

    Only two built-in types, neither of them a string's, a geometry's or a range's, are ever denied.
    """
    if is_assignable(source, target):
        return True
    if source.is_array or target.is_array:
        both = source.is_array and target.is_array
        strings = (source if target.is_array else target).name in _STRINGS
        return strings or (both and is_explicit(_item(source), _item(target)))
    if source.schema or target.schema or source.name in _STRINGS or target.name in _STRINGS:
        return True
    known = {*_NUMBERS, "boolean", "uuid", "json", "jsonb", "date", _STAMP, _STAMPTZ, "bytea"}
    if (
        source.name not in known
        or target.name not in known
        or "bytea" in (source.name, target.name)
    ):
        return True
    return (source.name, target.name) in _EXPLICIT


def is_implicit(source: SqlType, target: SqlType) -> bool:
    """Whether a value of one type is taken for the other in any expression."""
    if _same(source, target):
        return True
    if source.is_array or target.is_array:
        return source.is_array and target.is_array and is_implicit(_item(source), _item(target))
    pair = (source.name, target.name)
    if source.schema is None and target.schema is None:
        return pair in IMPLICIT
    return pair in _EXTENSION_IMPLICIT


def is_assignable(source: SqlType, target: SqlType) -> bool:
    """Whether a value of one type may be stored in a column of the other without a cast.

    Every type has a text, which any type of the string category takes, citext as well.
    """
    if _same(source, target):
        return True
    if not target.is_array and (
        target.name in _STRINGS if target.schema is None else target.name == "citext"
    ):
        return True
    if source.is_array or target.is_array:
        return source.is_array and target.is_array and is_assignable(_item(source), _item(target))
    pair = (source.name, target.name)
    if source.schema is None and target.schema is None:
        return pair in ASSIGNMENT
    return pair in _EXTENSION_ASSIGNMENT


def _same(source: SqlType, target: SqlType) -> bool:
    return (
        _plain(source.name) == _plain(target.name)
        and source.schema == target.schema
        and source.is_array == target.is_array
    )


def _plain(name: str) -> str:
    return "interval" if name.startswith("interval ") else name


def _item(kind: SqlType) -> SqlType:
    return SqlType(kind.name, (), False, kind.schema)


_FAMILIES = (
    _INTEGERS,
    ("real", "double precision"),
    ("date", _STAMP, _STAMPTZ),
    ("text", "character varying", "name"),
    ("inet", "cidr"),
    ("bit varying",),
)


def can_reference(referencing: SqlType, referenced: SqlType) -> bool:
    """Whether a foreign key can compare the two types with the referenced column's equality.

    Follows ATAddForeignKeyConstraint of src/backend/commands/tablecmds.c, where both types are
    base types, not domains.
    """
    if _same(referencing, referenced) or is_implicit(referencing, referenced):
        return True
    if referencing.schema or referenced.schema or referencing.is_array or referenced.is_array:
        return False
    return any(referencing.name in family and referenced.name in family for family in _FAMILIES)
