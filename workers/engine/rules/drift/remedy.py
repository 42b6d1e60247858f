"""The fix that fits the database of a pair."""

from __future__ import annotations

from workers.engine.compare.changes import Change
from workers.engine.findings import Fix
from workers.engine.fixes.single.sqlite import for_sqlite
from workers.engine.rules.context import Context


def suited(context: Context, change: Change, fix: Fix) -> Fix | None:
    """PostgreSQL's fix, which CockroachDB takes too, or SQLite's, or MySQL's; none where SQLite
    has no statement for it, and none for SQL Server."""
    match context.declared.provider:
        case "sqlite":
            return for_sqlite(change)
        case "mysql":
            from workers.engine.fixes.mysql.single import for_mysql  # with what else is MySQL's

            return for_mysql(change)
        case "sqlserver":
            return None
        case _:
            return fix
