"""`migration_lock.toml` is missing, or names another database than the schema.

What it means
    Beside the migrations Prisma keeps `migration_lock.toml` with the provider that they were
    written for. Here it is missing, or the schema's `datasource` names another provider.

Why it matters
    With another provider every `prisma migrate` command stops (P3019): SQL for one database does
    not run on another. Without the file Prisma cannot notice that, and writes it anew.

Example
    schema.prisma: provider = "postgresql"     migration_lock.toml: provider = "sqlite"

Fix
    After a change of database start a new history: move the old folder away and create a first
    migration with `prisma migrate diff --from-empty --to-schema ... --script` (before Prisma 7
    `--to-schema-datamodel`). Commit the lock file with the migrations.

When to ignore it
    A missing file where migrations are not run by Prisma.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Edit, Finding, Fix, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.history.places import first_statement
from workers.engine.rules.history.subjects import Lock
from workers.engine.source import Origin, Span

migration_lock_mismatch = Rule(
    "migration-lock-mismatch", family="history", severity=Severity.ERROR, since="0.1"
)
migration_lock_missing = Rule(
    "migration-lock-missing", family="history", severity=Severity.NOTICE, since="0.1"
)


@migration_lock_mismatch.on(Lock)
def check_provider(lock: Lock, context: Context) -> Iterator[Finding]:
    """An error where the lock names another provider: `migrate deploy` refuses."""
    if not lock.exists or lock.provider is None:
        return
    yield migration_lock_mismatch.finding(
        subject=lock.path,
        message=f"The migrations are locked to `{lock.provider}` and the schema's datasource is "
        f"`{lock.declared}`, so every `prisma migrate` command stops with P3019.",
        origin=_provider_line(lock.path, context),
        remedy=f"Start a new history for {lock.declared}, or set the datasource back.",
    )


def _provider_line(path: str, context: Context) -> Origin:
    """The line that names the provider; the start of the file where it cannot be read."""
    source = context.sources.get(path)
    at = 0
    for line in source.text.splitlines(keepends=True) if source else ():
        if line.partition("=")[0].strip() == "provider":
            return Origin(path, Span(at, at + len(line.rstrip())))
        at += len(line)
    return Origin(path, Span(0, 0))


@migration_lock_missing.on(Lock)
def check_missing(lock: Lock, context: Context) -> Iterator[Finding]:
    """A notice where the file is missing."""
    if lock.exists:
        return
    text = f'provider = "{lock.declared}"\n'
    yield migration_lock_missing.finding(
        subject=lock.path,
        message=f"`{lock.path}` is missing, so nothing says that these migrations are for "
        f"{lock.declared}.",
        origin=first_statement(context.migrations[0]),
        remedy="Commit the file that Prisma writes beside the migrations.",
        fix=Fix("Add the lock file", safe=True, edits=(Edit(lock.path, Span(0, 0), text),)),
    )
