"""Policies, views, triggers and checks that a schema in SQL declares otherwise than its migrations.

What it means
    The schema is declared in SQL (`supabase/schemas`, a `schema.sql`), so that it can say what a
    Prisma schema cannot. `declared-object-missing`: it declares a policy, row-level security, a
    view, a trigger, a function or a check, and no migration makes it. `declared-object-extra`: the
    migrations make one that it does not declare. One line for each kind.

Why it matters
    Databases are built from the migrations. A policy that stands only in the declaration protects
    nothing; one that stands only in the migrations is dropped by the next migration that is made
    by comparing the two.

Example
    CREATE POLICY "own rows" ON notes USING (owner = auth.uid());
    in supabase/schemas/notes.sql, and in no migration.

Fix
    Missing: make a migration (`supabase db diff -f NAME`). Extra: add it to the declaration, or
    drop it in a new migration.

When to ignore it
    Where the declaration is kept for tables alone, and the rest is meant to live in migrations.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare.changes import Comparison
from workers.engine.findings import Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.unseen.changed import listed
from workers.engine.rules.unseen.details import FUNCTIONS
from workers.engine.rules.unseen.objects import (
    CHECK,
    EXCLUDE,
    POLICY,
    SECURITY,
    TRIGGER,
    VIEW,
    unseen_objects,
)
from workers.engine.rules.unseen.unseen import Unseen
from workers.engine.rules.wording import is_written_in_sql, ticked
from workers.engine.schema.model import Schema

declared_object_missing = Rule(
    "declared-object-missing", family="unseen", severity=Severity.WARNING, since="0.1"
)
declared_object_extra = Rule(
    "declared-object-extra", family="unseen", severity=Severity.NOTICE, since="0.1"
)

_KINDS = (SECURITY, POLICY, VIEW, TRIGGER, FUNCTIONS, CHECK, EXCLUDE)
_SHOWN = 5


@declared_object_missing.on(Comparison)
def check_missing(comparison: Comparison, context: Context) -> Iterator[Finding]:
    """What the declaration has over the migrations, kind by kind."""
    if not is_written_in_sql(context):
        return
    for kind, objects in _lacking(context.declared, context.replayed):
        yield declared_object_missing.finding(
            subject=kind,
            detail=_names(objects),
            message=f"The schema declares {listed(objects)}, and no migration makes it."
            if len(objects) == 1
            else f"The schema declares {listed(objects)}, and no migration makes them.",
            origin=context.place(*(each.history[:1] for each in objects)),
            remedy="Make a migration that brings the database to its declaration.",
            related=_related(objects),
        )


@declared_object_extra.on(Comparison)
def check_extra(comparison: Comparison, context: Context) -> Iterator[Finding]:
    """What the migrations have over the declaration, kind by kind."""
    if not is_written_in_sql(context):
        return
    if not any(each.kind in _KINDS for each in unseen_objects(context.declared)):
        return  # the declaration is kept for tables alone
    path = ticked(context.project.plain.root) if context.project and context.project.plain else ""
    for kind, objects in _lacking(context.replayed, context.declared):
        yield declared_object_extra.finding(
            subject=kind,
            detail=_names(objects),
            message=f"The migrations make {listed(objects)}, which {path} does not declare.",
            origin=context.place(*(each.history[:1] for each in objects)),
            remedy="Declare what shall stay: a migration made by comparing would drop it.",
            related=_related(objects),
        )


def _lacking(one: Schema, other: Schema) -> Iterator[tuple[str, list[Unseen]]]:
    """What one side has and the other has not, where both have the table."""
    there = {each.key for each in unseen_objects(other)}
    for kind in _KINDS:
        lacking = [
            each
            for each in unseen_objects(one)
            if each.kind == kind
            and each.is_standing
            and each.key not in there
            and (each.table in other.tables or kind in (VIEW, FUNCTIONS))
        ]
        if lacking:
            yield kind, lacking


def _names(objects: list[Unseen]) -> str:
    return ",".join(f"{each.table}.{each.name}" for each in objects)


def _related(objects: list[Unseen]) -> Iterator[Related]:
    for each in objects[1:_SHOWN]:
        if each.history:
            yield Related(f"{each.label} stands here", each.history[0])
