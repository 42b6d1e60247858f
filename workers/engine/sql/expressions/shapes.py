"""Literals of geometry, ranges and text queries: refused where no value is written so.

What may be a value is left as it was written.
"""

from __future__ import annotations

from collections.abc import Callable

from workers.engine.sql.expressions.literals import invalid
from workers.engine.sql.expressions.typed import MismatchError, UnprintableError

_BLANK = " \t\n\r\v\f"
_BRACKETS = str.maketrans(dict.fromkeys("()<>,", " "))


def geometry(kind: str, count: int | None) -> Callable[[str], str]:
    """So many numbers between brackets that close; of a polygon, pairs."""

    def check(text: str) -> str:
        numbers = text.translate(_BRACKETS).split()
        is_whole = len(numbers) == count if count else bool(numbers) and len(numbers) % 2 == 0
        is_closed = all(text.count(one) == text.count(other) for one, other in ("()", "<>"))
        if not is_whole or not is_closed or not all(map(_is_float, numbers)):
            raise invalid(kind, text)
        return text

    return check


def _is_float(word: str) -> bool:
    if "x" in word.lower() or "_" in word:
        return word.lstrip("+-")[:1].isdigit()  # in other bases, perhaps
    try:
        float(word)
    except ValueError:
        return False
    return True


def range_(text: str) -> str:
    """`empty`, or two bounds between brackets."""
    body = text.strip(_BLANK)
    if body.lower() == "empty":
        return text
    if body[:1] not in ("[", "(") or body[-1:] not in ("]", ")") or "," not in body:
        raise MismatchError("22P02", f'malformed range literal: "{text}"')
    return text


def whole_range(text: str) -> str:
    """A range of whole numbers, the lower bound first."""
    lower, _, upper = text.strip()[1:-1].partition(",")
    if _is_number(lower) and _is_number(upper) and int(lower) > int(upper):
        shown = "range lower bound must be less than or equal to range upper bound"
        raise MismatchError("22000", shown)
    return range_(text)


def _is_number(text: str) -> bool:
    digits = text.strip().removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) < 10


def multirange(text: str) -> str:
    """Ranges between braces."""
    body = text.strip(_BLANK)
    if body[:1] != "{" or body[-1:] != "}":
        raise MismatchError("22P02", f'malformed multirange literal: "{text}"')
    return text


def tsquery(text: str) -> str:
    """An operator stands before an operand."""
    body = text.rstrip()
    if body[-1:] in ("&", "|", "!") and not set(body) & {"'", "\\", ":", '"'}:
        raise MismatchError("42601", f'no operand in tsquery: "{text}"')
    raise UnprintableError("a text query")
