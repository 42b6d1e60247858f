"""Names of migrations that are dated in the future.

What it means
    The timestamp in the name of this migration lies ahead of today.

Why it matters
    Runners take migrations in the order of their names. Every migration that is made until that
    day sorts before this one: a new database runs them first, and a database that is there runs
    them last. If one of them needs what this one makes, no new database can be made.

Example
    prisma/migrations/20990101000000_add_teams/

Fix
    Give the folder the time of its making (`git mv`) while it is applied nowhere. Where it is
    applied, mark it as applied under its new name (`prisma migrate resolve --applied NEW_NAME`).

When to ignore it
    Where a migration shall come last for ever, for example one that refreshes what the others make.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.history.places import first_statement, is_prisma, mark_applied, path_of
from workers.engine.rules.history.subjects import FutureStamp

migration_in_future = Rule(
    "migration-in-future", family="history", severity=Severity.WARNING, since="0.1"
)


_SHOWN = 3


@migration_in_future.on(FutureStamp)
def check(future: FutureStamp, context: Context) -> Iterator[Finding]:
    """One finding for all names that are dated ahead of today: those after the first follow it."""
    name = future.migration.name
    days = f"{future.days} days ahead"
    count = len(future.others)
    too = f" ({count} more {'is' if count == 1 else 'are'})" if count else ""
    yield migration_in_future.finding(
        subject=name,
        message=f"`{name}` is dated {future.day.isoformat()}, which is {days}{too}: every "
        "migration made until then sorts before it and runs earlier on a new database.",
        origin=first_statement(future.migration),
        related=[
            Related(f"`{other.name}` is dated ahead too", first_statement(other))
            for other in future.others[:_SHOWN]
        ],
        remedy=f"While it is applied nowhere: `git mv {path_of(context, name)} "
        f"{path_of(context, future.new_name)}`; where it is, run "
        f"`{mark_applied(context, future.new_name)}` there{_before(context)}.",
    )


def _before(context: Context) -> str:
    return " before the next deploy" if is_prisma(context) else ""
