"""Statements that cannot share a migration, because it is sent as one transaction.

What it means
    Up to version 7.3 Prisma sends a migration to PostgreSQL as one text, which PostgreSQL runs as
    one transaction; the Supabase CLI sends it as one batch, with the same effect. `CREATE INDEX
    CONCURRENTLY` refuses to run in one (25001), and a value that `ALTER TYPE ... ADD VALUE` adds
    cannot be used before the transaction ends (55P04).

Why it matters
    The migration fails on every database, and `prisma migrate deploy` stops until somebody marks
    it as rolled back.

Example
    ALTER TYPE "Mood" ADD VALUE 'good';
    UPDATE "User" SET "mood" = 'good';

Fix
    Give the statement a migration of its own: nothing beside a CONCURRENTLY, and the use of a new
    enum value in the next migration.

When to ignore it
    Where something else runs the migrations, statement by statement. The Supabase CLI from 2.109
    on runs a CONCURRENTLY apart from the rest of its file, which is then no longer all or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.history.subjects import ConcurrentStatement, EarlyUse

concurrently_in_transaction = Rule(
    "concurrently-in-transaction", family="history", severity=Severity.ERROR, since="0.1"
)
enum_value_used_at_once = Rule(
    "enum-value-used-at-once", family="history", severity=Severity.ERROR, since="0.1"
)


@concurrently_in_transaction.on(ConcurrentStatement)
def check_concurrently(statement: ConcurrentStatement, context: Context) -> Iterator[Finding]:
    """A CONCURRENTLY that is not alone in its file."""
    name = statement.migration.name
    is_prisma = context.project is not None and context.project.is_prisma
    why = (
        "Prisma sends the file as one transaction"
        if is_prisma
        else "the Supabase CLI before 2.109 sends the file as one transaction"
    )
    yield concurrently_in_transaction.finding(
        subject=name,
        message=f"`{name}` holds {statement.count} statements, and a CONCURRENTLY fails among "
        f"others (25001): {why}.",
        origin=statement.origin,
        severity=None if is_prisma else Severity.WARNING,
        remedy="Give the statement a migration of its own.",
    )


@enum_value_used_at_once.on(EarlyUse)
def check_value(use: EarlyUse, context: Context) -> Iterator[Finding]:
    """A new enum value that the same file uses."""
    yield enum_value_used_at_once.finding(
        subject=f"{use.enum}.{use.value}",
        confidence=Confidence.LIKELY,
        message=f"`{use.migration.name}` adds the value `{use.value}` to `{use.enum}` and uses it "
        "at once, which PostgreSQL refuses in one transaction (55P04).",
        origin=use.origin,
        remedy="Use the value in the next migration.",
    )
