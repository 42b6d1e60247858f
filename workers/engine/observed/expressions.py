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
_SYNONYMS = {"!=": "<>", "now": "current_timestamp", "'t'": "true", "'f'": "false"}


def same_expression(one: str, other: str) -> bool:
    """Whether both texts hold the same names, literals and operators, casts and brackets aside.

    The server adds casts and parentheses and writes `IN` as `= ANY (ARRAY[...])`; a difference of
    those alone is no difference that anybody made.
    """
    return one == other or _essence(one) == _essence(other)


@lru_cache(maxsize=4096)
def _essence(text: str) -> tuple[str, ...]:
    data = text.encode()
    try:
        tokens = scan(data)
    except SqlSyntaxError:
        return (text,)
    found: list[str] = []
    was_kept = False
    for token in tokens:
        written = data[token.start : token.end].decode("utf-8", "replace")
        if written.startswith('"'):
            word = written[1:-1].replace('""', '"')
        elif written.startswith("'"):
            word = _literal(written)
        else:
            word = written.lower()
        word = _SYNONYMS.get(word, word)
        is_kept = word not in _IGNORED and word not in _TYPES and word != "."
        if word == "." and was_kept:
            found.pop()  # what qualifies a name: the server puts tables and schemas before names
        elif is_kept:
            found.append(word)
        was_kept = is_kept
    return tuple(found)


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
