"""Indexes and uniques that differ between the schema and the migrations.

What it means
    `index-missing`: an `@@index`, `@unique` or `@@unique` that no migration makes (a missing
    unique is an error). `index-extra`: an index that the migrations make and the schema does not
    declare; a unique one is an error, as it refuses rows that the schema allows.
    `index-mismatch`: the index is there, but with other columns, order, method or uniqueness, or
    under another name (a warning). Prisma does not tell a unique constraint from a unique index,
    and does not see partial and expression indexes: neither do these rules.

Why it matters
    Without the unique, duplicates get in, and `upsert` and `connect` by it race. Without the index,
    the query that it was made for reads the whole table. An index that is not declared is dropped
    by Prisma's next migration, also one that was written by hand on purpose.

Example
    @@unique([personId, modelType, version])
    while the migrations make UNIQUE ("person_id").

Fix
    `CREATE INDEX` or `DROP INDEX` in a new migration, `ALTER INDEX ... RENAME TO` for a name; or
    declare the index, with `map:` for its name and `type: Gin` for its method.

When to ignore it
    A name alone can wait for the next migration.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare.changes import IndexChanged, IndexExtra, IndexMissing
from workers.engine.compare.pair import is_join_table
from workers.engine.compare.subjects import subject_of
from workers.engine.findings import Finding, Related, Severity
from workers.engine.fixes.single import keys as fixes
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.drift.cause import cause_of_change
from workers.engine.rules.drift.dropped import clause, dropping, places
from workers.engine.rules.drift.remedy import suited
from workers.engine.rules.wording import (
    generator_words,
    index_words,
    is_written_in_sql,
    list_words,
    mapping_words,
    model_words,
    table_words,
    ticked,
)
from workers.engine.schema.model import Index

index_missing = Rule("index-missing", family="drift", severity=Severity.WARNING, since="0.1")
index_extra = Rule("index-extra", family="drift", severity=Severity.WARNING, since="0.1")
index_mismatch = Rule("index-mismatch", family="drift", severity=Severity.WARNING, since="0.1")


def _severity(*indexes: Index) -> Severity:
    return Severity.ERROR if any(index.is_unique for index in indexes) else Severity.WARNING


@index_missing.on(IndexMissing)
def check_missing(change: IndexMissing, context: Context) -> Iterator[Finding]:
    """A declared index or unique that no migration makes."""
    index = change.declared
    kind = "unique" if index.is_unique else "index"
    namesake = next((i for i in change.replayed_table.indexes if i.name == index.name), None)
    taken = (
        f" The index of that name has {'a condition' if namesake.where else 'an expression'}, so "
        "it does not count, and must be renamed."
        if namesake
        else ""
    )
    there = change.replayed_table.name
    gone = dropping(context, f"{there.schema}.{index.name}") or dropping(
        context, f"{there}.{index.name}"
    )
    yield index_missing.finding(
        subject=subject_of(change),
        severity=_severity(index),
        message=(
            f"{_capital(model_words(context, change.table.name))} declares {_on(index, kind)}, but "
            f"{clause(gone, 'creates', f'the index {ticked(index.name)}')}."
        ),
        origin=context.place(index.history, change.table.history),
        remedy=(
            f"Create {ticked(index.name)} in a new migration"
            + (", after making sure that no two rows share a value." if index.is_unique else ".")
            + taken
        ),
        related=(
            *context.told(
                change.replayed_table.history[:1], table_words(change.replayed_table.name)
            ),
            *places(gone, ticked(index.name)),
            *cause_of_change(context, change),
        ),
        fix=suited(context, change, fixes.reindex(change)),
    )


@index_extra.on(IndexExtra)
def check_extra(change: IndexExtra, context: Context) -> Iterator[Finding]:
    """An index that the migrations make and the schema does not declare."""
    index, there = change.replayed, table_words(change.replayed_table.name)
    by_hand = index.method != "btree"
    model = context.model_of(change.table.name)
    yield index_extra.finding(
        subject=subject_of(change),
        severity=_severity(index),
        message=(
            f"The migrations give {there} {index_words(index)}"
            f"{f' ({index.method})' if by_hand else ''}, which "
            f"{model_words(context, change.table.name)} does not declare."
        ),
        origin=context.place(index.history, change.replayed_table.history[:1]),
        remedy=(
            f"Declare it{_suggested(context, change, index)} if it shall stay: "
            f"{generator_words(context)} would drop it. Else drop it in a new migration."
        ),
        related=(
            *((Related(f"{ticked(model.name)} has no such index", model.origin),) if model else ()),
            *cause_of_change(context, change),
        ),
        fix=suited(context, change, fixes.reindex(change)),
    )


@index_mismatch.on(IndexChanged)
def check_changed(change: IndexChanged, context: Context) -> Iterator[Finding]:
    """An index that is there, but not as declared."""
    declared, replayed = change.declared, change.replayed
    model = model_words(context, change.table.name)
    if change.only_name:
        severity = Severity.WARNING
        message = (
            f"The {_on(declared, 'unique' if declared.is_unique else 'index', article='')} of "
            f"{model} is named {ticked(declared.name)} by the schema, but {ticked(replayed.name)} "
            "by the migrations."
        )
        remedy = "Rename the index in a new migration."
        if not is_join_table(change.table):
            written = mapping_words("map: ", replayed.name)
            remedy = f"{remedy[:-1]}, or write {written} in its attribute."
    else:
        differs = declared.is_unique != replayed.is_unique or declared.columns != replayed.columns
        severity = _severity(declared, replayed) if differs else Severity.WARNING
        message = (
            f"{_capital(model)} declares {index_words(declared)}{_how(declared, replayed)}, but "
            f"the migrations make {index_words(replayed)}{_how(replayed, declared)}."
        )
        remedy = "Make the index anew in a new migration, or declare the one that is there."
    yield index_mismatch.finding(
        subject=subject_of(change),
        detail=replayed.name,
        severity=severity,
        message=message,
        origin=context.place(declared.history, change.table.history),
        remedy=remedy,
        related=(
            *context.told(replayed.history, ticked(replayed.name)),
            *(cause_of_change(context, change) if not change.only_name else ()),
        ),
        fix=suited(context, change, fixes.reindex(change)),
    )


def _on(index: Index, kind: str, article: str | None = None) -> str:
    if article is None:
        article = "a " if kind == "unique" else "an "
    return f"{article}{kind} on {list_words(key.column or '' for key in index.keys)}"


def _how(index: Index, other: Index) -> str:
    """What tells two indexes on the same columns apart."""
    told = []
    if index.method != other.method:
        told.append(f"using {index.method}")
    if [key.descending for key in index.keys] != [key.descending for key in other.keys]:
        order = ("descending" if key.descending else "ascending" for key in index.keys)
        told.append(", ".join(order))
    classes = [key.operator_class for key in index.keys]
    if classes != [key.operator_class for key in other.keys]:
        told.append(f"with {', '.join(name or 'the default' for name in classes)} operators")
    if index.include != other.include and index.include:
        told.append(f"including {list_words(index.include)}")
    if index.where != other.where:
        told.append(f"where {index.where}" if index.where else "on all rows")
    return f" ({'; '.join(told)})" if told else ""


def _suggested(context: Context, change: IndexExtra, index: Index) -> str:
    if is_written_in_sql(context):
        return ""
    return f" ({ticked(_attribute(context, change, index))})"


def _attribute(context: Context, change: IndexExtra, index: Index) -> str:
    """The attribute that would declare the index."""
    names = []
    for key in index.keys:
        field = context.field_of(change.table.name, key.column or "")
        name = field.name if field else key.column or ""
        names.append(f"{name}(sort: Desc)" if key.descending else name)
    kind = "@@unique" if index.is_unique else "@@index"
    methods = {"gin": "Gin", "gist": "Gist", "hash": "Hash", "brin": "Brin", "spgist": "SpGist"}
    method = f", type: {methods[index.method]}" if index.method in methods else ""
    return f'{kind}([{", ".join(names)}]{method}, map: "{index.name}")'


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
