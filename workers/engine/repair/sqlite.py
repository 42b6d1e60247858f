"""A repair for SQLite: one file that makes tables anew."""

from __future__ import annotations

from collections.abc import Sequence

from workers.engine.compare.changes import Change, Comparison
from workers.engine.compare.subjects import subject_of
from workers.engine.errors import EngineError
from workers.engine.fixes.plan import Part
from workers.engine.fixes.redefine import redefinition, tables_anew
from workers.engine.fixes.reversal import reversed_comparison, told_as_lost
from workers.engine.fixes.tokens import script_of
from workers.engine.repair.naming import names_for, title_of
from workers.engine.repair.planning import paths_of
from workers.engine.repair.proposal import NewFile, Wish
from workers.engine.repair.subjects import table_of
from workers.engine.rules.context import Context


def sqlite_files(context: Context, changes: Sequence[Change], wish: Wish) -> tuple[NewFile, ...]:
    """The migration for these changes and its way back; none where there is nothing to do."""
    comparison = Comparison(tuple(changes), context.comparison.tables)
    _refuse_losses(context, comparison)
    lines = redefinition(comparison)
    if not lines:
        return ()
    title = title_of(sorted({table_of(one) for one in changes}))
    taken = [migration.name for migration in context.migrations]
    (name,) = names_for([Part("", ())], taken, wish.stamp, title)
    path, down = paths_of(context, name)
    return (
        NewFile(path, script_of(lines, "sqlite")),
        NewFile(down, _way_back(comparison), is_way_back=True),
    )


def _refuse_losses(context: Context, comparison: Comparison) -> None:
    """A table that is made anew is made as declared: nothing of it may have been left alone, and no
    column of it be hidden from Prisma, as generated ones are."""
    anew = {id(table) for table, _ in tables_anew(comparison)}
    for _, compared in tables_anew(comparison):
        whole = context.replayed.tables.get(compared.name, compared)
        for column in whole.columns:
            if compared.column(column.name) is None:
                raise EngineError(f"`{compared.name}.{column.name}` would be lost")
    chosen = {id(change) for change in comparison.changes}
    for change in context.comparison.changes:
        if id(getattr(change, "table", None)) in anew and id(change) not in chosen:
            raise EngineError(f"`{subject_of(change)}` is left alone, and would be lost")


def _way_back(comparison: Comparison) -> str:
    back = script_of(redefinition(reversed_comparison(comparison)), "sqlite")
    return f"{told_as_lost(comparison.changes)}{back}"
