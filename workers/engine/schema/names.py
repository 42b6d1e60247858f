"""Names as PostgreSQL makes, cuts and quotes them.

Follows `makeObjectName`, `ChooseRelationName` and `ChooseConstraintName` of PostgreSQL's
src/backend/commands/indexcmds.c and src/backend/catalog/pg_constraint.c.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from workers.engine.schema.keywords import QUOTED

MAX_BYTES = 63
"""NAMEDATALEN - 1: what is longer is cut."""

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
_FIRST = frozenset("abcdefghijklmnopqrstuvwxyz_")


def clip(name: str, limit: int = MAX_BYTES) -> str:
    """The name cut to so many bytes of UTF-8, never inside a character."""
    if len(name) * 4 <= limit:
        return name
    data = name.encode("utf-8", "surrogatepass")
    if len(data) <= limit:
        return name
    return data[:limit].decode("utf-8", "ignore")


def _length(name: str) -> int:
    return len(name) if name.isascii() else len(name.encode("utf-8", "surrogatepass"))


def make_object_name(first: str, second: str | None, label: str | None) -> str:
    """`first_second_label`, where the longer of the two names is cut until all fits."""
    room = MAX_BYTES
    if second:
        room -= 1
    if label:
        room -= _length(label) + 1
    one, two = _length(first), _length(second or "")
    if one + two > room:
        while one + two > room:
            if one > two:
                one -= 1
            else:
                two -= 1
        first, second = clip(first, one), clip(second, two) if second else second
    return "_".join(part for part in (first, second, label) if part)


def choose_name(first: str, second: str | None, label: str, is_taken: Callable[[str], bool]) -> str:
    """The first of `..._label`, `..._label1`, `..._label2` that is not taken."""
    name = make_object_name(first, second, label)
    number = 0
    while is_taken(name):
        number += 1
        name = make_object_name(first, second, f"{label}{number}")
    return name


def join_columns(columns: Iterable[str]) -> str:
    """The columns' part in the name of an index or a foreign key."""
    joined = ""
    for column in columns:
        joined = f"{joined}_{column}" if joined else column
        if _length(joined) > MAX_BYTES:
            break
    return joined


def quote(name: str) -> str:
    """The name as `quote_identifier` writes it: in quotation marks only where it must be."""
    if name and name[0] in _FIRST and _PLAIN.issuperset(name) and name not in QUOTED:
        return name
    return '"' + name.replace('"', '""') + '"'


def quote_literal(text: str) -> str:
    """The text as a string constant, as `quote_literal` writes it."""
    doubled = text.replace("'", "''")
    if "\\" in doubled:
        return "E'" + doubled.replace("\\", "\\\\") + "'"
    return f"'{doubled}'"
