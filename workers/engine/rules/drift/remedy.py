"""The fix that fits the database of a pair."""

from __future__ import annotations

from workers.engine.compare.changes import Change
from workers.engine.findings import Fix
from workers.engine.fixes.sqlite import for_sqlite
from workers.engine.rules.context import Context


def suited(context: Context, change: Change, fix: Fix) -> Fix | None:
    """PostgreSQL's fix, or SQLite's, or none where SQLite has no statement for it."""
    return for_sqlite(change) if context.declared.provider == "sqlite" else fix
