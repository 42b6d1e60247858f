"""Whether the literals of an INSERT fit into their columns: their length, and their size."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from workers.engine.numerals import is_handy, is_whole
from workers.engine.schema.model import Column, SqlType
from workers.engine.schema.types import format_type
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError

_TEXTS = ("character varying", "character", "bpchar")
_MOST_DIGITS = 1000
_BYTES = {"smallint": 2, "integer": 4, "bigint": 8}


def need_room(targets: Sequence[Column | None], rows: list[list[Node]]) -> None:
    """Refuse the first literal that its column cannot hold, whatever rows there are."""
    for row in rows:
        for column, node in zip(targets, row, strict=False):
            if column is not None and "A_Const" in node and not column.type.is_array:
                _check(column.type, node["A_Const"])


def _check(kind: SqlType, constant: Node) -> None:
    if kind.schema is not None:
        return
    text = constant.get("sval", {}).get("sval")
    if text is not None and kind.name in _TEXTS:
        _check_length(kind, text)
    number = _number(constant)
    if number is None:
        return
    if kind.name in _BYTES and not -_most(kind) <= round(number) < _most(kind):
        raise RefusedError("22003", f"{kind.name} out of range")
    if kind.name == "numeric" and kind.arguments:
        _check_digits(kind, number)


def _most(kind: SqlType) -> int:
    return 1 << (8 * _BYTES[kind.name] - 1)


def _check_length(kind: SqlType, text: str) -> None:
    """Blanks that are too many are cut off without a word."""
    if not kind.arguments or not is_whole(kind.arguments[0]):
        return
    if text[int(kind.arguments[0]) :].strip(" "):
        raise RefusedError("22001", f"value too long for type {format_type(kind)}")


def _check_digits(kind: SqlType, number: Decimal) -> None:
    precision, scale = (*kind.arguments, "0")[:2]
    if any(not is_whole(one) or int(one) > _MOST_DIGITS for one in (precision, scale)):
        return
    places = 10 ** int(scale)
    if abs(round(number * places)) >= 10 ** int(precision):
        raise RefusedError("22003", "numeric field overflow")


def _number(constant: Node) -> Decimal | None:
    if "ival" in constant:
        return Decimal(constant["ival"].get("ival", 0))
    written = constant.get("fval", {}).get("fval", "")
    digits = written.lower().lstrip("-").replace(".", "").replace("e", "").replace("+", "")
    if not is_whole(digits.replace("-", "")):
        return None
    number = Decimal(written)
    return number if is_handy(number) else None
