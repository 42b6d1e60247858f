"""What a literal becomes once PostgreSQL has read it as a type: its output function's text."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from workers.engine.numerals import fits_numeric, is_whole
from workers.engine.schema.model import SqlType
from workers.engine.schema.names import quote
from workers.engine.schema.types import format_type
from workers.engine.sql.expressions import intervals, literals, moments, shapes
from workers.engine.sql.expressions.literals import invalid
from workers.engine.sql.expressions.typed import OVERFLOW, MismatchError, UnprintableError
from workers.engine.sql.scope import Scope

_TRUE = frozenset(("t", "tr", "tru", "true", "y", "ye", "yes", "on", "1"))
_FALSE = frozenset(("f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0"))


def output(text: str, kind: SqlType, scope: Scope) -> str:
    """The text that the type's output function gives for an input text.

    Raises UnprintableError where it depends on the session or is not known; a type without a rule
    here keeps its text.
    """
    if kind.is_array:
        return _array(text, SqlType(kind.name, (), False, kind.schema), scope)
    if kind.name == "regclass":
        return _regclass(text, scope)
    if kind.schema is not None:
        values = scope.enum(kind)
        if values is not None and text not in values:
            shown = format_type(kind).removeprefix("public.")
            raise MismatchError("22P02", f'invalid input value for enum {shown}: "{text}"')
        if values is not None and scope.is_fresh(kind, text):
            shown = format_type(kind).removeprefix("public.")
            raise MismatchError("55P04", f'unsafe use of new value "{text}" of enum type {shown}')
        return text
    if kind.name in _BYTES:
        return _integer(text, kind.name)
    rule = _RULES.get(kind.name)
    return text if rule is None else rule(text)


def _boolean(text: str) -> str:
    word = text.strip().lower()
    if word in _TRUE:
        return "true"
    if word in _FALSE:
        return "false"
    raise invalid("boolean", text)


_BYTES = {"smallint": 2, "integer": 4, "bigint": 8}


def _integer(text: str, kind: str) -> str:
    word = text.strip()
    digits = word[1:] if word[:1] in ("-", "+") else word
    if digits.isascii() and digits.isdigit():
        return _in_range(text, int(word) if is_whole(digits) else 2**64, kind)
    if (digits[:1] == "0" and len(digits) > 1) or "_" in digits:
        # PostgreSQL 16 reads other bases and underscores.
        raise UnprintableError(f"{text!r} is an integer only for newer servers")
    raise invalid(kind, text)


def _in_range(text: str, value: int, kind: str) -> str:
    most = 1 << (8 * _BYTES[kind] - 1)
    if not -most <= value < most:
        raise MismatchError("22003", f'value "{text}" is out of range for type {kind}')
    return str(value)


def _numeric(text: str) -> str:
    word = text.strip()
    try:
        number = Decimal(word)
    except InvalidOperation:
        raise invalid("numeric", text) from None
    if not number.is_finite():
        raise UnprintableError("a special number")
    if not fits_numeric(number):
        raise MismatchError(*OVERFLOW)
    return format(number, "f")


def _float(text: str) -> str:
    if text.strip().lstrip("+-")[:2].lower() == "0x":
        raise UnprintableError("a number in hexadecimal")
    try:
        if "_" in text or not text.isascii():  # Python's own
            raise ValueError
        number = float(text)
    except ValueError:
        raise invalid("double precision", text) from None
    if number != number or number in (float("inf"), float("-inf")):
        raise UnprintableError("a special number")
    shown = repr(number)
    if shown.endswith(".0"):
        return shown[:-2]
    mantissa, letter, exponent = shown.partition("e")
    if not letter:
        return shown
    return f"{mantissa.removesuffix('.0')}e{exponent[0]}{exponent[1:].zfill(2)}"


def _unknown(text: str) -> str:
    raise UnprintableError(f"{text!r} is read by rules that are not known here")


def _regclass(text: str, scope: Scope) -> str:
    path = identifiers(text)
    found = scope.relation(path) if path else None
    if found is None:
        raise UnprintableError(f"relation {text} is not known")
    return f"{quote(found.schema)}.{quote(found.name)}"


def identifiers(text: str) -> tuple[str, ...]:
    """The parts of a dotted, perhaps quoted name, as textToQualifiedNameList reads it."""
    parts: list[str] = []
    at = 0
    while at < len(text):
        if text[at] == '"':
            end = text.find('"', at + 1)
            while end >= 0 and text[end + 1 : end + 2] == '"':
                end = text.find('"', end + 2)
            if end < 0:
                return ()
            parts.append(text[at + 1 : end].replace('""', '"'))
            at = end + 1
        else:
            end = text.find(".", at)
            end = len(text) if end < 0 else end
            parts.append(text[at:end].strip().lower())
            at = end
        at += 1
    return tuple(parts)


def _array(text: str, item: SqlType, scope: Scope) -> str:
    """A one-dimensional array literal, its elements as their own type writes them."""
    body = text.strip()
    if not (body.startswith("{") and body.endswith("}")):
        if not body.startswith("["):
            raise MismatchError("22P02", f'malformed array literal: "{text}"')
        raise UnprintableError("an array literal with bounds")
    inner = body[1:-1].strip()
    if not inner:
        return "{}"
    if "{" in inner or "\\" in inner:
        raise UnprintableError("a nested or escaped array literal")
    return "{" + ",".join(_item(part, item, scope) for part in _parts(inner)) + "}"


def _parts(inner: str) -> list[tuple[str, bool]]:
    parts: list[tuple[str, bool]] = []
    at = 0
    while at <= len(inner):
        while at < len(inner) and inner[at] in " \t\n":
            at += 1
        if inner[at : at + 1] == '"':
            end = inner.find('"', at + 1)
            if end < 0:
                raise UnprintableError("an array literal that does not close")
            parts.append((inner[at + 1 : end], True))
            at = inner.find(",", end)
            at = len(inner) + 1 if at < 0 else at + 1
        else:
            end = inner.find(",", at)
            end = len(inner) if end < 0 else end
            parts.append((inner[at:end].strip(), False))
            at = end + 1
    return parts


def _item(part: tuple[str, bool], item: SqlType, scope: Scope) -> str:
    text, is_quoted = part
    if not is_quoted and text.lower() == "null":
        return "NULL"
    shown = output(text, item, scope)
    if item.name == "boolean" and item.schema is None:
        return shown[0]
    needs = not shown or shown.lower() == "null" or any(c in shown for c in '{}",\\ \t\n\r\v\f')
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"' if needs else shown


_RULES: dict[str, Callable[[str], str]] = {
    "boolean": _boolean,
    "numeric": _numeric,
    "real": _float,
    "double precision": _float,
    "uuid": literals.uuid,
    "json": literals.written_json,
    "jsonb": literals.jsonb,
    "date": moments.date,
    "time without time zone": moments.time,
    "time with time zone": moments.unknown,
    "timestamp without time zone": moments.timestamp,
    "timestamp with time zone": moments.timestamp_with_zone,
    "interval": intervals.interval,
    "tsvector": _unknown,
    "tsquery": shapes.tsquery,
    "point": shapes.geometry("point", 2),
    "box": shapes.geometry("box", 4),
    "circle": shapes.geometry("circle", 3),
    "polygon": shapes.geometry("polygon", None),
    "int4range": shapes.whole_range,
    "int8range": shapes.whole_range,
    **dict.fromkeys(("numrange", "daterange", "tsrange", "tstzrange"), shapes.range_),
    **dict.fromkeys(
        (
            "int4multirange",
            "int8multirange",
            "nummultirange",
            "datemultirange",
            "tsmultirange",
            "tstzmultirange",
        ),
        shapes.multirange,
    ),
    "bytea": literals.bytea,
    "bit": literals.bits,
    "bit varying": literals.bits,
    "inet": literals.address,
    "cidr": literals.network,
    "macaddr": literals.hardware,
    "macaddr8": literals.hardware,
    "xml": str,
}
