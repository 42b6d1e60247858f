"""What a single finding offers: the statements of a new migration that end its difference.

They are built as trees and printed, each read back, as `driftline fix` builds its own; without the
checks, the files apart and the way back, which the whole repair has. Defaults and predicates are
texts of the schema's: where one is no expression, there is no SQL to show.
"""

from __future__ import annotations

from collections.abc import Iterable

from workers.engine.errors import EngineError
from workers.engine.findings import Fix
from workers.engine.fixes.quoting import printable, quoted, quoted_name
from workers.engine.fixes.steps import House
from workers.engine.fixes.tree import NotAnExpression, Statement
from workers.engine.fixes.written import written
from workers.engine.schema.model import QualifiedName
from workers.engine.sql.postgres import Node

HOUSE = House()

Piece = Statement | str
"""A statement, or the text of a comment."""


def fix(title: str, pieces: Iterable[Piece], *, safe: bool) -> Fix:
    """A remedy by a new migration; without SQL where a text of the schema's is no expression."""
    try:
        lines = [_shown(piece) for piece in pieces]
    except (NotAnExpression, EngineError, UnicodeEncodeError):
        return Fix(title, safe=False)
    return unread_fix(title, lines, safe=safe)


def unread_fix(title: str, lines: Iterable[str], *, safe: bool) -> Fix:
    """The same in another database's SQL, which PostgreSQL's grammar cannot read back."""
    return Fix(title, safe, sql="\n".join(lines))


def _shown(piece: Piece) -> str:
    if isinstance(piece, Statement):
        return written(piece)
    return f"-- {printable(piece)}"


def backfill(table: QualifiedName, name: str, value: Node) -> Statement:
    """UPDATE of the rows that have no value."""
    pattern = 'UPDATE "$table" SET "$name" = "$value" WHERE "$name" IS NULL'
    return HOUSE.make(pattern, table=table, name=name, value=value)


def example(table: QualifiedName, name: str) -> str:
    """The same for a comment, its value left open."""
    return f"UPDATE {quoted_name(table)} SET {quoted(name)} = ... WHERE {quoted(name)} IS NULL;"
