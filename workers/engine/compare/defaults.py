"""When two column defaults are the same to Prisma's schema engine on PostgreSQL.

The engine sorts a default into kinds: a literal, `now()`, a sequence, or anything else
("dbgenerated"), and compares by kind first. A literal is compared by its value, anything else by
its text. Measured on engine 8.1.0-2 (Prisma 7.10).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from workers.engine.compare import sqlite
from workers.engine.compare.expressions import same_expression, unqualified
from workers.engine.compare.literals import Token, tokens
from workers.engine.compare.types import Family
from workers.engine.schema.model import Column

DefaultKind = Literal["value", "list", "datetime", "now", "sequence", "dbgenerated", "any"]
Value = tuple[str, Any]
"""A literal with the sort of value that it is: ("int", 1), ("text", "a"), ("float", Decimal)."""


@dataclass(frozen=True)
class Default:
    """A default, sorted into the engine's kinds; `text` as written."""

    kind: DefaultKind
    text: str
    value: Value | None = None
    values: tuple[Value, ...] = ()
    written: str | None = None
    """The SQL of `dbgenerated("...")` in the schema; `text` is how PostgreSQL prints it."""


def read_default(
    column: Column,
    family: Family,
    is_list: bool,
    default_schema: str | None = None,
    sqlite_family: str = "",
) -> Default | None:
    """The default of a column of either side; None where there is none.

    A generated column's expression counts: the engine reads it as a default. PostgreSQL shows the
    engine the objects of the connection's `default_schema` without their schema. `sqlite_family`
    is the family of a replayed column of SQLite (`compare.sqlite`).
    """
    text = column.generated if column.generated is not None else column.default
    kind = column.default_kind
    if kind == "any":
        return Default("any", text or "")
    if text is None:
        return Default("sequence", "") if kind == "sequence" else None
    if kind == "dbgenerated":
        shown = text if default_schema is None else unqualified(text, default_schema)
        return Default("dbgenerated", shown, written=column.default_written)
    if kind in ("now", "sequence"):
        return Default(kind, text)
    if kind == "value" and family == "datetime" and not is_list:
        return Default("datetime", text)
    if kind == "value" and family == "json" and not is_list:
        return _read(text, family, is_list=False) if "'" in text[:2] else _json(text)
    if kind is None and sqlite_family:
        return _read_sqlite(text, sqlite_family)
    if default_schema is not None:
        text = unqualified(text, default_schema)
    return _read(text, family, is_list)


def _json(text: str) -> Default:
    return Default("value", text, ("json", text))


def _read_sqlite(text: str, family: str) -> Default | None:
    if text.lower() == "null":
        return None
    if family == "datetime":
        return Default("now" if sqlite.is_now(text) else "dbgenerated", text)
    value = sqlite.value_of(text, family)
    return Default("dbgenerated", text) if value is None else Default("value", text, value)


def _read(text: str, family: Family, is_list: bool) -> Default | None:
    found = tokens(text)
    if found is None:
        return Default("dbgenerated", text)
    found = _bare(found)
    if found and found[0] == Token("word", "null"):
        return None
    if is_list:
        values = _list(found, family)
        return (
            Default("dbgenerated", text) if values is None else Default("list", text, None, values)
        )
    if family == "datetime" and _is_now(found):
        return Default("now", text)
    if family == "int" and _is_nextval(found):
        return Default("sequence", text)
    value = _scalar(found, family)
    return Default("dbgenerated", text) if value is None else Default("value", text, value)


def _bare(found: list[Token]) -> list[Token]:
    """Without parentheses around the whole."""
    while len(found) > 1 and found[0] == _OPEN and _closing(found, 0) == len(found) - 1:
        found = found[1:-1]
    return found


_OPEN, _CLOSE, _CAST = Token("sign", "("), Token("sign", ")"), Token("sign", "::")
_SQUARE, _SQUARED = Token("sign", "["), Token("sign", "]")


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


def _is_now(found: list[Token]) -> bool:
    words = [token.value for token in found]
    if words[:2] == ["pg_catalog", "."]:
        words = words[2:]
    return words == ["now", "(", ")"] or words == ["current_timestamp"]


def _is_nextval(found: list[Token]) -> bool:
    words = [token.value for token in found if token.kind != "string"]
    if words[:2] == ["pg_catalog", "."]:
        words = words[2:]
    return words[:2] == ["nextval", "("]


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


def _scalar(found: list[Token], family: Family) -> Value | None:
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
        number = _number(_bare(body))
        return None if number is None or number != number.to_integral_value() else _int(number)
    if family == "float":
        number = _number(_bare(body))
        return None if number is None else ("float", number)
    return None


def _int(number: Decimal) -> Value:
    return ("int", int(number))


def _number(body: list[Token]) -> Decimal | None:
    negative = len(body) == 2 and body[0] == Token("sign", "-")
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


def _list(found: list[Token], family: Family) -> tuple[Value, ...] | None:
    found = _uncast(found)
    if len(found) == 1 and found[0].kind == "string":
        return _array_literal(found[0].value, family)
    if found[:2] != [Token("word", "array"), _SQUARE] or found[-1] != _SQUARED:
        return None
    values = []
    for item in _items(found[2:-1]):
        value = _scalar(_bare(item), family)
        if value is None:
            return None
        values.append(value)
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
        found = _bare(found[:last] if last >= 0 else found)
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
        value = _scalar([Token("string", part)], family)
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


def same_default(declared: Default | None, replayed: Default | None, is_datetime: bool) -> bool:
    """Whether the engine would leave the default alone."""
    if declared is None:
        return replayed is None or replayed.kind == "sequence"
    if declared.kind in ("any", "sequence"):
        return True
    if replayed is None:
        return False
    if declared.kind == "datetime":
        return True
    if declared.kind == "list" or replayed.kind == "list":
        return _same_list(declared, replayed, is_datetime)
    if declared.kind != replayed.kind:
        return False
    if declared.kind == "dbgenerated":
        return _same_generated(declared, replayed.text)
    return declared.kind == "now" or _same_value(declared.value, replayed.value)


def _same_list(declared: Default, replayed: Default, is_datetime: bool) -> bool:
    if declared.kind == replayed.kind:
        return len(declared.values) == len(replayed.values) and (
            is_datetime
            or all(_same_value(a, b) for a, b in zip(declared.values, replayed.values, strict=True))
        )
    return is_datetime and "dbgenerated" in (declared.kind, replayed.kind)


def _same_value(declared: Value | None, replayed: Value | None) -> bool:
    if declared is None or replayed is None:
        return False
    sorts = {declared[0], replayed[0]}
    if "json" in sorts and sorts <= {"json", "text"}:
        try:
            return bool(json.loads(declared[1]) == json.loads(replayed[1]))
        except ValueError:
            return True
    return declared == replayed


def _same_generated(declared: Default, replayed: str) -> bool:
    """The engine holds the schema's own text against what PostgreSQL prints, but for case.

    Where both sides print alike and the schema's text is another, the engine sets the default
    anew each time. Where they do not, the printing may be at fault, and likeness decides.
    """
    if declared.written is None:
        return _same_text(declared.text, replayed)
    if declared.written.lower() == replayed.lower():
        return True
    return declared.text != replayed and same_expression(declared.text, replayed)


def _same_text(declared: str, replayed: str) -> bool:
    return declared.lower() == replayed.lower() or same_expression(declared, replayed)
