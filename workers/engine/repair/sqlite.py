"""A repair for SQLite: one file that makes tables anew."""

from __future__ import annotations

from collections.abc import Sequence

from workers.engine.compare.changes import Change, Comparison
from workers.engine.fixes.plan import Part
from workers.engine.fixes.redefine import redefinition, text_of
from workers.engine.repair.naming import names_for, title_of
from workers.engine.repair.proposal import NewFile, Wish
from workers.engine.rules.context import Context

NO_WAY_BACK = "anything: SQLite's tables are made anew, so keep a copy of the file to go back to"


def sqlite_files(context: Context, changes: Sequence[Change], wish: Wish) -> tuple[NewFile, ...]:
    """The migration for these changes; none where there is nothing to do."""
    comparison = Comparison(tuple(changes), context.comparison.tables)
    lines = redefinition(comparison)
    if not lines:
        return ()
    title = title_of(sorted({_table_of(one) for one in changes}))
    taken = [migration.name for migration in context.migrations]
    (name,) = names_for([Part("", ())], taken, wish.stamp, title)
    folder = f"{context.migrations_path}/" if context.migrations_path else ""
    is_prisma = context.project is None or context.project.is_prisma
    path = f"{folder}{name}/migration.sql" if is_prisma else f"{folder}{name}.sql"
    return (NewFile(path, text_of(lines)),)


def _table_of(change: Change) -> str:
    """The name of the table that a change is about."""
    found = getattr(change, "table", None) or getattr(change, "declared", None)
    found = found or getattr(change, "replayed", None)
    name = getattr(found, "name", "")
    return str(getattr(name, "name", name))
