"""A pull request that changes one half: the schema or the migrations, and not the other.

What it means
    The Prisma schema changes what the database should hold and no migration comes with it, or a
    migration changes the database and the schema stays as it was.

Why it matters
    `prisma migrate deploy` runs migrations and nothing else. Without one the code that is deployed
    asks for columns that are not there; without the schema the client does not know what is.
    What differs is told by the rules of the family `drift`, one by one; this one tells the cause.

Example
    schema.prisma gains `phone String?`, and the pull request holds no migration.

Fix
    Make the missing half: `prisma migrate dev --name add_phone` writes the migration for a changed
    schema. After a migration written by hand, edit the schema to match.

When to ignore it
    Where the two halves land in two pull requests on purpose; mind that the migration has to be
    deployed before the code that needs it.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.history.places import first_statement
from workers.engine.rules.history.subjects import LoneMigration, LoneSchema
from workers.engine.source import Origin, Span

schema_changed_without_migration = Rule(
    "schema-changed-without-migration", family="history", severity=Severity.NOTICE, since="0.1"
)
migration_without_schema_change = Rule(
    "migration-without-schema-change", family="history", severity=Severity.NOTICE, since="0.1"
)

_SHOWN = 3


@schema_changed_without_migration.on(LoneSchema)
def check_schema(lone: LoneSchema, context: Context) -> Iterator[Finding]:
    """One notice for a schema that asks for more than the migrations make, and brings none."""
    what = "1 difference" if lone.count == 1 else f"{lone.count} differences"
    yield schema_changed_without_migration.finding(
        subject=context.schema_path,
        message=f"`{lone.path}` changes and no migration comes with it: {what} between the schema "
        f"and `{context.migrations_path}` {'is' if lone.count == 1 else 'are'} new.",
        origin=Origin(lone.path, Span(0, 0)),
        confidence=Confidence.LIKELY,
        remedy="Write the migration: `prisma migrate dev --name WHAT_IT_DOES`, and commit it with "
        "the schema.",
    )


@migration_without_schema_change.on(LoneMigration)
def check_migration(lone: LoneMigration, context: Context) -> Iterator[Finding]:
    """One notice for migrations that make what the schema, which stays, does not declare."""
    first, *others = lone.migrations
    names = ", ".join(f"`{migration.name}`" for migration in lone.migrations[:_SHOWN])
    what = "1 difference" if lone.count == 1 else f"{lone.count} differences"
    yield migration_without_schema_change.finding(
        subject=first.name,
        message=f"{names} change{'' if others else 's'} the database and "
        f"`{context.schema_path}` stays as it was: {what} between the two "
        f"{'is' if lone.count == 1 else 'are'} new.",
        origin=first_statement(first),
        related=[
            Related(f"`{other.name}` belongs to it", first_statement(other))
            for other in others[:_SHOWN]
        ],
        confidence=Confidence.LIKELY,
        remedy=f"Declare in `{context.schema_path}` what the migration makes.",
    )
