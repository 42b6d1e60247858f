"""What a migration can mend in SQLite, which changes a table's columns only by making it anew."""

from __future__ import annotations

from workers.engine.compare import changes as c
from workers.engine.compare.changes import Comparison
from workers.engine.errors import EngineError
from workers.engine.findings import Fix
from workers.engine.fixes.redefine import is_lone, redefinition
from workers.engine.fixes.single.offer import unread_fix
from workers.engine.fixes.tokens import statement_of

_TITLES: tuple[tuple[type[c.Change], str, bool], ...] = (
    (c.TableMissing, "Create the table in a new migration", True),
    (c.TableExtra, "Drop the table in a new migration", False),
    (c.TableRenamed, "Rename the table in a new migration", False),
    (c.ColumnRenamed, "Rename the column in a new migration", False),
    (c.ColumnMissing, "Add the column in a new migration", True),
    (c.IndexMissing, "Create the index in a new migration", True),
    (c.IndexExtra, "Drop the index in a new migration", False),
    (c.IndexChanged, "Make the index anew in a new migration", False),
)
"""The changes that are carried out without a table made anew, and whether they are safe."""


def for_sqlite(change: c.Change) -> Fix | None:
    """The statements for a change, or None where the table has to be made anew: `driftline fix`
    writes that, and its copying of the rows wants to be read."""
    title = next(((text, safe) for kind, text, safe in _TITLES if isinstance(change, kind)), None)
    if title is None or not is_lone(change):
        return None
    try:
        lines = [
            statement_of(one.pieces, "sqlite") for one in redefinition(Comparison((change,), ()))
        ]
    except EngineError:
        return Fix(title[0], safe=False)
    return unread_fix(title[0], lines, safe=title[1])
