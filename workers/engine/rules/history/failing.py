"""A migration that cannot run on an empty database.

What it means
    Run in the order of their names on an empty database, the migrations stop here: PostgreSQL
    refuses this statement.

Why it matters
    Every new database runs the whole history: CI, a colleague's laptop, a review app, disaster
    recovery, and Prisma's own shadow database, without which `prisma migrate dev` does not work.
    Databases that are there already hide it, because they were made in another way.

Example
    20250610_add_flags:  ALTER TABLE "Person" ADD COLUMN "metadata" JSONB;
    20250911_init:       CREATE TABLE "Person" (...);        sorts later

Fix
    Let what makes the missing object run first: give it a name that sorts earlier, turn a file
    that nobody runs into a migration, or write the migration that was never written.

When to ignore it
    Where something else always prepares the database first, for example an extension that the
    provider installs; better say so in a first migration with `IF NOT EXISTS`.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Related, Severity
from workers.engine.fixes.objects import create_extension
from workers.engine.fixes.single.offer import HOUSE
from workers.engine.fixes.written import written
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.history.places import is_prisma, mark_applied
from workers.engine.rules.history.subjects import FailedMigration, Maker

migration_fails = Rule("migration-fails", family="history", severity=Severity.ERROR, since="0.1")

_SHOWN = 3
_RECORD = "_prisma_migrations"
"""Prisma's own table, made by `migrate deploy` before the first file, never in a shadow."""


@migration_fails.on(FailedMigration)
def check(failed: FailedMigration, context: Context) -> Iterator[Finding]:
    """The first statement that cannot run, with what it waits for."""
    failure = failed.failure
    maker = failed.makers[0] if failed.makers else None
    related = [Related(_told(maker), maker.origin) for maker in failed.makers[:_SHOWN]]
    for consequence in failed.consequences[:_SHOWN]:
        text = f"`{consequence.migration}` fails in turn: {consequence.message}"
        related.append(Related(text, consequence.origin))
    tail = _tail(len(failed.consequences))
    yield migration_fails.finding(
        subject=failure.migration,
        detail=failure.sqlstate,
        severity=Severity.WARNING if maker and maker.stands == "elsewhere" else None,
        message=f"`{failure.migration}` cannot run on {_where(failed, context)}: {failure.message} "
        f"({failure.sqlstate}){_cause(failed, maker)}{tail}.",
        origin=failure.origin,
        related=related,
        remedy=_remedy(failed, maker, context),
    )


def _where(failed: FailedMigration, context: Context) -> str:
    if failed.missing is not None and failed.missing.name == _RECORD and is_prisma(context):
        return "Prisma's shadow database"
    return "an empty database"


def _tail(count: int) -> str:
    if not count:
        return ""
    return "; a later one fails in turn" if count == 1 else f"; {count} later ones fail in turn"


def _cause(failed: FailedMigration, maker: Maker | None) -> str:
    if maker is None:
        return ""
    return {
        "later": f", because `{maker.name}`, which makes it, sorts later",
        "failed": f", because `{maker.name}`, which makes it, fails itself",
        "unrun": f", because only `{maker.name}` makes it, which nothing runs",
        "elsewhere": f", because only `{maker.name}` makes it, which another runner runs",
    }[maker.stands]


def _told(maker: Maker) -> str:
    return f"`{maker.name}` makes it here"


def _remedy(failed: FailedMigration, maker: Maker | None, context: Context) -> str:
    missing = failed.missing
    if missing is not None and missing.name == _RECORD and is_prisma(context):
        return (
            f"`prisma migrate deploy` makes `{_RECORD}` itself, but Prisma's shadow database has "
            "none, so `prisma migrate dev` stops here: let the statement pass where the table is "
            "not there (`ALTER TABLE IF EXISTS`)."
        )
    if maker is not None and maker.stands == "later" and _is_late(failed, context):
        return f"Give it a name that sorts after `{maker.name}`, as `migration-out-of-order` says."
    if maker is not None and maker.stands == "later":
        return "See `migration-order` for the order that works and the renames that make it."
    if maker is not None and maker.stands == "elsewhere":
        return (
            "Two runners fill this database: let one of them do both, or make sure that the other "
            "always runs first."
        )
    if maker is not None and maker.stands == "unrun":
        return f"Make `{maker.name}` a migration that sorts before `{failed.failure.migration}`."
    if missing is not None and missing.extension:
        return (
            f"Put `{written(create_extension(HOUSE, missing.extension, None))}` into a migration "
            "that sorts first."
        )
    if failed.failure.sqlstate == "55P04":
        return (
            "Add the enum value in a migration of its own: a new value cannot be used in the "
            "transaction that adds it."
        )
    if any(m.refusal and m.name == failed.failure.migration for m in context.migrations):
        return (
            "Save the file as UTF-8 without a byte-order mark (PowerShell's `>` writes another "
            "encoding); as it stands it has never run."
        )
    if failed.failure.sqlstate == "42601":
        return "Mend the statement; it has never run as it stands."
    if missing is not None:
        return (
            f"Nothing in `{context.migrations_path}` makes the {missing.kind} `{missing.name}`: it "
            f"was made by {_past(context)} or by hand. Write the migration that makes it, with a "
            "name that sorts first, and mark it as applied where the database has it "
            f"(`{mark_applied(context, 'NAME')}`)."
        )
    return ""


def _is_late(failed: FailedMigration, context: Context) -> bool:
    """Whether the pull request brings the failing migration, and its maker has landed."""
    if context.base is None:
        return False
    landed = {migration.name for migration in context.base.migrations}
    return failed.failure.migration not in landed and failed.makers[0].name in landed


def _past(context: Context) -> str:
    return "`prisma db push`" if is_prisma(context) else "the dashboard"
