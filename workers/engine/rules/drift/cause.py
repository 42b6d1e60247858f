"""Why a table drifted: what the repository itself gives away, told once for each table."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare import changes as c
from workers.engine.findings import Related
from workers.engine.rules.context import Context
from workers.engine.schema.model import QualifiedName


def cause_of_change(context: Context, change: c.Change) -> Iterator[Related]:
    """The likely cause, at the first change of the table that is more than a name."""
    table = getattr(change, "table", None)
    if table is None:
        return
    first = next(
        (
            other
            for other in context.comparison.of_table(table.name)
            if not getattr(other, "only_name", False)
        ),
        None,
    )
    if first is change:
        yield from likely_cause(context, table.name)


def likely_cause(context: Context, table: QualifiedName) -> Iterator[Related]:
    """The likely cause of a table's drift, with its evidence."""
    return iter(())
