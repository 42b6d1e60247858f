"""Edits of a Prisma schema that bring it to the migrations, each told as a place and its text."""

from __future__ import annotations

from workers.engine.compare.changes import Change
from workers.engine.findings import Edit
from workers.engine.rules.context import Context


def edits_for(change: Change, context: Context) -> tuple[Edit, ...]:
    """The edits that end one difference, all in one file; none where the schema cannot say it."""
    return ()
