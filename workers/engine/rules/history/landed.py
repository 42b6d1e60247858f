"""Migrations that changed after they landed.

What it means
    A migration that the base branch already has is edited, deleted or renamed here.

Why it matters
    Prisma keeps the checksum and the name of every migration that it applied. `prisma migrate
    deploy` only warns of an edit: databases that ran the old text never get the new one, and
    from then on production and a new database differ. `prisma migrate dev` stops, and asks
    every developer to reset the database. A renamed migration runs a second time where it was
    applied under its old name, and a deleted one stays applied with nothing that describes it.

Example
    -ALTER TABLE "users" ADD COLUMN "age" INTEGER;
    +ALTER TABLE "users" ADD COLUMN "age" BIGINT;

Fix
    Take the edit back and write a new migration that makes the difference.

When to ignore it
    Where the migration has been applied to no database that anybody keeps; or where the history is
    squashed on purpose and every database is told so (`prisma migrate resolve`).
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.history.places import (
    deploy,
    first_difference,
    first_statement,
    is_prisma,
    mark_applied,
)
from workers.engine.rules.history.subjects import LandedChange, Squash
from workers.engine.source import Origin, Span
from workers.engine.sql.replay import Migration

migration_edited = Rule("migration-edited", family="history", severity=Severity.ERROR, since="0.1")
migration_deleted = Rule(
    "migration-deleted", family="history", severity=Severity.ERROR, since="0.1"
)
migration_renamed = Rule(
    "migration-renamed", family="history", severity=Severity.WARNING, since="0.1"
)
migrations_squashed = Rule(
    "migrations-squashed", family="history", severity=Severity.WARNING, since="0.1"
)


@migration_edited.on(LandedChange)
def check_edited(change: LandedChange, context: Context) -> Iterator[Finding]:
    """Graded: comments alone, another way to the same schema, another schema."""
    if change.kind != "edited" or change.after is None:
        return
    name = change.before.name
    if change.only_comments:
        if not is_prisma(context):
            return  # Supabase keeps no checksums
        yield migration_edited.finding(
            subject=name,
            severity=Severity.NOTICE,
            message=f"Only comments and blanks of `{name}` change, but it has landed: its "
            "checksum changes too, and `prisma migrate dev` asks to reset databases that have it.",
            origin=first_difference(change.before, change.after),
        )
        return
    if change.is_mending:
        yield _edited_to_run(change, change.after)
        return
    result = (
        "and new databases get the same schema as before"
        if change.is_same_outcome
        else "so databases that have run it differ from new ones"
    )
    yield migration_edited.finding(
        subject=name,
        severity=Severity.WARNING if change.is_same_outcome else Severity.ERROR,
        confidence=Confidence.CERTAIN if change.is_same_outcome else Confidence.LIKELY,
        message=f"`{name}` has landed and is edited here, {result}; `{deploy(context)}` never runs "
        "it again.",
        origin=first_difference(change.before, change.after),
        remedy="Take the edit back: it changes no schema."
        if change.is_same_outcome
        else "Take the edit back and make the difference in a new migration.",
    )


def _edited_to_run(change: LandedChange, after: Migration) -> Finding:
    """Gentler: no new migration can mend one that an empty database refuses."""
    name = change.before.name
    return migration_edited.finding(
        subject=name,
        severity=Severity.WARNING,
        message=f"`{name}` has landed and is edited here, and runs on an empty database now; "
        "databases that have applied the old text never run the new one.",
        origin=first_difference(change.before, after),
        remedy="This is right if no database has applied the old text. Where one has, see that it "
        "has what the new text makes, or add that in a new migration.",
    )


@migration_deleted.on(LandedChange)
def check_deleted(change: LandedChange, context: Context) -> Iterator[Finding]:
    """A migration of the base that is gone."""
    if change.kind != "deleted":
        return
    name = change.before.name
    where = context.migrations[-1] if context.migrations else None
    origin = first_statement(where) if where else Origin(context.schema_path, Span(0, 0))
    yield migration_deleted.finding(
        subject=name,
        severity=Severity.WARNING if change.is_same_outcome else Severity.ERROR,
        confidence=Confidence.CERTAIN if change.is_same_outcome else Confidence.LIKELY,
        message=f"`{name}` has landed and is deleted here: "
        + (
            f"new databases get the same schema without it, and {_surprise(context)}."
            if change.is_same_outcome
            else "databases that have applied it keep what it made, and new ones never get it."
        ),
        origin=origin,
        related=(Related("it is deleted here", first_statement(change.before)),),
        remedy="Restore it: it changes no schema."
        if change.is_same_outcome
        else "Restore it, and undo what it made in a new migration.",
    )


def _surprise(context: Context) -> str:
    """What the runner does where a migration is applied that it no longer finds."""
    if is_prisma(context):
        return "`prisma migrate dev` asks to reset those that have applied it"
    return f"`{deploy(context)}` stops at those that have applied it"


@migration_renamed.on(LandedChange)
def check_renamed(change: LandedChange, context: Context) -> Iterator[Finding]:
    """A migration of the base under a new name; gentler where that mends the order."""
    if change.kind != "renamed" or change.after is None:
        return
    old, new = change.before.name, change.after.name
    yield migration_renamed.finding(
        subject=new,
        severity=Severity.NOTICE if change.is_mending else None,
        message=f"`{old}` has landed and is called `{new}` here, so databases that have applied it "
        "run it a second time.",
        origin=first_statement(change.after),
        remedy=f"Before deploying, run `{mark_applied(context, new)}` on every database "
        f"that has `{old}`"
        + ("; new databases need no more than the new name." if change.is_mending else "."),
    )


@migrations_squashed.on(Squash)
def check_squashed(squash: Squash, context: Context) -> Iterator[Finding]:
    """One finding for a history that was replaced."""
    names = ", ".join(f"`{migration.name}`" for migration in squash.after[:3])
    new = f"are replaced by {names}" if squash.after else "are deleted"
    tail = (
        "and new databases get the same schema as before"
        if squash.is_same_outcome
        else "and new databases get another schema than those that ran them"
    )
    where = squash.after[0] if squash.after else squash.before[0]
    yield migrations_squashed.finding(
        subject=context.migrations_path,
        severity=Severity.WARNING if squash.is_same_outcome else Severity.ERROR,
        confidence=Confidence.CERTAIN if squash.is_same_outcome else Confidence.LIKELY,
        message=f"{len(squash.before)} migrations that have landed {new}, {tail}.",
        origin=first_statement(where),
        remedy="On every database that has the old ones, run "
        f"`{mark_applied(context, where.name)}` before the next deploy, or it tries to make "
        "everything again.",
    )
