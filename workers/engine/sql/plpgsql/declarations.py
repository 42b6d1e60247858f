"""The variables that a body declares, with their types as written.

libpg_query knows no user's types and gives none of them back, so DECLARE is read off the tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from workers.engine.sql import resolve
from workers.engine.sql.expressions.constants import identifiers
from workers.engine.sql.postgres import SqlSyntaxError, parse_expression, scan
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.state import State

_ENDS = frozenset((":=", "=", "default", "not", "collate", ";"))


class Declaration(NamedTuple):
    """A variable's type: its text, and the bytes of the body where it stands."""

    type: str
    start: int
    end: int


def declarations(body: str) -> list[Declaration]:
    """Every declaration in a body, blocks within blocks included."""
    try:
        return list(_read(body.encode()))
    except SqlSyntaxError:
        return []


def _read(data: bytes) -> Iterator[Declaration]:
    words = [
        (data[one.start : one.end].decode("utf-8", "replace"), one.start, one.end)
        for one in scan(data)
        if data[one.start : one.start + 2] not in (b"--", b"/*")
    ]
    at = 0
    while at < len(words):
        if words[at][0].lower() != "declare":
            at += 1
            continue
        at += 1
        while at < len(words) and words[at][0].lower() not in ("begin", "declare"):
            at, found = _one(data, words, at)
            if found is not None:
                yield found


def _one(data: bytes, words: list[tuple[str, int, int]], at: int) -> tuple[int, Declaration | None]:
    """The declaration at a place, and the place after its semicolon."""
    first = at + 1
    if first < len(words) and words[first][0].lower() == "constant":
        first += 1
    last = first
    while last < len(words) and words[last][0].lower() not in _ENDS:
        last += 1
    after = last
    while after < len(words) and words[after][0] != ";":
        after += 1
    if first >= last or first >= len(words):
        return after + 1, None
    inside = {word.lower() for word, _, _ in words[first:last]}
    if "cursor" in inside or words[first][0].lower() in ("alias", "record", "refcursor"):
        return after + 1, None
    start, end = words[first][1], words[last - 1][2]
    return after + 1, Declaration(data[start:end].decode("utf-8", "replace"), start, end)


def check(state: State, declaration: Declaration) -> None:
    """Refuse a type that does not exist, as compiling the body would."""
    text = declaration.type
    plain = text.removesuffix("[]").rstrip()
    is_copied = "%" in plain and plain.lower().endswith("type")
    if is_copied and plain != text and state.server_version < 17:
        raise RefusedError("42601", 'syntax error at or near "["')
    for mark in ("%type", "%rowtype"):
        if plain.lower().replace(" ", "").endswith(mark):
            _check_reference(state, plain[: plain.rindex("%")].rstrip(), mark == "%type")
            return
    try:
        node = parse_expression(f"CAST(NULL AS {text})")["TypeCast"]["typeName"]
    except SqlSyntaxError as error:
        raise RefusedError("42601", error.message) from None
    except (KeyError, ValueError):
        return
    try:
        resolve.resolve_type(state, node)
    except RefusedError as refusal:
        raise RefusedError(refusal.sqlstate, refusal.message) from None


def _check_reference(state: State, text: str, is_column: bool) -> None:
    path = identifiers(text)
    if not path or (is_column and len(path) < 2):
        return
    relation = path[:-1] if is_column else path
    found = resolve.lookup(state, *resolve.split_path(relation))
    if found is None and is_column and state.server_version < 17:
        # The compiler takes the name for no type then, and stops at the sign after it.
        raise RefusedError("42601", 'syntax error at or near "%"')
    if found is None:
        shown = resolve.dotted(relation)
        state.log.needs.add(shown)
        raise RefusedError("42P01", f'relation "{shown}" does not exist')
    table = state.schema.tables.get(found)
    if is_column and table is not None and table.column(path[-1]) is None:
        raise RefusedError(
            "42703", f'column "{path[-1]}" of relation "{found.name}" does not exist'
        )
