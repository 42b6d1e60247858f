"""A second folder of migrations that no runner reads.

What it means
    The folder holds migrations in Prisma's shape, and Prisma looks elsewhere: beside the schema, or
    where prisma.config says.

Why it matters
    Its migrations are run by nobody. Often the schema was moved and the old folder stayed, and
    somebody still adds to it.

Example
    db/schema.prisma, db/migrations/            what Prisma reads
    prisma/migrations/20250101000000_init/      what it does not

Fix
    Move what is still needed into the folder that is read, and delete this one. To have Prisma read
    it instead, name it in prisma.config.ts (`migrations: { path: ... }`).

When to ignore it
    Where a program of the project's own runs it.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.history.places import first_statement
from workers.engine.rules.history.subjects import StrayFolder

migrations_folder_not_read = Rule(
    "migrations-folder-not-read", family="history", severity=Severity.WARNING, since="0.1"
)


@migrations_folder_not_read.on(StrayFolder)
def check(stray: StrayFolder, context: Context) -> Iterator[Finding]:
    """One warning for each such folder."""
    count = len(context.migrations)
    yield migrations_folder_not_read.finding(
        subject=context.migrations_path,
        confidence=Confidence.LIKELY,
        message=f"Nothing reads the {'migration' if count == 1 else f'{count} migrations'} in "
        f"`{context.migrations_path}`: no Prisma schema lies beside it, and no configuration or "
        "script names it.",
        origin=first_statement(stray.last),
        remedy="Move what is needed into the folder that Prisma reads, and delete this one; or "
        "name it in prisma.config.ts (`migrations: { path: ... }`).",
    )
