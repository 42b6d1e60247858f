"""SQL that a script runs again and again, and that does not run twice.

What it means
    A script of the project sends this file to the database each time. Its second run stops: what it
    makes is there already.

Why it matters
    Where the file is meant to bring policies or functions up to date, everything behind the
    statement that fails is never brought up to date again.

Example
    "db:policies": "psql $DATABASE_URL -f db/policies.sql"
    CREATE POLICY "own rows" ON "Post" USING (...);      the second time: already exists

Fix
    Make each statement repeatable: `DROP POLICY IF EXISTS ... ON ...;` before it, `CREATE OR
    REPLACE` for functions and views, `IF NOT EXISTS` for tables and indexes. Or put it into a
    migration, which is run once.

When to ignore it
    Where the script is run once, on a new database.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.history.subjects import UnrepeatableScript

sql_not_repeatable = Rule(
    "sql-not-repeatable", family="history", severity=Severity.NOTICE, since="0.1"
)

_REPEATED = {
    "policy": "Write `DROP POLICY IF EXISTS ... ON ...;` before it.",
    "trigger": "Write `CREATE OR REPLACE TRIGGER`.",
    "function": "Write `CREATE OR REPLACE FUNCTION`.",
    "relation": "Write `IF NOT EXISTS`.",
    "column": "Write `ADD COLUMN IF NOT EXISTS`.",
    "schema": "Write `IF NOT EXISTS`.",
    "extension": "Write `IF NOT EXISTS`.",
}


@sql_not_repeatable.on(UnrepeatableScript)
def check(script: UnrepeatableScript, context: Context) -> Iterator[Finding]:
    """One notice for a file, at the first statement that fails the second time."""
    failure, run = script.failure, script.run
    kind = failure.message.partition(" ")[0]
    yield sql_not_repeatable.finding(
        subject=run.path,
        confidence=Confidence.LIKELY,
        message=f"`{run.script.name}` runs `{run.path}` each time, and the second time it stops "
        f"here: {failure.message} ({failure.sqlstate}).",
        origin=failure.origin,
        related=[Related(f"`{run.script.name}` runs it here", run.origin)],
        remedy=_REPEATED.get(kind, "Make the statement one that can be repeated, or a migration."),
    )
