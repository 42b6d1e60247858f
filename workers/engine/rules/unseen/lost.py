"""Objects that Prisma does not see and that get lost on the way.

What it means
    Before this pull request the migrations made a policy, a trigger, a constraint or an index; with
    it they do not, though no statement of the pull request names it. It fell with something else:
    a table that is dropped and made anew, a column that is dropped. Or: a difference that Prisma
    would settle by dropping a table or a column would take such an object along.

Why it matters
    Nobody decided to remove it. Prisma cannot notice, as its schema does not know such objects: a
    table that was protected row by row is open, a rule that the data obeyed is gone.

Example
    DROP TABLE "documents"; CREATE TABLE "documents" (...);
    after which the four policies of "documents" are missing.

Fix
    Change the table in place (`ALTER TABLE`), rename instead of dropping, or make the object anew
    in the same migration.

When to ignore it
    Where the object was meant to go: say so with a DROP statement that names it.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare import changes as c
from workers.engine.compare.casts import is_cast
from workers.engine.findings import Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.unseen.objects import VIEW, Unseen, unseen_objects
from workers.engine.rules.wording import column_words, table_words
from workers.engine.schema.model import QualifiedName
from workers.engine.source import Origin

unseen_object_lost = Rule(
    "unseen-object-lost", family="unseen", severity=Severity.WARNING, since="0.1"
)

_SHOWN = 6


@unseen_object_lost.on(c.Comparison)
def check(comparison: c.Comparison, context: Context) -> Iterator[Finding]:
    """What the pull request's migrations lose without naming it, table by table."""
    base, changed = context.base, context.changed
    if base is None or changed is None:
        return
    fresh = [m for m in context.migrations if m.source.path in changed]
    if not fresh or context.replay.failures or base.replay.failures:
        return
    said = "\n".join(migration.source.text for migration in fresh)
    there = {each.key for each in unseen_objects(context.replayed)}
    lost: dict[QualifiedName, list[Unseen]] = {}
    for each in unseen_objects(base.replayed):
        stays = each.kind != VIEW and each.table in context.replayed.tables
        if stays and each.key not in there and not (each.name and each.name in said):
            lost.setdefault(each.table, []).append(each)
    for table, objects in lost.items():
        place = _place(context, table, changed)
        yield unseen_object_lost.finding(
            subject=str(table),
            detail=",".join(each.name for each in objects),
            message=(
                f"The migrations of this pull request lose {_listed(objects)} on "
                f"{table_words(table)} without naming {'it' if len(objects) == 1 else 'them'}; "
                "Prisma does not see that."
            ),
            origin=place or context.place(()),
            remedy="Make it anew in the same migration, or change the table in place.",
            related=_made(objects),
        )


def _place(context: Context, table: QualifiedName, changed: frozenset[str]) -> Origin | None:
    history = context.replayed.tables[table].history
    return next((origin for origin in history if origin.path in changed), None)


def _listed(objects: list[Unseen]) -> str:
    labels = [each.label for each in objects[:_SHOWN]]
    rest = len(objects) - len(labels)
    if rest:
        return f"{', '.join(labels)} and {rest} more"
    return " and ".join(part for part in (", ".join(labels[:-1]), labels[-1]) if part)


def _made(objects: list[Unseen]) -> Iterator[Related]:
    for each in objects[:_SHOWN]:
        if each.history:
            yield Related(f"{each.label} was made here", each.history[0])


@unseen_object_lost.on(c.TableRenamed)
def check_table(change: c.TableRenamed, context: Context) -> Iterator[Finding]:
    """A table that Prisma would drop and make anew under another name."""
    table = change.replayed.name
    objects = [each for each in unseen_objects(context.replayed) if each.table == table]
    yield from _would_lose(
        context, change, objects, f"drop {table_words(table)} and make it anew", table
    )


@unseen_object_lost.on(c.ColumnRenamed)
def check_renamed(change: c.ColumnRenamed, context: Context) -> Iterator[Finding]:
    """A column that Prisma would drop and make anew under another name."""
    yield from _column(change, context, "drop {} and add another column")


@unseen_object_lost.on(c.ColumnExtra)
def check_extra(change: c.ColumnExtra, context: Context) -> Iterator[Finding]:
    """A column that Prisma would drop."""
    yield from _column(change, context, "drop {}")


@unseen_object_lost.on(c.ColumnTypeChanged)
def check_type(change: c.ColumnTypeChanged, context: Context) -> Iterator[Finding]:
    """A column that Prisma would drop and make anew, as no cast leads to the new type."""
    if not is_cast(change.replayed.type, change.declared.type):
        yield from _column(change, context, "drop {} and make it anew")


def _column(
    change: c.ColumnRenamed | c.ColumnExtra | c.ColumnTypeChanged, context: Context, how: str
) -> Iterator[Finding]:
    table, column = change.replayed_table.name, change.replayed.name
    objects = [
        each
        for each in unseen_objects(context.replayed)
        if each.table == table and column in each.columns
    ]
    yield from _would_lose(context, change, objects, how.format(column_words(table, column)), table)


def _would_lose(
    context: Context, change: c.Change, objects: list[Unseen], how: str, table: QualifiedName
) -> Iterator[Finding]:
    if not objects:
        return
    replayed = getattr(change, "replayed", None)
    name = getattr(replayed, "name", table)
    subject = str(table) if name == table else f"{table}.{name}"
    declared = getattr(change, "declared", None)
    yield unseen_object_lost.finding(
        subject=subject,
        detail="would",
        message=(
            f"To settle the drift Prisma would {how}, and lose {_listed(objects)} without a word."
        ),
        origin=context.place(
            declared.history if declared else (), replayed.history if replayed else ()
        ),
        remedy="Settle it by hand, in a migration that keeps or remakes what hangs on it.",
        related=_made(objects),
    )
