"""Literals in default expressions: what value a column of a family gets.

The tokens come from `compare.literals`; what they hold may be written by a person or printed by
PostgreSQL. Anything that is not a literal is None, and left to be compared as text.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from workers.engine.compare.literals import Token
from workers.engine.compare.types import Family
from workers.engine.numerals import is_whole

Value = tuple[str, Any]
"""A literal with the sort of value that it is: ("int", 1), ("text", "a"), ("float", Decimal)."""


def bare(found: list[Token]) -> list[Token]:
    """Without parentheses around the whole."""
    while len(found) > 1 and found[0] == _OPEN and _closing(found, 0) == len(found) - 1:
        found = found[1:-1]
    return found


_OPEN, _CLOSE, _CAST = Token("sign", "("), Token("sign", ")"), Token("sign", "::")
_DIGITS = 20
"""Of the longest whole number that a column can hold, with its sign."""
_MINUS = Token("sign", "-")
_SQUARE, _SQUARED = Token("sign", "["), Token("sign", "]")


def is_negation(found: list[Token]) -> bool:
    """Whether it is `(- 7)`, as PostgreSQL prints `-7::int`, and no number to the engine."""
    return found[:2] == [_OPEN, _MINUS]


def _closing(found: list[Token], at: int) -> int:
    depth = 0
    for index in range(at, len(found)):
        if found[index] in (_OPEN, _SQUARE):
            depth += 1
        elif found[index] in (_CLOSE, _SQUARED):
            depth -= 1
            if depth == 0:
                return index
    return -1


def is_now(found: list[Token]) -> bool:
    """Whether the expression is `now()` or CURRENT_TIMESTAMP, as the engine knows them."""
    words = [token.value for token in found]
    if words[:2] == ["pg_catalog", "."]:
        words = words[2:]
    return words == ["now", "(", ")"] or words == ["current_timestamp"]


def is_nextval(found: list[Token]) -> bool:
    """Whether the expression takes the next value of a sequence, or CockroachDB's own number."""
    words = [token.value for token in found if token.kind != "string"]
    if words[:2] == ["pg_catalog", "."]:
        words = words[2:]
    return words[:2] == ["nextval", "("] or words == ["unique_rowid", "(", ")"]


def _split_cast(found: list[Token]) -> tuple[list[Token], list[Token]] | None:
    """The expression and the type of an outermost cast; None if there is more than one."""
    depth, casts = 0, []
    for index, token in enumerate(found):
        if token in (_OPEN, _SQUARE):
            depth += 1
        elif token in (_CLOSE, _SQUARED):
            depth -= 1
        elif token == _CAST and depth == 0:
            casts.append(index)
    if not casts:
        return found, []
    if len(casts) > 1:
        return None
    return found[: casts[0]], found[casts[0] + 1 :]


_INTEGERS = (["int"], ["integer"], ["int4"])


def scalar_of(found: list[Token], family: Family) -> Value | None:
    """The literal of a column of that family; None for any other expression."""
    parts = _split_cast(found)
    if parts is None:
        return None
    body, cast = parts
    if family in ("string", "json", "enum"):
        return _text(body, family)
    if family == "boolean":
        return _boolean(body, bool(cast))
    if family == "binary":
        return _bytes(body)
    if family == "int":
        if cast and body and body[-1].kind == "number":
            plain = [token.value for token in cast]
            if plain not in _INTEGERS:
                return None
        elif cast and body and body[0] == _OPEN:
            return None
        return _integer(bare(body))
    if family == "float":
        number = _number(bare(body))
        return None if number is None else ("float", number)
    return None


def _integer(body: list[Token]) -> Value | None:
    """A whole number in digits alone: the engine does not read `7.0`."""
    is_negative = len(body) == 2 and body[0] == _MINUS
    if len(body) != 1 + is_negative or body[-1].kind not in ("number", "string"):
        return None
    digits = "-" * is_negative + body[-1].value.strip()
    if not is_whole(digits.removeprefix("-")) or len(digits) > _DIGITS:
        return None
    return ("int", int(digits))


def _number(body: list[Token]) -> Decimal | None:
    negative = len(body) == 2 and body[0] == _MINUS
    if negative:
        body = body[1:]
    if len(body) != 1 or body[0].kind not in ("number", "string"):
        return None
    try:
        number = Decimal(body[0].value.strip())
    except InvalidOperation:
        return None
    return -number if negative else number


