"""JSON as PostgreSQL's jsonb prints it: keys by length and then bytes, one blank after , and :."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}
_ESCAPED = {ord(char): text for char, text in _ESCAPES.items()} | {
    code: f"\\u{code:04x}" for code in range(0x20) if chr(code) not in _ESCAPES
}
_MOST_DIGITS = 1000


def canonical_json(text: str) -> str:
    """The text as jsonb holds it; as it stands where it is no JSON."""
    try:
        value = json.loads(
            text, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse_constant
        )
        return _printed(value)
    except (ValueError, RecursionError, ArithmeticError):
        return text


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _printed(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        if abs(value.adjusted()) > _MOST_DIGITS:
            raise ValueError(value)
        return format(value, "f").removeprefix("-") if not value else format(value, "f")
    if isinstance(value, str):
        return f'"{value.translate(_ESCAPED)}"'
    if isinstance(value, list):
        return f"[{', '.join(map(_printed, value))}]"
    pairs = sorted(value.items(), key=lambda pair: (_size(pair[0]), pair[0].encode()))
    return "{" + ", ".join(f"{_printed(key)}: {_printed(item)}" for key, item in pairs) + "}"


def _size(key: str) -> int:
    return len(key.encode())
