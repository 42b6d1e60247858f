"""A table that two runners' migrations both create.

What it means
    Prisma's migrations create this table, and so do the migrations of another runner (the Supabase
    CLI's folder, say) in the same repository.

Why it matters
    Whichever runs second fails (42P07), or, with `IF NOT EXISTS`, passes over its own definition:
    what the table looks like then depends on who came first.

Example
    prisma/migrations/20250101000000_init/migration.sql    CREATE TABLE "profiles" (...)
    supabase/migrations/20250102000000_profiles.sql        CREATE TABLE IF NOT EXISTS profiles (...)

Fix
    Let one runner own the table: delete the statement from the other's migrations.

When to ignore it
    Where the two folders fill different databases.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.history.subjects import TwiceMade

table_created_twice = Rule(
    "table-created-twice", family="history", severity=Severity.WARNING, since="0.1"
)


@table_created_twice.on(TwiceMade)
def check(twice: TwiceMade, context: Context) -> Iterator[Finding]:
    """One finding for each such table."""
    name = twice.name.partition(".")[2]
    yield table_created_twice.finding(
        subject=twice.name,
        confidence=Confidence.LIKELY,
        message=f"`{name}` is created by `{twice.here.path}` and by `{twice.there.path}`: "
        "whichever runs second fails, or passes over its own definition.",
        origin=twice.here,
        related=[Related(f"`{name}` is created here too", twice.there)],
        remedy="Let one runner own the table, and delete the other's statement.",
    )
