"""Bulk data: of an INSERT with megabytes of rows only the first row is read."""

from __future__ import annotations

from workers.engine.sql.postgres import Token

_OPEN, _CLOSE, _COMMA = 40, 41, 44


def shorten(piece: bytes, tokens: list[Token], base: int) -> bytes | None:
    """The statement with blanks for all rows but the first; None if it is no INSERT ... VALUES.

    `tokens` count from the file's start; `piece` starts at `base`. What follows the rows (ON
    CONFLICT, RETURNING) stays, and every byte stays where it was.
    """
    if not tokens or piece[:6].lower() != b"insert":
        return None
    start = tokens[0].start
    values = _values(piece, tokens, start)
    if values is None:
        return None
    first = last = level = 0
    for number in range(values + 1, len(tokens)):
        token = tokens[number]
        if token.number == _OPEN:
            level += 1
        elif token.number == _CLOSE:
            level -= 1
            if level == 0:
                first, last = first or token.end - start, token.end - start
        elif level == 0 and token.number != _COMMA:
            break
    if not first < last:
        return None
    return piece[:first] + b" " * (last - first) + piece[last:]


def _values(piece: bytes, tokens: list[Token], start: int) -> int | None:
    """The place of VALUES among the tokens, where it is the INSERT's own and not a subquery's."""
    level = 0
    for number, token in enumerate(tokens[:2000]):
        if token.number == _OPEN:
            level += 1
        elif token.number == _CLOSE:
            level -= 1
        elif level == 0:
            word = piece[token.start - start : token.end - start].lower()
            if word == b"values":
                return number
            if word in (b"select", b"with"):
                return None
    return None
