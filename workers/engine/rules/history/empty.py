"""Migrations that do nothing.

What it means
    The `migration.sql` of this migration holds no statement, only comments or nothing at all.

Why it matters
    Prisma records it as applied all the same. Usually the SQL was meant to be written later
    (`prisma migrate dev --create-only`) and was forgotten; filling it in after it has been applied
    somewhere changes its checksum, and that database never gets the statements.

Example
    -- This is an empty migration.

Fix
    Write the statements before it lands, or delete the folder. Where it is applied already, leave
    it and write a new migration.

When to ignore it
    Where the migration only marks a point in time, for example a baseline that was emptied on
    purpose.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.history.subjects import EmptyMigration
from workers.engine.source import Origin, Span

migration_empty = Rule("migration-empty", family="history", severity=Severity.NOTICE, since="0.1")


@migration_empty.on(EmptyMigration)
def check(empty: EmptyMigration, context: Context) -> Iterator[Finding]:
    """One notice for each migration without a statement."""
    migration = empty.migration
    length = len(migration.source.text)
    yield migration_empty.finding(
        subject=migration.name,
        message=f"The migration `{migration.name}` holds no statement.",
        origin=Origin(migration.source.path, Span(0, length)),
        remedy="Write its statements before it lands, or delete its folder.",
    )
