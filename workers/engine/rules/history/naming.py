"""Names of migrations that do not put them in an order, or say nothing.

What it means
    Prisma runs migrations in the order of their folders' names. Here two share one timestamp, or a
    folder has no timestamp among others that have one, or all carry the same words.

Why it matters
    With one timestamp the order is decided by the words after it: nobody chose it. A name without
    a timestamp sorts after all that begin with a digit, so every later migration runs *before* it
    on a new database. And a history of migrations all called "init" cannot be read.

Example
    prisma/migrations/20250101120000_add_users/
    prisma/migrations/add_teams/               runs last, for ever

Fix
    Rename the folder while it is applied nowhere (`git mv`). Where it is applied, its name stands
    in `_prisma_migrations`: leave it, and mark a renamed copy as applied with
    `prisma migrate resolve --applied NEW_NAME` on each database.

When to ignore it
    Two migrations with one timestamp that have nothing to do with each other.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.history.places import first_statement, is_new
from workers.engine.rules.history.subjects import SameNames, SharedStamp, UnsortableName

migration_timestamp_shared = Rule(
    "migration-timestamp-shared", family="history", severity=Severity.NOTICE, since="0.1"
)
migration_name_unsortable = Rule(
    "migration-name-unsortable", family="history", severity=Severity.WARNING, since="0.1"
)
migration_names_repeated = Rule(
    "migration-names-repeated", family="history", severity=Severity.NOTICE, since="0.1"
)


@migration_timestamp_shared.on(SharedStamp)
def check_stamp(shared: SharedStamp, context: Context) -> Iterator[Finding]:
    """One notice for each timestamp that several migrations share."""
    first, *others = shared.migrations
    last = others[-1]
    names = ", ".join(f"`{migration.name}`" for migration in others)
    severity = Severity.WARNING if is_new(context, last) else Severity.NOTICE
    yield migration_timestamp_shared.finding(
        subject=shared.stamp,
        severity=severity,
        message=f"`{first.name}` and {names} share the timestamp {shared.stamp}, so the words "
        "after it decide which runs first.",
        origin=first_statement(last),
        related=[Related(f"`{first.name}` runs first", first_statement(first))],
        remedy=f"Give `{last.name}` a timestamp of its own while it is applied nowhere.",
    )


@migration_name_unsortable.on(UnsortableName)
def check_name(named: UnsortableName, context: Context) -> Iterator[Finding]:
    """One finding for a name without a timestamp among names that have one."""
    migration = named.migration
    yield migration_name_unsortable.finding(
        subject=migration.name,
        message=f"`{migration.name}` has no timestamp, so it runs after every migration that has "
        f"one ({len(named.later)} so far), whenever that was made.",
        origin=first_statement(migration),
        remedy="Put the time of its making in front of its name (`YYYYMMDDHHMMSS_`) while it is "
        "applied nowhere.",
    )


@migration_names_repeated.on(SameNames)
def check_repeated(same: SameNames, context: Context) -> Iterator[Finding]:
    """One notice for a history whose migrations mostly carry one name."""
    last = same.migrations[-1]
    yield migration_names_repeated.finding(
        subject=same.name,
        message=f"{len(same.migrations)} of {len(context.migrations)} migrations are called "
        f"`{same.name}`, so their names do not say what they do.",
        origin=first_statement(last),
        remedy="Name the next one after what it changes: `prisma migrate dev --name add_teams`.",
    )
