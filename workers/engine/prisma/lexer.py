"""The tokens of the Prisma schema language, each with its place.

The language is read line by line: an end of line ends a field, an attribute or a property, so it
is a token. Whatever fits nowhere becomes a token of kind "bad"; nothing is refused here.
Grammar: https://www.prisma.io/docs/orm/prisma-schema/overview
"""

from __future__ import annotations

import json
import re
from typing import Literal, NamedTuple

Kind = Literal["word", "number", "string", "mark", "newline", "doc", "bad", "end"]

_TOKEN = re.compile(
    r"""
    [^\S\r\n]*+\ufeff?
    (?: (?P<newline>[\r\n]\s*+)
    | (?P<doc>///[^\r\n]*)
    | (?P<comment>//[^\r\n]*)
    | (?P<block>/\*)
    | (?P<number>-?[0-9]++(?:\.[0-9]++)?(?![\w.]))
    | (?P<word>\w[\w-]*+)
    | (?P<string>"(?:[^"\\\r\n]++|\\[^\r\n])*+")
    | (?P<mark>@@ | [@{}()\[\],:=?.!])
    | (?P<bad>"[^\r\n]* | .)
    )
    """,
    re.VERBOSE,
)
_KINDS = ("", *_TOKEN.groupindex)


class Token(NamedTuple):
    """One token: its kind, its text as written, and its characters `[start, end)`."""

    kind: Kind
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """All tokens in order, an "end" token last; blanks and comments are left out."""
    tokens: list[Token] = []
    keep, make, kinds, size = tokens.append, tuple.__new__, _KINDS, len(text)
    at: int | None = 0
    while at is not None:
        start, at = at, None
        for found in _TOKEN.finditer(text, start):
            number = found.lastindex or 0
            kind = kinds[number]
            if kind == "block":
                at = _end_of_comment(text, found.end())
                if at is None:
                    keep(Token("bad", text[found.start(number) :], found.start(number), size))
                break
            if kind != "comment":
                first, last = found.span(number)
                keep(make(Token, (kind, found[number], first, last)))
    keep(Token("end", "", size, size))
    return tokens


def _end_of_comment(text: str, start: int) -> int | None:
    close = text.find("*/", start)
    return None if close < 0 else close + 2


def unquote(literal: str) -> str:
    """The value of a string literal, which follows JSON's rules; a wrong escape stands as is."""
    inner = literal[1:-1]
    if "\\" not in inner:
        return inner
    try:
        value = json.loads(literal, strict=False)
    except ValueError:
        return inner.replace('\\"', '"').replace("\\\\", "\\")
    return value if isinstance(value, str) else inner
