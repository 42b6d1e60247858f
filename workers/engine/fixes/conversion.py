"""How the values of a column become those of another type, none changed in silence.

`ALTER COLUMN ... TYPE` converts by an assignment cast where there is one. It is better than a cast
that is written out: `x::varchar(10)` cuts longer texts, the assignment refuses them. Where Prisma
stores moments it stores UTC, so no conversion between the two kinds of timestamp may depend on the
session's time zone.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.fixes.tree import Names, cast, column, expression, type_fields
from workers.engine.schema.model import SqlType
from workers.engine.sql.builtin.casts import is_assignable, is_explicit
from workers.engine.sql.casting import cast_risk
from workers.engine.sql.postgres import Node

_STAMP, _STAMPTZ = "timestamp without time zone", "timestamp with time zone"
_STAMPS = frozenset((_STAMP, _STAMPTZ))
_TEXTS = frozenset(("text", "character varying", "character", "citext"))
_NUMBERS = frozenset(("smallint", "bigint", "numeric", "real", "double precision"))
_CAST = _NUMBERS | {"integer", "boolean", "jsonb"}
"""Types between which PostgreSQL has casts that are written out; others go by way of their text."""
_TEXT = SqlType("text")
_ROUNDED = frozenset(("real", "double precision"))
_CLOCKS = frozenset((_STAMP, _STAMPTZ, "time without time zone", "time with time zone"))


class Conversion(Struct, frozen=True):
    """`using` is the expression of USING, None where the assignment does. `wrong` holds of rows
    that would be changed or lost. `note` says what happens to the rest."""

    using: Node | None = None
    wrong: Node | None = None
    note: str = ""


def conversion(name: str, old: SqlType, new: SqlType, names: Names) -> Conversion | None:
    """The conversion of a column's values, or None where only people can say what becomes of
    them. Both types are as the database will know them when it runs."""
    value = column(name)
    if old.is_array or new.is_array:
        return _of_list(value, old, new, names)
    return _of_one(value, old, new, names)


def _of_one(value: Node, old: SqlType, new: SqlType, names: Names) -> Conversion | None:
    if old.schema is not None or new.schema is not None:
        return _of_own(value, old, new, names)
    pair = (old.name, new.name)
    special = _of_moments(value, old, new, names) or _of_kinds(value, pair, names)
    if special is not None:
        return special
    if is_assignable(old, new):
        return Conversion(None, _changed(value, old, new, names), _rounding(old, new))
    if "bytea" in pair or not is_explicit(old, new):
        return None
    if old.name in _TEXTS or {old.name, new.name} <= _CAST:
        return Conversion(cast(value, new, names), _changed(value, old, new, names))
    return Conversion(cast(cast(value, _TEXT, names), new, names))


def _rounding(old: SqlType, new: SqlType) -> str:
    risk = cast_risk(old, new)
    return f"{risk.reason[0].upper()}{risk.reason[1:]}." if risk is not None else ""


def _changed(value: Node, old: SqlType, new: SqlType, names: Names) -> Node | None:
    """Holds of the values that do not come back as they were; None where that says nothing."""
    risk = cast_risk(old, new)
    is_rounded = bool({old.name, new.name} & _ROUNDED) and new.name not in (
        "smallint",
        "integer",
        "bigint",
    )
    if risk is None or risk.kind != "loses" or is_rounded or old.name == "json":
        return None
    if old.name in _CLOCKS and new.name in _CLOCKS:
        return None
    there = cast(
        value, replace(new, arguments=() if new.name != "numeric" else new.arguments), names
    )
    return _distinct(cast(there, replace(old, arguments=()), names), value)


def _distinct(one: Node, other: Node) -> Node:
    return {
        "A_Expr": {
            "kind": "AEXPR_DISTINCT",
            "name": [{"String": {"sval": "="}}],
            "lexpr": one,
            "rexpr": other,
        }
    }


def _at_utc(value: Node) -> Node:
    found = expression("x AT TIME ZONE 'UTC'")
    arguments = found["FuncCall"]["args"]
    return {"FuncCall": {**found["FuncCall"], "args": [arguments[0], value]}}


def _of_moments(value: Node, old: SqlType, new: SqlType, names: Names) -> Conversion | None:
    if {old.name, new.name} == _STAMPS:
        return Conversion(_at_utc(value), None, "Times are taken as UTC, as Prisma stores them.")
    if old.name == _STAMPTZ and new.name == "date":
        utc = _at_utc(value)
        wrong = _distinct(cast(cast(utc, new, names), SqlType(_STAMP), names), utc)
        return Conversion(cast(utc, new, names), wrong)
    if old.name == "date" and new.name == _STAMPTZ:
        return Conversion(_at_utc(cast(value, SqlType(_STAMP), names)))
    if old.name in (_STAMP, _STAMPTZ) and new.name.startswith("time "):
        return None
    return None


def _of_kinds(value: Node, pair: tuple[str, str], names: Names) -> Conversion | None:
    """Pairs for which PostgreSQL has no cast, or one that means something else."""
    old, new = pair
    if new == "boolean" and old in _NUMBERS:
        return Conversion(_compared(value, "<>", "0"), _neither(value))
    if new == "boolean" and old == "integer":
        return Conversion(_compared(value, "<>", "0"), _neither(value))
    if old == "boolean" and new in _NUMBERS:
        return Conversion(cast(value, SqlType("integer"), names))
    if old == "bytea" and new in _TEXTS:
        return Conversion(_called("convert_from", value), None, "The bytes are read as UTF-8.")
    if old in _TEXTS and new == "bytea":
        return Conversion(_called("convert_to", value), None, "The text is kept as UTF-8.")
    return None


def _compared(value: Node, operator: str, other: str) -> Node:
    name = [{"String": {"sval": operator}}]
    return {
        "A_Expr": {"kind": "AEXPR_OP", "name": name, "lexpr": value, "rexpr": expression(other)}
    }


def _neither(value: Node) -> Node:
    """Holds of numbers that are neither 0 nor 1."""
    found = expression("x NOT IN (0, 1)")["A_Expr"]
    return {"A_Expr": {**found, "lexpr": value}}


def _called(name: str, value: Node) -> Node:
    found = expression(f"{name}(x, 'UTF8')")["FuncCall"]
    return {"FuncCall": {**found, "args": [value, found["args"][1]]}}


def _of_own(value: Node, old: SqlType, new: SqlType, names: Names) -> Conversion | None:
    """Where an enum, a domain or an extension's type takes part: by way of its text."""
    if new.schema is None and new.name in _TEXTS:
        return Conversion(None)
    if old.schema is None and old.name in _TEXTS:
        return Conversion(cast(value, new, names))
    return Conversion(cast(cast(value, _TEXT, names), new, names))


