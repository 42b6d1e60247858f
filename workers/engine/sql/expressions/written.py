"""An expression's own text in the source, for what cannot be printed as PostgreSQL would.

The syntax tree tells where a node begins, not where it ends; so the shortest run of tokens that
parses to the same tree is taken.
"""

from __future__ import annotations

from typing import Any

from workers.engine.sql.postgres import Node, SqlSyntaxError, Token, parse_expression, scan
from workers.engine.sql.references import walk

_ATTEMPTS = 400
_ENDS = frozenset(("list_start", "list_end", "rexpr_list_start", "rexpr_list_end"))
"""Where the brackets of ARRAY[...] and IN (...) stand."""
_PARENTHESES = {"(": 1, "[": 1, ")": -1, "]": -1}


def as_written(node: Node, data: bytes, base: int, end: int) -> str | None:
    """The text of an expression among the bytes of a file, or None if it cannot be told.

    `base` is added to the tree's locations to get an offset; the statement ends before `end`.
    """
    places = [fields["location"] for _, fields in walk(node) if fields.get("location", 0) > 0]
    if not places:
        return None
    start = base + min(places)
    wanted = _without_places(node)
    tokens = _tokens(data[start:end])
    for opening in range(_opened(data, start) + 1):
        found = _match(wanted, data, start, tokens, opening)
        if found is not None:
            return found
    return None


def _tokens(data: bytes) -> list[Token]:
    try:
        return scan(data)
    except SqlSyntaxError:
        return []


def _opened(data: bytes, start: int) -> int:
    """How many parentheses stand right before the start."""
    before = data[:start].rstrip()
    count = 0
    while before.endswith(b"("):
        before = before[:-1].rstrip()
        count += 1
    return min(count, 4)


def _match(wanted: Any, data: bytes, start: int, tokens: list[Token], opening: int) -> str | None:
    depth, tried = opening, 0
    for token in tokens:
        text = data[start + token.start : start + token.end].decode("utf-8", "replace")
        depth += _PARENTHESES.get(text, 0)
        if depth < 0:
            return None
        if depth > 0:
            continue
        tried += 1
        if tried > _ATTEMPTS:
            return None
        candidate = "(" * opening + data[start : start + token.end].decode("utf-8", "replace")
        if _parses_to(candidate, wanted):
            return candidate
    return None


def _parses_to(text: str, wanted: Any) -> bool:
    try:
        return bool(_without_places(parse_expression(text)) == wanted)
    except (SqlSyntaxError, KeyError, ValueError):
        return False


def _without_places(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: _without_places(value)
            for key, value in node.items()
            if not key.endswith("location") and key not in _ENDS
        }
    if isinstance(node, list):
        return [_without_places(one) for one in node]
    return node
