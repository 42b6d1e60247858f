"""Extensions and schemas that are declared and that no migration makes.

What it means
    `extension-missing`: the datasource lists an extension, and no migration installs it. Where one
    does, Prisma's own diff does not notice; that is told as a notice.
    `schema-missing`: a model or an enum stands in a schema that no migration creates.

Why it matters
    The types, functions and tables that live there do not exist on a database built from the
    migrations, so `prisma migrate deploy` on an empty one fails.

Example
    extensions = [pgcrypto]
    while no migration contains CREATE EXTENSION "pgcrypto".

Fix
    `CREATE EXTENSION IF NOT EXISTS` or `CREATE SCHEMA IF NOT EXISTS` in a new migration.

When to ignore it
    Where the database's host installs the extension before the first migration.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare.changes import ExtensionMissing, SchemaMissing
from workers.engine.compare.subjects import subject_of
from workers.engine.findings import Finding, Severity
from workers.engine.fixes.single import tables as fixes
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.drift.remedy import suited
from workers.engine.rules.wording import list_words, ticked
from workers.engine.schema.model import History

extension_missing = Rule("extension-missing", family="drift", severity=Severity.ERROR, since="0.1")
schema_missing = Rule("schema-missing", family="drift", severity=Severity.ERROR, since="0.1")


@extension_missing.on(ExtensionMissing)
def check_extension(change: ExtensionMissing, context: Context) -> Iterator[Finding]:
    """A declared extension that no migration installs."""
    name = ticked(change.declared.name)
    if change.installed is not None:
        yield extension_missing.finding(
            subject=subject_of(change),
            severity=Severity.NOTICE,
            detail="installed",
            message=(
                f"The extension {name} is declared, and a migration installs it, but "
                "`prisma migrate diff` does not look and would write CREATE EXTENSION again."
            ),
            origin=context.place(change.declared.history),
            remedy="Nothing to do: the statement says IF NOT EXISTS.",
            related=context.told(change.installed.history[:1], name),
        )
        return
    yield extension_missing.finding(
        subject=subject_of(change),
        message=f"The extension {name} is declared, but no migration installs it.",
        origin=context.place(change.declared.history),
        remedy="Install it in a new migration that sorts before what needs it.",
        fix=suited(context, change, fixes.install(change)),
    )


@schema_missing.on(SchemaMissing)
def check_schema(change: SchemaMissing, context: Context) -> Iterator[Finding]:
    """A declared schema that no migration creates."""
    users = [
        (name.name, table.history)
        for name, table in context.declared.tables.items()
        if name.schema == change.name
    ] + [
        (name.name, enum.history)
        for name, enum in context.declared.enums.items()
        if name.schema == change.name
    ]
    history: History = users[0][1] if users else ()
    yield schema_missing.finding(
        subject=subject_of(change),
        message=(
            f"{list_words(name for name, _ in users)} stand in the schema {ticked(change.name)}, "
            "but no migration creates it."
        ),
        origin=context.place(history),
        remedy="Create the schema in a new migration.",
        fix=suited(context, change, fixes.make_schema(change.name)),
    )
