"""A migration that holds the same statements as another.

What it means
    Comments and blanks aside, this migration and an earlier one say the same.

Why it matters
    What makes something cannot run twice: the second stops with "already exists". With
    `IF NOT EXISTS` it passes and does nothing, so that its name promises what it does not do.
    Usually a branch was copied or a migration was generated twice.

Example
    20250101000000_add_tags    CREATE TABLE "tags" (...);
    20250102000000_add_tags    CREATE TABLE "tags" (...);

Fix
    Delete the one that has been applied nowhere.

When to ignore it
    Where a repair of rows has to be made a second time.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.history.places import first_statement
from workers.engine.rules.history.subjects import Copy

migration_copied = Rule("migration-copied", family="history", severity=Severity.NOTICE, since="0.1")


@migration_copied.on(Copy)
def check(copy: Copy, context: Context) -> Iterator[Finding]:
    """One notice for each migration that says what an earlier one says."""
    name, original = copy.migration.name, copy.original.name
    yield migration_copied.finding(
        subject=name,
        detail=original,
        message=f"`{name}` holds the same statements as `{original}`.",
        origin=first_statement(copy.migration),
        related=[Related(f"`{original}` has them first", first_statement(copy.original))],
        remedy=f"Delete `{name}`, if it is applied nowhere.",
    )
