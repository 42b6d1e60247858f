"""What becomes of the values when a column's type changes.

The answers are PostgreSQL's for `ALTER COLUMN ... SET DATA TYPE`, judged on the values that the
old type can hold: whether each converts, and whether each is the same afterwards. Where they differ
from the table in Prisma's own engine, they were measured on a server.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from workers.engine.schema.model import SqlType

_INTEGER_DIGITS = {"smallint": 5, "integer": 10, "bigint": 19}
_EXACT_IN = {"real": 24, "double precision": 53}
_INTEGER_BITS = {"smallint": 15, "integer": 31, "bigint": 63}
_TEXT = frozenset({"text", "character varying", "citext"})
_ANY_TEXT = _TEXT | {"character"}
_TIMESTAMPS = frozenset({"timestamp without time zone", "timestamp with time zone"})
_TIMES = frozenset({"time without time zone", "time with time zone"})
_MICROSECONDS = 6
_MONEY_DIGITS = 17
# The longest text of a value, in characters, as PostgreSQL 12 and later print it.
_LONGEST = {
    "smallint": 6,
    "integer": 11,
    "bigint": 20,
    "oid": 10,
    "real": 15,
    "double precision": 24,
    "boolean": 5,
    "money": 27,
    "uuid": 36,
    "inet": 43,
    "cidr": 43,
    "macaddr": 17,
    "date": 13,
}


class CastRisk(Struct, frozen=True):
    """What can go wrong: the statement fails on some values, or changes them silently."""

    kind: Literal["fails", "loses"]
    reason: str


def cast_risk(source: SqlType, target: SqlType) -> CastRisk | None:
    """What can happen to values of `source` that become `target`; None where nothing can."""
    if source == target:
        return None
    if source.is_array or target.is_array:
        return _array(source, target)
    if target.name in _TEXT and not target.arguments:
        return None
    for judge in (_to_bounded_text, _number, _moment, _other):
        answer = judge(source, target)
        if answer is not _UNJUDGED:
            return answer
    return CastRisk("fails", "PostgreSQL converts only the values that read as the new type")


_UNJUDGED = CastRisk("fails", "")


def _array(source: SqlType, target: SqlType) -> CastRisk | None:
    if source.is_array and target.is_array:
        inner = cast_risk(_element(source), _element(target))
        return inner and CastRisk(inner.kind, f"of each element: {inner.reason}")
    if source.is_array and target.name in _TEXT and not target.arguments:
        return None
    if source.is_array:
        return CastRisk("fails", "a list does not fit into a single value")
    return CastRisk("fails", "a single value is not a list")


def _element(kind: SqlType) -> SqlType:
    return SqlType(kind.name, kind.arguments, schema=kind.schema)


def _to_bounded_text(source: SqlType, target: SqlType) -> CastRisk | None:
    if target.name not in ("character varying", "character"):
        return _UNJUDGED
    room = int(target.arguments[0]) if target.arguments else 1
    if target.name == "character" and source.name in _TEXT:
        return CastRisk("loses", "blanks at the end are lost, and longer values do not fit")
    needed = _longest(source)
    if needed is None or needed > room:
        told = "text of any length" if needed is None else f"up to {needed} characters"
        return CastRisk("fails", f"the values have {told}, and the new type holds {room}")
    return None


def _longest(kind: SqlType) -> int | None:
    """The longest text of a value; None where there is no bound that a length could meet."""
    if kind.name in ("character varying", "character", "bit", "bit varying"):
        default = 1 if kind.name in ("character", "bit") else None
        return int(kind.arguments[0]) if kind.arguments else default
    if kind.name == "numeric":
        # Without a precision the bound is 131,072 digits; nobody's values are that long.
        if not kind.arguments:
            return 100
        precision, scale = _precision(kind)
        return precision + 1 + (2 if scale > 0 else 0)
    if kind.name in _TIMESTAMPS:
        digits = _seconds_digits(kind)
        zone = 6 if "with time" in kind.name and "without" not in kind.name else 0
        return 19 + (digits + 1 if digits else 0) + zone
    if kind.name in _TIMES:
        digits = _seconds_digits(kind)
        return 8 + (digits + 1 if digits else 0) + (6 if kind.name.startswith("time with ") else 0)
    return _LONGEST.get(kind.name)


def _number(source: SqlType, target: SqlType) -> CastRisk | None:
    if source.name in _INTEGER_BITS:
        return _from_integer(source, target)
    if source.name == "numeric":
        return _from_numeric(source, target)
    if source.name in _EXACT_IN:
        return _from_float(source, target)
    return _UNJUDGED


def _from_integer(source: SqlType, target: SqlType) -> CastRisk | None:
    if target.name in _INTEGER_BITS:
        if _INTEGER_BITS[target.name] >= _INTEGER_BITS[source.name]:
            return None
        return CastRisk("fails", f"values above the range of {target.name} do not fit")
    if target.name in _EXACT_IN:
        if _EXACT_IN[target.name] >= _INTEGER_BITS[source.name]:
            return None
        return CastRisk("loses", f"large values are rounded: {target.name} is not exact")
    if target.name == "numeric":
        if not target.arguments:
            return None
        precision, scale = _precision(target)
        if precision - scale >= _INTEGER_DIGITS[source.name]:
            return None
        return CastRisk(
            "fails",
            f"the new type has room for {max(precision - scale, 0)} digits before the point",
        )
    return _UNJUDGED


def _from_numeric(source: SqlType, target: SqlType) -> CastRisk | None:
    if target.name == "numeric":
        if not target.arguments:
            return None
        if not source.arguments:
            return CastRisk("loses", "digits that the new precision does not hold are rounded away")
        (p1, s1), (p2, s2) = _precision(source), _precision(target)
        if p2 - s2 < p1 - s1:
            return CastRisk("fails", f"the new type has room for {p2 - s2} digits before the point")
        return CastRisk("loses", f"values are rounded to {s2} digits") if s2 < s1 else None
    if target.name == "money" and source.arguments:
        precision, scale = _precision(source)
        if scale <= 2 and precision - scale < _MONEY_DIGITS:
            return None
    if target.name in _EXACT_IN:
        return CastRisk("loses", f"{target.name} is not exact")
    if target.name in _INTEGER_DIGITS:
        precision, scale = _precision(source) if source.arguments else (1000, 1)
        if scale > 0:
            return CastRisk("loses", "what stands behind the point is rounded away")
        if precision < _INTEGER_DIGITS[target.name]:
            return None
        return CastRisk("fails", f"values above the range of {target.name} do not fit")
    return _UNJUDGED


def _from_float(source: SqlType, target: SqlType) -> CastRisk | None:
    if target.name in _EXACT_IN:
        if _EXACT_IN[target.name] >= _EXACT_IN[source.name]:
            return None
        return CastRisk("loses", "values are rounded to six digits")
    if target.name in _INTEGER_DIGITS or target.name == "numeric":
        return CastRisk("loses", "values are rounded, and large ones do not fit")
    return _UNJUDGED


def _moment(source: SqlType, target: SqlType) -> CastRisk | None:
    if source.name in _TIMESTAMPS:
        return _from_timestamp(source, target)
    if source.name == "date" and target.name in _TIMESTAMPS:
        return None
    if source.name in _TIMES and target.name in _TIMES:
        if source.name.startswith("time with ") and target.name.startswith("time without"):
            return CastRisk("loses", "the time zone is lost")
        if _seconds_digits(target) < _seconds_digits(source):
            return CastRisk("loses", f"seconds are rounded to {_seconds_digits(target)} digits")
        return None
    return _UNJUDGED


def _from_timestamp(source: SqlType, target: SqlType) -> CastRisk | None:
    if target.name in _TIMESTAMPS:
        if _seconds_digits(target) < _seconds_digits(source):
            return CastRisk("loses", f"seconds are rounded to {_seconds_digits(target)} digits")
        return None
    if target.name == "date":
        return CastRisk("loses", "the time of day is lost")
    if target.name == "time with time zone" and source.name == "timestamp without time zone":
        return CastRisk("fails", "PostgreSQL has no such cast")
    if target.name in _TIMES:
        return CastRisk("loses", "the date is lost")
    return _UNJUDGED


def _other(source: SqlType, target: SqlType) -> CastRisk | None:
    pair = (source.name, target.name)
    if pair in _HARMLESS:
        return None
    if pair == ("money", "numeric"):
        precision, scale = _precision(target) if target.arguments else (1000, 2)
        if precision - scale >= _MONEY_DIGITS and scale >= 2:
            return None
        return CastRisk("fails", f"{_MONEY_DIGITS} digits before the point do not fit")
    if pair == ("json", "jsonb"):
        return CastRisk("loses", "the order of keys, repeated keys and blanks are lost")
    if pair in (("bit", "bit varying"), ("bit varying", "bit")):
        room, needed = target.arguments, source.arguments
        fits = not room or (bool(needed) and int(needed[0]) <= int(room[0]))
        is_same_length = target.name == "bit varying" or room == needed
        if fits and is_same_length:
            return None
        return CastRisk("fails", "values of another length do not fit")
    return _UNJUDGED


_HARMLESS = frozenset(
    {
        ("oid", "integer"),
        ("oid", "bigint"),
        ("jsonb", "json"),
        ("cidr", "inet"),
        ("macaddr", "macaddr8"),
        ("bit varying", "bit varying"),
        ("integer", "money"),
        ("integer", "oid"),
    }
)


def _precision(kind: SqlType) -> tuple[int, int]:
    precision = int(kind.arguments[0])
    return precision, int(kind.arguments[1]) if len(kind.arguments) > 1 else 0


def _seconds_digits(kind: SqlType) -> int:
    return int(kind.arguments[0]) if kind.arguments else _MICROSECONDS


def rewrites_table(source: SqlType, target: SqlType) -> bool:
    """Whether the change of type rewrites the table, or only changes the catalogue.

    Instant are: more room for varchar, bit varying and numeric of the same scale, no limit at all,
    varchar to text and back without a limit, more digits of seconds, cidr to inet. From the
    documentation of ALTER TABLE, and `varchar_support`, `numeric_support`, `timestamp_support`.
    """
    if source.is_array != target.is_array:
        return True
    if {source.name, target.name} <= {"text", "character varying"}:
        return not _widens(source, target)
    if source.name != target.name or source.schema != target.schema:
        return (source.name, target.name) != ("cidr", "inet")
    if source.name == "numeric":
        if not target.arguments:
            return False
        if not source.arguments:
            return True
        (p1, s1), (p2, s2) = _precision(source), _precision(target)
        return s1 != s2 or p2 < p1
    if source.name in _TIMESTAMPS | _TIMES:
        return _seconds_digits(target) < _seconds_digits(source)
    if source.name == "bit varying":
        return not _widens(source, target)
    return source.arguments != target.arguments


def _widens(source: SqlType, target: SqlType) -> bool:
    if not target.arguments:
        return True
    return bool(source.arguments) and int(source.arguments[0]) <= int(target.arguments[0])
