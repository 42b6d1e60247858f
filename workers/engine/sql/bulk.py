"""Bulk data: of an INSERT with megabytes of rows only the first row is read."""

from __future__ import annotations

from workers.engine.sql.postgres import Token

_OPEN, _CLOSE, _COMMA = 40, 41, 44


def shorten(piece: bytes, tokens: list[Token], base: int) -> bytes | None:
    """The statement with its first row alone, or None if it is no plain INSERT ... VALUES.

    `tokens` count from the file's start; `piece` starts at `base`.
    """
    if not tokens or piece[:6].lower() != b"insert":
        return None
    start = tokens[0].start
    values = next(
        (
            number
            for number, token in enumerate(tokens)
            if piece[token.start - start : token.end - start].lower() == b"values"
        ),
        None,
    )
    if values is None or values > 2000:
        return None
    level = 0
    for number in range(values + 1, len(tokens)):
        token = tokens[number]
        if token.number == _OPEN:
            level += 1
        elif token.number == _CLOSE:
            level -= 1
            if level == 0:
                return _closed(piece, tokens, number, start)
    return None


def _closed(piece: bytes, tokens: list[Token], number: int, start: int) -> bytes | None:
    """The first row, if only rows follow; what stands after the last (ON CONFLICT) is cut off."""
    if number + 1 >= len(tokens) or tokens[number + 1].number != _COMMA:
        return None
    return piece[: tokens[number].end - start]