def _text(body: list[Token], family: Family) -> Value | None:
    if len(body) != 1:
        return None
    if body[0].kind == "string":
        return ("json" if family == "json" else "text", body[0].value)
    return None


def _boolean(body: list[Token], is_cast: bool) -> Value | None:
    if len(body) != 1:
        return None
    token, word = body[0], body[0].value.strip().lower()
    if token.kind == "word" and not is_cast and word in ("true", "false"):
        return ("bool", word == "true")
    if token.kind == "word" and word in ("true", "false"):
        return ("bool", word == "true")
    if token.kind != "string" or not word:
        return None
    if "true".startswith(word) or "yes".startswith(word) or word in ("on", "1"):
        return ("bool", True)
    if "false".startswith(word) or "no".startswith(word) or word in ("of", "off", "0"):
        return ("bool", False)
    return None


def _bytes(body: list[Token]) -> Value | None:
    if len(body) != 1 or body[0].kind != "string":
        return None
    text = body[0].value
    if not text.startswith("\\x"):
        return ("bytes", text.encode())
    try:
        return ("bytes", bytes.fromhex(text[2:]))
    except ValueError:
        return None


def list_of(found: list[Token], family: Family) -> tuple[Value, ...] | None:
    """The literals of an array, as ARRAY[...] or as text in braces; None for anything else."""
    found = _uncast(found)
    if len(found) == 1 and found[0].kind == "string":
        return _array_literal(found[0].value, family)
    if found[:2] != [Token("word", "array"), _SQUARE] or found[-1] != _SQUARED:
        return None
    values = []
    for item in _items(found[2:-1]):
        value = scalar_of(bare(item), family)
        if value is None:
            return None
        values.append(value)
    return tuple(values)


def declared_list(found: list[Token], family: Family, sort: str) -> tuple[Value, ...] | None:
    """The literals of a list that the schema declares, however PostgreSQL prints its elements.

    `sort` is the sort of values that no printed list has: the engine never finds them the same.
    """
    found = _uncast(found)
    if found[:2] != [Token("word", "array"), _SQUARE] or found[-1] != _SQUARED:
        return None
    values: list[Value] = []
    for item in map(_uncast, _items(found[2:-1])):
        value = None if sort else scalar_of(item, family)
        values.append(value or (sort or "unread", "".join(token.value for token in item)))
    return tuple(values)


def _uncast(found: list[Token]) -> list[Token]:
    """Without the casts around an array, however many."""
    for _ in range(4):
        depth, last = 0, -1
        for index, token in enumerate(found):
            if token in (_OPEN, _SQUARE):
                depth += 1
            elif token in (_CLOSE, _SQUARED):
                depth -= 1
            elif token == _CAST and depth == 0 and last < 0:
                last = index
        found = bare(found[:last] if last >= 0 else found)
        if last < 0:
            break
    return found


def _items(found: list[Token]) -> list[list[Token]]:
    if not found:
        return []
    items: list[list[Token]] = [[]]
    depth = 0
    for token in found:
        if token in (_OPEN, _SQUARE):
            depth += 1
        elif token in (_CLOSE, _SQUARED):
            depth -= 1
        if token == Token("sign", ",") and depth == 0:
            items.append([])
        else:
            items[-1].append(token)
    return items


def _array_literal(text: str, family: Family) -> tuple[Value, ...] | None:
    text = text.strip()
    if not (text.startswith("{") and text.endswith("}")):
        return None
    parts = _array_parts(text[1:-1])
    if not parts:
        return ()
    values: list[Value] = []
    for part in parts:
        value = scalar_of([Token("string", part)], family)
        if value is None or family in ("binary", "datetime", "uuid", "unsupported"):
            return None
        values.append(value)
    return tuple(values)


def _array_parts(text: str) -> list[str]:
    parts, current, quoted, was_quoted, at = [], "", False, False, 0
    while at < len(text):
        letter = text[at]
        if letter == "\\" and at + 1 < len(text):
            current += text[at + 1]
            at += 1
        elif letter == '"':
            quoted, was_quoted = not quoted, True
        elif letter == "," and not quoted:
            parts.append(current if was_quoted else current.strip())
            current, was_quoted = "", False
        else:
            current += letter
        at += 1
    if current.strip() or was_quoted or parts:
        parts.append(current if was_quoted else current.strip())
    return parts
