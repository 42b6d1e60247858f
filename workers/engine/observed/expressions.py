"""Whether two texts are one expression: as written in a migration, and as the server prints it."""

from __future__ import annotations

from collections.abc import Iterator, Set
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise

from workers.engine.numerals import is_whole
from workers.engine.sql.postgres import SqlSyntaxError, scan

_IGNORED = frozenset(
    {"(", ")", "[", "]", ",", "::", "as", "cast", "array", "in", "any", "=", "variadic"}
)
_TYPES = frozenset(
    {
        *("text", "character", "varying", "varchar", "bpchar", "integer", "int", "bigint"),
        *("numeric", "regclass", "timestamp", "with", "without", "time", "zone", "date"),
        *("jsonb", "json", "uuid", "interval", "boolean", "double", "precision", "name"),
        *("public", "pg_catalog"),
    }
)
_OF_THEIR_OWN = frozenset(
    {
        *("point", "box", "circle", "line", "lseg", "path", "polygon", "money", "tsquery"),
        *("int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange"),
        *("int4multirange", "int8multirange", "nummultirange", "datemultirange"),
        *("tsmultirange", "tstzmultirange"),
    }
)
"""Types whose values the server writes in a form of its own, some by its locale."""
_ADDED = frozenset({"*", "key", "value", "ordinality", "unnamed_subquery"})
"""The star, what built-in functions in FROM call their columns, and a subquery without an alias."""
_SYNONYMS = {"!=": "<>", "now": "current_timestamp", "'t'": "true", "'f'": "false"}


def same_expression(one: str, other: str) -> bool:
    """Whether both texts hold the same names, literals and operators, casts and brackets aside.

    `one` is as written, `other` as the server prints it: with casts and parentheses added, and `IN`
    as `= ANY (ARRAY[...])`; a difference of those alone is no difference that anybody made.
    """
    if one == other:
        return True
    mine, theirs = _words(one), _words(other)
    if _essence(mine) == _essence(theirs):
        return True
    if len(mine) == 1 and mine[0][:1] == "'" and theirs[:2] == ("''", "::"):
        return theirs[2] in _OF_THEIR_OWN  # the column's type alone told what the literal is
    return _is_written_out(mine, theirs) and _vocabulary(mine) == _vocabulary(theirs)


def _is_written_out(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether the first is a query of which the server writes more than stands in it.

    It writes out `*` and the positions of GROUP BY, names the columns of functions in FROM and
    subqueries without a name, and numbers the second table of a name. Of such a query the words
    are compared, and not their order.
    """
    if "select" not in mine:
        return False
    return (
        "unnamed_subquery" in theirs
        or any(before in ("select", ".") and word == "*" for before, word in pairwise(mine))
        or bool(_positions(mine))
        or any(_is_numbered(word, set(mine)) for word in theirs)
        or any(_calls_in_from(mine))
    )


def _calls_in_from(words: tuple[str, ...]) -> Iterator[bool]:
    for at, word in enumerate(words):
        if word in ("from", "join", "lateral"):
            name = at + 1
            while words[name + 1 : name + 2] == (".",):
                name += 2
            yield words[name] != "(" and words[name + 1 : name + 2] == ("(",)


def _positions(words: tuple[str, ...]) -> frozenset[int]:
    """Where the positions of GROUP BY and ORDER BY stand: `BY 1, 2`."""
    found = set()
    for at, word in enumerate(words):
        before = words[at - 1] if at else ""
        if is_whole(word) and (before == "by" or (before == "," and at - 2 in found)):
            found.add(at)
    return frozenset(found)


def _vocabulary(words: tuple[str, ...]) -> frozenset[str]:
    places = _positions(words)
    kept = tuple(word for at, word in enumerate(words) if at not in places)
    known = frozenset(_essence(kept)) - _ADDED
    return frozenset(
        word.rpartition("_")[0] if _is_numbered(word, known) else word for word in known
    )


def _is_numbered(word: str, known: Set[str]) -> bool:
    name, _, number = word.rpartition("_")
    return is_whole(number) and name in known


def _essence(words: tuple[str, ...]) -> list[str]:
    """What of the words is not added by the server, without what qualifies a name."""
    found: list[str] = []
    was_kept = False
    for word in words:
        is_kept = word not in _IGNORED and word not in _TYPES and word != "."
        if word == "." and was_kept:
            found.pop()  # the server puts tables and schemas before names
        elif is_kept:
            found.append(word)
        was_kept = is_kept
    # The server writes OFFSET before LIMIT.
    return sorted(found) if {"offset", "limit"} <= set(found) else found


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    data = text.encode()
    try:
        tokens = scan(data)
    except SqlSyntaxError:
        return (text,)
    found: list[str] = []
    callees = _Callees()
    for token in tokens:
        written = data[token.start : token.end].decode("utf-8", "replace")
        if written.startswith('"'):
            word = written[1:-1].replace('""', '"')
        elif written.startswith("'"):
            word = _literal(written)
        else:
            word = written.lower()
            if word in _OF_THEIR_OWN and found[-1:] == ["::"] and found[-2][:1] == "'":
                found[-2] = "''"
            elif word[:1].isdigit():
                word = word.replace("_", "")
        word = _SYNONYMS.get(word, word)
        if not callees.names_again(word):
            found.append(word)  # `f() AS f`: the server writes the name that a column has anyway
    return tuple(found)


class _Callees:
    """Follows what a column of a subquery is made of: a function, or a column."""

    def __init__(self) -> None:
        self._before = self._last = ""
        self._open: list[str] = []

    def names_again(self, word: str) -> bool:
        """Take the next word; whether it only says after AS what the column is called anyway."""
        if self._before == "as" and word == self._last:
            self._before = word
            return True
        if word == "(":
            self._open.append(self._last if self._before == self._last else "")
        elif word == ")":
            self._last = self._open.pop() if self._open else ""
        elif word != "as":
            self._last = word
        self._before = word
        return False


def _literal(text: str) -> str:
    """A literal; one that is a moment, as that moment: the server prints it in its own time zone.

    A moment without a zone is taken for one of UTC, in which sessions of migrations mostly run.
    """
    inner = text[1:-1]
    if not is_whole(inner[:4]) or not ("-" in inner or (len(inner) == 8 and is_whole(inner))):
        return text
    try:
        moment = datetime.fromisoformat(inner)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
