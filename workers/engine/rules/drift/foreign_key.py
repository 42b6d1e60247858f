"""Foreign keys that differ between the schema and the migrations.

What it means
    `foreign-key-missing`: a relation is declared, and no migration adds its foreign key, or one
    drops it again.
    `foreign-key-extra`: the migrations add one that no relation declares.
    `foreign-key-mismatch`: it refers to something else, or acts otherwise on delete or update, or
    has another name (a warning).

Why it matters
    Without the key, rows can refer to nothing, and `onDelete: Cascade` does nothing: Prisma leaves
    it to the database. With another action, a delete that the code expects to work is refused, or
    one that it expects to be refused takes rows along.

Example
    person Person @relation(fields: [personId], references: [id], onDelete: Cascade)
    over a migration with ON DELETE RESTRICT.

Fix
    Add, drop or remake the constraint in a new migration; existing rows must fit it. For a name,
    `RENAME CONSTRAINT`, or `map:` in the `@relation`.

When to ignore it
    A name alone can wait for the next migration. Projects without foreign keys say
    `relationMode = "prisma"`.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare.changes import ForeignKeyChanged, ForeignKeyExtra, ForeignKeyMissing
from workers.engine.compare.subjects import subject_of
from workers.engine.findings import Finding, Severity
from workers.engine.fixes.single import keys as fixes
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.drift.cause import cause_of_change
from workers.engine.rules.drift.dropped import clause, dropping, places
from workers.engine.rules.drift.remedy import suited
from workers.engine.rules.refused_keys import is_refused
from workers.engine.rules.wording import (
    generator_words,
    list_words,
    mapping_words,
    model_words,
    table_words,
    ticked,
)
from workers.engine.schema.model import ForeignKey

foreign_key_missing = Rule(
    "foreign-key-missing", family="drift", severity=Severity.ERROR, since="0.1"
)
foreign_key_extra = Rule(
    "foreign-key-extra", family="drift", severity=Severity.WARNING, since="0.1"
)
foreign_key_mismatch = Rule(
    "foreign-key-mismatch", family="drift", severity=Severity.ERROR, since="0.1"
)

_REFUSES = frozenset(("RESTRICT", "NO ACTION"))
_COMPARES_ACTIONS = (3, 0)
"""Prisma 2 wrote actions when it made a key and never looked at them again:
https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-3."""


@foreign_key_missing.on(ForeignKeyMissing)
def check_missing(change: ForeignKeyMissing, context: Context) -> Iterator[Finding]:
    """A declared foreign key that no migration adds."""
    key = change.declared
    if context.replay.failures and is_refused(key, change.replayed_table.name, context):
        return
    gone = dropping(context, f"{change.replayed_table.name}.{key.name}")
    yield foreign_key_missing.finding(
        subject=subject_of(change),
        message=(
            f"{_capital(model_words(context, change.table.name))} declares a relation from "
            f"{list_words(key.columns)} to {table_words(key.ref_table)}, but "
            f"{clause(gone, 'adds', f'the foreign key {ticked(key.name)}')}."
        ),
        origin=context.place(key.history, change.table.history),
        remedy=(
            f"Add the foreign key {'again ' if gone else ''}in a new migration; rows that refer to"
            " nothing must go first."
        ),
        related=(
            *context.told(
                change.replayed_table.history[:1], table_words(change.replayed_table.name)
            ),
            *places(gone, ticked(key.name)),
            *cause_of_change(context, change),
        ),
        fix=suited(context, change, fixes.reference(change)),
    )


@foreign_key_extra.on(ForeignKeyExtra)
def check_extra(change: ForeignKeyExtra, context: Context) -> Iterator[Finding]:
    """A foreign key that no relation declares."""
    key = change.replayed
    mode = context.declaration.relation_mode == "prisma"
    why = (
        'the schema says `relationMode = "prisma"`'
        if mode
        else f"{model_words(context, change.table.name)} declares no such relation"
    )
    yield foreign_key_extra.finding(
        subject=subject_of(change),
        message=(
            f"The migrations add the foreign key {ticked(key.name)} from "
            f"{table_words(change.replayed_table.name)} to {table_words(key.ref_table)}, but {why}."
        ),
        origin=context.place(key.history, change.replayed_table.history[:1]),
        remedy=(
            f"Declare the relation if the key shall stay: {generator_words(context)} would drop "
            "it. Else drop it in a new migration."
        ),
        related=cause_of_change(context, change),
        fix=suited(context, change, fixes.reference(change)),
    )


@foreign_key_mismatch.on(ForeignKeyChanged)
def check_changed(change: ForeignKeyChanged, context: Context) -> Iterator[Finding]:
    """A foreign key that is there, but not as declared."""
    declared, replayed = change.declared, change.replayed
    if context.prisma_version < _COMPARES_ACTIONS and _same_target(change):
        return
    model = model_words(context, change.table.name)
    if change.only_name:
        message = (
            f"The foreign key of {model} on {list_words(declared.columns)} is named "
            f"{ticked(declared.name)} by the schema, but {ticked(replayed.name)} by the migrations."
        )
        remedy = (
            "Rename the constraint in a new migration, or write "
            f"{mapping_words('map: ', replayed.name)} in the `@relation`."
        )
    else:
        wanted, found = _differences(declared, replayed)
        message = (
            f"The foreign key of {model} on {list_words(declared.columns)} is declared {wanted}, "
            f"but the migrations make {ticked(replayed.name)} {found}."
        )
        remedy = "Remake the foreign key in a new migration, or declare what is there."
    yield foreign_key_mismatch.finding(
        subject=subject_of(change),
        detail=replayed.name if change.only_name else "",
        severity=_severity(change),
        message=message,
        origin=context.place(declared.history, change.table.history),
        remedy=remedy,
        related=(
            *context.told(replayed.history, ticked(replayed.name)),
            *(cause_of_change(context, change) if not change.only_name else ()),
        ),
        fix=suited(context, change, fixes.reference(change)),
    )


def _same_target(change: ForeignKeyChanged) -> bool:
    """Whether nothing but the actions differs."""
    declared, replayed = change.declared, change.replayed
    target = (declared.ref_table, declared.ref_columns)
    return not change.only_name and target == (replayed.ref_table, replayed.ref_columns)


def _severity(change: ForeignKeyChanged) -> Severity:
    declared, replayed = change.declared, change.replayed
    if change.only_name:
        return Severity.WARNING
    if (declared.ref_table.name, declared.ref_columns) != (
        replayed.ref_table.name,
        replayed.ref_columns,
    ):
        return Severity.ERROR
    actions = {declared.on_delete, replayed.on_delete}
    return Severity.WARNING if len(actions) == 1 or actions <= _REFUSES else Severity.ERROR


def _differences(declared: ForeignKey, replayed: ForeignKey) -> tuple[str, str]:
    """What both sides say where they differ."""
    wanted, found = [], []
    if (declared.ref_table, declared.ref_columns) != (replayed.ref_table, replayed.ref_columns):
        wanted.append(f"to {table_words(declared.ref_table)} ({list_words(declared.ref_columns)})")
        found.append(f"to {table_words(replayed.ref_table)} ({list_words(replayed.ref_columns)})")
    if declared.on_delete != replayed.on_delete:
        wanted.append(f"`ON DELETE {declared.on_delete}`")
        found.append(f"`ON DELETE {replayed.on_delete}`")
    if declared.on_update != replayed.on_update:
        wanted.append(f"`ON UPDATE {declared.on_update}`")
        found.append(f"`ON UPDATE {replayed.on_update}`")
    return f"as {', '.join(wanted)}", ", ".join(found)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
