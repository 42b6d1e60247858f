"""How deep a statement's syntax tree can get, told by its tokens alone.

The parser and the tree's printer recurse; a chain of 200,000 operators overflows the C stack and
kills the process. A statement of few bytes cannot be that deep; a long one is measured first.
"""

from __future__ import annotations

from collections.abc import Iterable

from workers.engine.sql.postgres import Token

SAFE_BYTES = 20_000
"""A statement no longer than this is parsed unmeasured: at most ten thousand operators."""

MAX_DEPTH = 20_000
"""Operators and brackets in one chain; a real statement's thousands are far below."""

_COMMA, _OPEN, _CLOSE, _OPEN_BRACKET, _CLOSE_BRACKET, _SEMICOLON = 44, 40, 41, 91, 93, 59
_COMMENTS = (275, 276)


def depth_of(tokens: Iterable[Token]) -> int:
    """A bound on the tree's depth: all tokens of a chain that commas do not interrupt."""
    deepest = total = current = 0
    stack: list[int] = []
    for token in tokens:
        number = token.number
        if number in (_OPEN, _OPEN_BRACKET):
            stack.append(current)
            total += current + 1
            current = 0
        elif number in (_CLOSE, _CLOSE_BRACKET):
            before = stack.pop() if stack else 0
            total -= before + 1
            current = before + 1
        elif number == _COMMA:
            current = 0
        elif number == _SEMICOLON and not stack:
            current = total = 0
        elif number not in _COMMENTS:
            current += 1
        deepest = max(deepest, total + current)
    return deepest // 2
