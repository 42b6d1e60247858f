"""Facts about types that the choice of operators and functions rests on: pg_type's categories."""

from __future__ import annotations

from functools import cache

from workers.engine.schema.model import QualifiedName, SqlType
from workers.engine.schema.types import builtin
from workers.engine.sql.builtin.casts import is_assignable, is_implicit
from workers.engine.sql.scope import Scope

UNKNOWN = SqlType("unknown")
TEXT = SqlType("text")
BOOLEAN = SqlType("boolean")
INTEGER = SqlType("integer")
BIGINT = SqlType("bigint")
NUMERIC = SqlType("numeric")
ANY = SqlType("any")
RECORD = SqlType("record")

ANY_ELEMENT = SqlType("anyelement")
POLYMORPHIC = frozenset(
    SqlType(family + kind)
    for family in ("any", "anycompatible")
    for kind in ("element", "array", "nonarray", "enum", "range", "multirange", "")
) - {ANY}

_CATEGORIES = {
    "B": "bool",
    "D": "date time timestamp timestamptz timetz",
    "G": "box circle line lseg path point polygon",
    "I": "cidr inet",
    "N": """float4 float8 int2 int4 int8 money numeric oid regclass regcollation regconfig
        regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype""",
    "R": """datemultirange daterange int4multirange int4range int8multirange int8range
        nummultirange numrange tsmultirange tsrange tstzmultirange tstzrange""",
    "S": "bpchar name text varchar citext",
    "T": "interval",
    "V": "bit varbit",
}
_PREFERRED_NAMES = ("bool", "timestamptz", "inet", "float8", "oid", "text", "interval", "varbit")
_PREFERRED = frozenset(builtin(name) for name in _PREFERRED_NAMES)


@cache
def _categories() -> dict[str, str]:
    found = {}
    for category, names in _CATEGORIES.items():
        for name in names.split():
            kind = builtin(name)
            found[kind.name if kind is not None else name] = category
    return found


def bare(kind: SqlType) -> SqlType:
    """The type without modifiers; the fields of an interval are one, too."""
    name = "interval" if kind.schema is None and kind.name.startswith("interval ") else kind.name
    if name is kind.name and not kind.arguments:
        return kind
    return SqlType(name, (), kind.is_array, kind.schema)


def element(kind: SqlType) -> SqlType:
    """The type of an array's elements."""
    return SqlType(kind.name, (), False, kind.schema)


def array(kind: SqlType) -> SqlType:
    """The array of a type."""
    return SqlType(kind.name, (), True, kind.schema)


def base(kind: SqlType, scope: Scope) -> SqlType:
    """The type behind a domain, or the type itself."""
    while kind.schema is not None and not kind.is_array:
        found = scope.domain(kind)
        if found is None:
            return kind
        kind = bare(found)
    return kind


def category(kind: SqlType, scope: Scope) -> str:
    """pg_type.typcategory: one letter."""
    if kind == UNKNOWN:
        return "X"
    if kind.is_array:
        return "A"
    kind = base(kind, scope)
    if kind.is_array:
        return "A"
    if kind.schema is not None and scope.enum(kind) is not None:
        return "E"
    return _categories().get(kind.name, "U")


def is_preferred(kind: SqlType) -> bool:
    """pg_type.typispreferred."""
    return kind in _PREFERRED


def coerces(source: SqlType, target: SqlType, scope: Scope) -> bool:
    """Whether a value of one type is taken for the other in an expression, without a cast."""
    if source in (target, UNKNOWN) or target == ANY:
        return True
    if target == RECORD and source.schema is not None and not source.is_array:
        return scope.row(QualifiedName(source.schema, source.name)) is not None
    return is_implicit(base(source, scope), base(target, scope))


def assigns(source: SqlType, target: SqlType, scope: Scope) -> bool:
    """Whether a value of one type can be stored in a column of the other."""
    if source in (target, UNKNOWN):
        return True
    return is_assignable(base(source, scope), base(target, scope))
