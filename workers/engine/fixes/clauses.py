"""Clauses that SQLite and MySQL write alike, as tokens, laid out as Prisma lays them out."""

from __future__ import annotations

from collections.abc import Sequence

from workers.engine.fixes.tokens import (
    CLOSE,
    CLOSE_BY,
    COMMA,
    GAP,
    LAST_LINE,
    LINE,
    OPEN,
    Pieces,
    joined,
    named,
    names,
    words,
)
from workers.engine.schema.model import ForeignKey


def table_body(columns: Sequence[Pieces], rest: Sequence[Pieces]) -> Pieces:
    """What stands in the brackets of CREATE TABLE: columns, then keys and constraints."""
    more: Pieces = (COMMA, GAP, *joined(rest, LINE)) if rest and columns else joined(rest, LINE)
    return (OPEN, LINE, *joined(columns, LINE), *more, LAST_LINE, CLOSE)


def reference(key: ForeignKey) -> Pieces:
    """CONSTRAINT ... FOREIGN KEY with both actions."""
    return (
        *words("CONSTRAINT"),
        named(key.name),
        *words("FOREIGN KEY"),
        *names(key.columns),
        *words("REFERENCES"),
        named(key.ref_table.name),
        *names(key.ref_columns, CLOSE_BY),
        *words(f"ON DELETE {key.on_delete} ON UPDATE {key.on_update}"),
    )