def _of_list(value: Node, old: SqlType, new: SqlType, names: Names) -> Conversion | None:
    if old.is_array and new.is_array:
        return _of_lists(value, _element(old), _element(new), names)
    if old.is_array:
        if new.schema is None and new.name in _TEXTS:
            return Conversion(None, None, "A list becomes its text: `{a,b}`.")
        return _of_first(value, _element(old), new, names)
    inner = _of_one(value, old, _element(new), names)
    if inner is None:
        return None
    return Conversion(_listed(value, inner.using or value, new, names), inner.wrong, inner.note)


def _of_lists(value: Node, old: SqlType, new: SqlType, names: Names) -> Conversion | None:
    """Each element by its cast, or by way of its text; USING takes no query that went through
    them."""
    inner = _of_one(column("x"), old, new, names)
    if inner is None or "bytea" in (old.name, new.name) or {old.name, new.name} == _STAMPS:
        return None
    is_direct = old.schema is None and new.schema is None and is_assignable(old, new)
    texts = SqlType("text", is_array=True)
    between = value if is_direct or old.name in _TEXTS else cast(value, texts, names)
    return Conversion(cast(between, replace(new, is_array=True), names))


def _of_first(value: Node, old: SqlType, new: SqlType, names: Names) -> Conversion | None:
    first: Node = {
        "A_Indirection": {
            "arg": value,
            "indirection": [{"A_Indices": {"uidx": expression("1")}}],
        }
    }
    inner = _of_one(first, old, new, names)
    if inner is None:
        return None
    wrong = _compared(_call_one("cardinality", value), ">", "1")
    using = inner.using or cast(first, replace(new, arguments=()), names)
    return Conversion(using, wrong, "A list of one becomes its only value.")


def _call_one(name: str, value: Node) -> Node:
    found = expression(f"{name}(x)")["FuncCall"]
    return {"FuncCall": {**found, "args": [value]}}


def _listed(value: Node, element: Node, new: SqlType, names: Names) -> Node:
    """A list of the one value; NULL stays NULL."""
    found = expression("CASE WHEN x IS NULL THEN NULL ELSE ARRAY[x]::text[] END")["CaseExpr"]
    when = found["args"][0]["CaseWhen"]
    test = {"NullTest": {**when["expr"]["NullTest"], "arg": value}}
    array = found["defresult"]["TypeCast"]["arg"]["A_ArrayExpr"]
    made = {"A_ArrayExpr": {**array, "elements": [element]}}
    listed = {"TypeCast": {"arg": made, "typeName": type_fields(new, names)}}
    return {
        "CaseExpr": {**found, "args": [{"CaseWhen": {**when, "expr": test}}], "defresult": listed}
    }


def _element(kind: SqlType) -> SqlType:
    return replace(kind, is_array=False)
