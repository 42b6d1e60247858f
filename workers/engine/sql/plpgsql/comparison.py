"""Comparing and matching values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from workers.engine.sql.plpgsql.catalogue import Oid
from workers.engine.sql.plpgsql.world import UnevaluableError

_SIGNS = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def compare(sign: str, left: Any, right: Any) -> bool | None:
    """`left sign right`, NULL if either is NULL."""
    if left is None or right is None:
        return None
    left, right = _alike(left, right)
    if isinstance(left, Oid) is not isinstance(right, Oid) and sign not in ("=", "<>", "!="):
        raise UnevaluableError("an order of oids")
    try:
        return bool(_SIGNS[sign](left, right))
    except TypeError:
        raise UnevaluableError("values of different types") from None


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """An untyped literal becomes what the other side is."""
    if isinstance(left, Oid) and isinstance(right, str):
        raise UnevaluableError("an oid and a text")
    if isinstance(right, Oid) and isinstance(left, str):
        raise UnevaluableError("an oid and a text")
    if isinstance(left, bool) and isinstance(right, str):
        return left, right.lower() in ("t", "true", "yes", "on", "1")
    if isinstance(right, bool) and isinstance(left, str):
        return left.lower() in ("t", "true", "yes", "on", "1"), right
    if isinstance(left, (int, Decimal)) and isinstance(right, str):
        return left, _number(right)
    if isinstance(right, (int, Decimal)) and isinstance(left, str):
        return _number(left), right
    return left, right


def _number(text: str) -> Decimal:
    try:
        return Decimal(text.strip())
    except ArithmeticError:
        raise UnevaluableError("a text that is no number") from None


def matches(sign: str, left: Any, right: Any) -> bool:
    """LIKE, ILIKE and the plainest of regular expressions."""
    if not isinstance(left, str) or not isinstance(right, str):
        raise UnevaluableError("a pattern on what is no text")
    is_not, sign = sign.startswith("!"), sign.removeprefix("!")
    if sign == "^@":
        return left.startswith(right)
    if sign.endswith("*"):
        left, right, sign = left.lower(), right.lower(), sign[:-1]
    found = _like(left, right) if sign == "~~" else _expression(left, right)
    return found is not is_not


def _like(text: str, pattern: str) -> bool:
    """LIKE in time linear in the product of the lengths."""
    reachable = {0}
    at = 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "%":
            start = min(reachable, default=len(text) + 1)
            reachable = set(range(start, len(text) + 1))
        else:
            if letter == "\\" and at + 1 < len(pattern):
                at += 1
                letter = pattern[at]
                fits = {i for i in reachable if text[i : i + 1] == letter}
            elif letter == "_":
                fits = {i for i in reachable if i < len(text)}
            else:
                fits = {i for i in reachable if text[i : i + 1] == letter}
            reachable = {i + 1 for i in fits}
        at += 1
    return len(text) in reachable


_SPECIAL = frozenset("\\.[](){}*+?|^$")


def _expression(text: str, pattern: str) -> bool:
    """Only literals with anchors: the rest could run for ever, and is not needed."""
    starts, ends = pattern.startswith("^"), pattern.endswith("$")
    literal = pattern.removeprefix("^").removesuffix("$")
    if _SPECIAL.intersection(literal):
        raise UnevaluableError("a regular expression")
    if starts and ends:
        return text == literal
    if starts:
        return text.startswith(literal)
    return text.endswith(literal) if ends else literal in text
