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
      (?P<space>[^\S\r\n]+ | \ufeff)
    | (?P<newline>\r\n | \n | \r)
    | (?P<doc>///[^\r\n]*)
    | (?P<comment>//[^\r\n]*)
    | (?P<block>/\*)
    | (?P<number>-?[0-9]++(?:\.[0-9]++)?(?![\w.]))
    | (?P<word>\w[\w-]*+)
    | (?P<string>"(?:[^"\\\r\n]++|\\[^\r\n])*+")
    | (?P<mark>@@ | [@{}()\[\],:=?.!])
    | (?P<bad>"[^\r\n]* | .)
    """,
    re.VERBOSE,
)
_IGNORED = frozenset(("space", "comment"))


class Token(NamedTuple):
    """One token: its kind, its text as written, and its characters `[start, end)`."""

    kind: Kind
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """All tokens in order, an "end" token last; blanks and comments are left out."""
    tokens: list[Token] = []
    keep = tokens.append
    match = _TOKEN.match
    at, size = 0, len(text)
    while at < size:
        found = match(text, at)
        if found is None:  # pragma: no cover - the last alternative takes any character
            break
        kind = found.lastgroup
        end = found.end()
        if kind == "block":
            close = text.find("*/", end)
            end = size if close < 0 else close + 2
            if close < 0:
                keep(Token("bad", text[at:end], at, end))
        elif kind not in _IGNORED:
            keep(Token(kind, found.group(), at, end))  # type: ignore[arg-type]
        at = end
    keep(Token("end", "", size, size))
    return tokens


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
