"""Whether two texts are one expression: as written in a migration, and as the server prints it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from workers.engine.numerals import is_whole
from workers.engine.sql.postgres import SqlSyntaxError, scan

_IGNORED = frozenset({"(", ")", "[", "]", ",", "::", "as", "cast", "array", "in", "any", "="})
_TYPES = frozenset(
    {
        *("text", "character", "varying", "varchar", "bpchar", "integer", "int", "bigint"),
        *("numeric", "regclass", "timestamp", "with", "without", "time", "zone", "date"),
        *("jsonb", "json", "uuid", "interval", "boolean", "double", "precision", "name"),
        *("public", "pg_catalog"),
    }
)
_ADDED = frozenset({"*", "key", "value", "ordinality", "unnamed_subquery"})
"""The star, what built-in functions in FROM call their columns, and a subquery without an alias."""
_SYNONYMS = {"!=": "<>", "now": "current_timestamp", "'t'": "true", "'f'": "false"}


def same_expression(one: str, other: str) -> bool:
    """Whether both texts hold the same names, literals and operators, casts and brackets aside.

    The server adds casts and parentheses and writes `IN` as `= ANY (ARRAY[...])`; a difference of
    those alone is no difference that anybody made.
    """
    if one == other:
        return True
    mine, theirs = _essence(one), _essence(other)
    return mine == theirs or ("select" in mine and "select" in theirs and _alike(mine, theirs))


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two queries are made of the same words.

    The server writes out `*` and the positions of GROUP BY, names the columns of functions in FROM,
    and numbers the second table of a name: a query of the same words is taken for the same.
    """
    mine, theirs = _vocabulary(one), _vocabulary(other)
    return mine == theirs


def _vocabulary(words: tuple[str, ...]) -> set[str]:
    known = {word for word in words if not is_whole(word)} - _ADDED
    return {word.rpartition("_")[0] if _is_numbered(word, known) else word for word in known}


def _is_numbered(word: str, known: set[str]) -> bool:
    name, _, number = word.rpartition("_")
    return is_whole(number) and name in known


@lru_cache(maxsize=4096)
def _essence(text: str) -> tuple[str, ...]:
    data = text.encode()
    try:
        tokens = scan(data)
    except SqlSyntaxError:
        return (text,)
    found: list[str] = []
    was_kept = False
    words = _Callees()
    for token in tokens:
        written = data[token.start : token.end].decode("utf-8", "replace")
        if written.startswith('"'):
            word = written[1:-1].replace('""', '"')
        elif written.startswith("'"):
            word = _literal(written)
        else:
            word = written.lower()
        word = _SYNONYMS.get(word, word)
        if words.names_again(word):
            continue  # `f() AS f`: the server writes the name that a column has anyway
        is_kept = word not in _IGNORED and word not in _TYPES and word != "."
        if word == "." and was_kept:
            found.pop()  # what qualifies a name: the server puts tables and schemas before names
        elif is_kept:
            found.append(word)
        was_kept = is_kept
    # The server writes the clauses of a query in an order of its own (OFFSET before LIMIT).
    return tuple(sorted(found) if "select" in found else found)


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
    if not is_whole(inner[:4]) or "-" not in inner:
        return text
    try:
        moment = datetime.fromisoformat(inner)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
