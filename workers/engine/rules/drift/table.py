"""Tables that only one side has.

What it means
    `table-missing`: a model is declared, and no migration creates its table. `table-extra`: the
    migrations create a table that no model declares. `table-renamed`: both have the table, under
    different names; the message says what speaks for it.

Why it matters
    Prisma Client is generated from the schema, so its types promise a table that a database built
    from the migrations does not have: the first query fails with P2021. The other way round,
    the next `prisma migrate dev` writes a DROP TABLE.

Example
    model ChatMessage { ... }
    while no migration contains CREATE TABLE "ChatMessage".

Fix
    Missing: `prisma migrate dev` creates the table. Extra: declare the model, or drop the table in
    a new migration. Renamed: `ALTER TABLE ... RENAME TO` in a new migration, or `@@map`, never
    a DROP with a CREATE: that loses the rows.

When to ignore it
    Where another tool owns the table; Prisma's `tables.external` says so to Prisma as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare.changes import TableExtra, TableMissing, TableRenamed
from workers.engine.compare.pair import is_join_table
from workers.engine.compare.subjects import subject_of
from workers.engine.findings import Finding, Severity
from workers.engine.fixes.single import tables as fixes
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.drift.cause import likely_cause
from workers.engine.rules.drift.dropped import clause, dropping, places
from workers.engine.rules.drift.remedy import suited
from workers.engine.rules.drift.renamed import in_code
from workers.engine.rules.wording import (
    generator_words,
    is_written_in_sql,
    mapping_words,
    model_words,
    table_words,
    ticked,
)

table_missing = Rule("table-missing", family="drift", severity=Severity.ERROR, since="0.1")
table_extra = Rule("table-extra", family="drift", severity=Severity.WARNING, since="0.1")
table_renamed = Rule(
    "table-renamed-without-migration", family="drift", severity=Severity.ERROR, since="0.1"
)


@table_missing.on(TableMissing)
def check_missing(change: TableMissing, context: Context) -> Iterator[Finding]:
    """A declared table that no migration creates."""
    name = change.declared.name
    gone = dropping(context, str(name))
    article = "its" if context.model_of(name) else "the"
    yield table_missing.finding(
        subject=subject_of(change),
        message=(
            f"{_declared(context, change)} is declared, but "
            f"{clause(gone, 'creates', f'{article} table {table_words(name)}')}."
        ),
        origin=context.place(change.declared.history),
        remedy=f"Create {table_words(name)} in a new migration{_command(context)}.",
        related=(*places(gone, table_words(name)), *likely_cause(context, name)),
        fix=suited(context, change, fixes.make_table(change.declared)),
    )


def _command(context: Context) -> str:
    return "" if is_written_in_sql(context) else " (`prisma migrate dev`)"


def _declared(context: Context, change: TableMissing) -> str:
    model = context.model_of(change.declared.name)
    if model is not None:
        return ticked(model.name)
    if change.declared.name.name.startswith("_"):
        return "A many-to-many relation"
    return f"The table {table_words(change.declared.name)}"


@table_extra.on(TableExtra)
def check_extra(change: TableExtra, context: Context) -> Iterator[Finding]:
    """A table that the migrations make and no model declares."""
    table = change.replayed
    is_plain = is_written_in_sql(context)
    yield table_extra.finding(
        subject=subject_of(change),
        message=(
            f"The migrations create the table {table_words(table.name)}, but the schema "
            + ("does not." if is_plain else "declares no model for it.")
        ),
        origin=context.place(table.history[:1]),
        remedy=(
            f"Declare {'' if is_plain else 'a model for '}{table_words(table.name)}, or drop the "
            f"table in a new migration if nothing uses it: {generator_words(context)} would."
        ),
        related=tuple(context.told(table.history, table_words(table.name)))[1:],
        fix=suited(context, change, fixes.drop_table(table)),
    )


def _named(context: Context, change: TableRenamed) -> str:
    table = table_words(change.declared.name)
    if is_join_table(change.declared):
        return f"The relation's join table is {table}, but the migrations call it"
    model = _capital(model_words(context, change.declared.name))
    return f"{model} is the table {table}, but the migrations call it"


def _old_name(change: TableRenamed) -> str:
    """How the schema would keep the old name; Prisma's own join tables are called as a relation."""
    name = change.replayed.name.name
    if is_join_table(change.declared):
        return f"call the relation so ({mapping_words('@relation(', name.removeprefix('_'))})"
    return f"write {mapping_words('@@map(', name)}"


@table_renamed.on(TableRenamed)
def check_renamed(change: TableRenamed, context: Context) -> Iterator[Finding]:
    """A table that has another name in the migrations."""
    declared, replayed = change.declared, change.replayed
    reasons = "; ".join(change.evidence.reasons)
    yield table_renamed.finding(
        subject=subject_of(change),
        detail=str(replayed.name),
        message=(
            f"{_named(context, change)} {table_words(replayed.name)}, and none renames it "
            f"({reasons})."
        ),
        origin=context.place(declared.history),
        remedy=(
            "Rename the table in a new migration, or "
            + (
                "declare it under the old name."
                if is_written_in_sql(context)
                else f"{_old_name(change)} if the old name shall stay."
            )
        ),
        related=(
            *context.told(replayed.history, table_words(replayed.name)),
            *in_code(change.evidence),
            *likely_cause(context, declared.name),
        ),
        fix=suited(context, change, fixes.rename_table(change)),
        confidence=change.evidence.confidence,
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
