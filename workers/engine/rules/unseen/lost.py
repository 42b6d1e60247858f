"""Objects that Prisma does not see and that get lost on the way.

What it means
    Before this pull request (without a base: before the newest migration) the migrations made a
    policy, a trigger, a constraint, a grant or an index; now they do not, though no statement names
    it. It fell with something else: a table that is dropped and made anew, a column that is
    dropped. Or Prisma wrote the statement: `migrate dev` drops every index and foreign key that
    somebody made by hand and never declared. Or: a difference that Prisma would settle by dropping
    a table or a column would take such an object along, or fail on it.

Why it matters
    Nobody decided to remove it. Prisma cannot notice, as its schema does not know such objects: a
    table that was protected row by row is open, a rule that the data obeyed is gone, a search that
    took milliseconds reads the whole table.

Example
    DROP TABLE "documents"; CREATE TABLE "documents" (...);
    after which the four policies of "documents" are missing.

Fix
    Change the table in place (`ALTER TABLE`), rename instead of dropping, or make the object anew
    in the same migration. An index that shall stay is declared in the schema, or its drop taken
    out of the migration.

When to ignore it
    Where the object was meant to go: say so with a DROP statement that names it.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare import changes as c
from workers.engine.compare.casts import is_cast
from workers.engine.findings import Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.authorship import is_by_prisma
from workers.engine.rules.context import Context
from workers.engine.rules.unseen.changed import listed
from workers.engine.rules.unseen.difference import (
    Passage,
    Shifts,
    is_named,
    place_of,
)
from workers.engine.rules.unseen.objects import (
    GUARDS,
    POLICY,
    VIEW,
    guards_of,
    policies_of,
    views,
)
from workers.engine.rules.unseen.unseen import Unseen
from workers.engine.rules.wording import (
    column_words,
    index_words,
    is_written_in_sql,
    table_words,
    ticked,
)
from workers.engine.schema.model import ForeignKey, History, Index, QualifiedName, Table
from workers.engine.source import Origin

unseen_object_lost = Rule(
    "unseen-object-lost", family="unseen", severity=Severity.WARNING, since="0.1"
)

_SHOWN = 6


@unseen_object_lost.on(Shifts)
def check(shifts: Shifts, context: Context) -> Iterator[Finding]:
    """What the migrations under review lose without naming it, table by table."""
    passage = shifts.passage
    lost: dict[QualifiedName, list[Unseen]] = {}
    for kind, shift in shifts.kinds.items():
        for each in shift.dropped if kind in GUARDS else ():
            if not is_named(passage, each):
                lost.setdefault(each.table, []).append(each)
    for table, objects in lost.items():
        yield _lost(context, passage, table, objects)
    yield from _swept_away(context, passage)


def _lost(
    context: Context, passage: Passage, table: QualifiedName, objects: list[Unseen]
) -> Finding:
    where = "" if objects[0].kind == VIEW else f" on {table_words(table)}"
    blind = "; Prisma does not see that" if context.declaration.models else ""
    return unseen_object_lost.finding(
        subject=str(table),
        detail=",".join(each.name for each in objects),
        message=(
            f"{_who(context)} {listed(objects)}{where} without naming "
            f"{'it' if len(objects) == 1 else 'them'}{blind}."
        ),
        origin=_remade(context, passage, table) or place_of(passage, objects),
        remedy="Make it anew in the same migration, or change the table in place.",
        related=_made(objects),
    )


def _who(context: Context) -> str:
    if context.base is None:
        return "The newest migration loses"
    return "The migrations of this pull request lose"


def _remade(context: Context, passage: Passage, name: QualifiedName) -> Origin | None:
    """Where the table is made anew or changed."""
    table = context.replayed.tables.get(name)
    history = table.history if table is not None else ()
    return next((origin for origin in history if origin.path in passage.paths), None)


def _swept_away(context: Context, passage: Passage) -> Iterator[Finding]:
    """Indexes and foreign keys made by hand that a statement of Prisma's own writing drops."""
    for table in passage.before.tables.values():
        now = context.replayed.tables.get(table.name)
        if now is None or not context.declaration.models:
            continue
        for part in _parts(table):
            if not part.history or is_by_prisma(context, part.history[0]) or _has(now, part.name):
                continue
            dropping = _prismas_drop(context, passage, table, part.name)
            if dropping is not None:
                yield _swept(table, part, dropping)


def _has(table: Table, name: str) -> bool:
    return any(part.name == name for part in _parts(table))


def _parts(table: Table) -> tuple[Index | ForeignKey, ...]:
    return *table.indexes, *table.foreign_keys


def _prismas_drop(context: Context, passage: Passage, table: Table, name: str) -> Origin | None:
    keys = {f"{table.name}.{name}", f"{table.name.schema}.{name}"}
    for step in passage.steps:
        if step.drops & keys and is_by_prisma(context, step.origin):
            return step.origin
    return None


def _swept(table: Table, part: Index | ForeignKey, dropping: Origin) -> Finding:
    words = index_words(part) if isinstance(part, Index) else f"the foreign key {ticked(part.name)}"
    method = f" ({part.method})" if isinstance(part, Index) and part.method != "btree" else ""
    return unseen_object_lost.finding(
        subject=f"{table.name}.{part.name}",
        message=(
            f"This migration drops {words}{method} of {table_words(table.name)}, which was made "
            "by hand and never declared: Prisma writes such a drop by itself."
        ),
        origin=dropping,
        remedy="Take the statement out if it shall stay, and declare it in the schema.",
        related=(Related("It was made by hand here", part.history[0]),),
    )


def _made(objects: list[Unseen]) -> Iterator[Related]:
    for each in objects[:_SHOWN]:
        if each.history:
            yield Related(f"{each.label} was made here", each.history[0])


@unseen_object_lost.on(c.TableRenamed)
def check_table(change: c.TableRenamed, context: Context) -> Iterator[Finding]:
    """A table that Prisma would drop and make anew under another name."""
    table = change.replayed.name
    objects = list(guards_of(context.replayed, table))
    readers = _views_on(context, {str(table)})
    how = f"drop {table_words(table)} and make it anew"
    yield from _would_lose(context, change, objects, how, table)
    yield from _would_fail(context, change, readers, how, table)


@unseen_object_lost.on(c.TableExtra)
def check_table_extra(change: c.TableExtra, context: Context) -> Iterator[Finding]:
    """A table that Prisma would drop, and that a view reads."""
    table = change.replayed.name
    readers = _views_on(context, {str(table)})
    yield from _would_fail(context, change, readers, f"drop {table_words(table)}", table)


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
        return
    table, column = change.replayed_table.name, change.replayed.name
    bound = _bound_to(context, table, column)
    how = f"change the type of {column_words(table, column)}"
    yield from _would_fail(context, change, bound, how, table)


def _column(
    change: c.ColumnRenamed | c.ColumnExtra | c.ColumnTypeChanged, context: Context, how: str
) -> Iterator[Finding]:
    """With a column fall its checks and indexes; a policy or a view that uses it stands firm."""
    table, column = change.replayed_table.name, change.replayed.name
    objects = [
        each
        for each in guards_of(context.replayed, table)
        if column in each.columns and each.kind != POLICY
    ]
    told = how.format(column_words(table, column))
    yield from _would_lose(context, change, objects, told, table)
    yield from _would_fail(context, change, _bound_to(context, table, column), told, table)


def _bound_to(context: Context, table: QualifiedName, column: str) -> list[Unseen]:
    """What PostgreSQL will not let a column be dropped or retyped under."""
    policies = [each for each in policies_of(context.replayed, table) if column in each.columns]
    return [*policies, *_views_on(context, {f"{table}.{column}"})]


def _views_on(context: Context, names: set[str]) -> list[Unseen]:
    found = {name for name, view in context.replayed.views.items() if view.depends_on & names}
    return [each for each in views(context.replayed, found) if each.is_standing]


def _would_lose(
    context: Context, change: c.Change, objects: list[Unseen], how: str, table: QualifiedName
) -> Iterator[Finding]:
    if not objects or is_written_in_sql(context):
        return
    yield unseen_object_lost.finding(
        subject=_subject(change, table),
        detail="would",
        message=(
            f"To settle the drift Prisma would {how}, and lose {listed(objects)} without a word."
        ),
        origin=context.place(*_histories(change)),
        remedy="Settle it by hand, in a migration that keeps or remakes what hangs on it.",
        related=_made(objects),
    )


def _would_fail(
    context: Context, change: c.Change, objects: list[Unseen], how: str, table: QualifiedName
) -> Iterator[Finding]:
    if not objects or is_written_in_sql(context):
        return
    verb = "depends" if len(objects) == 1 else "depend"
    yield unseen_object_lost.finding(
        subject=_subject(change, table),
        detail="in the way",
        message=(
            f"To settle the drift Prisma would {how}, which PostgreSQL refuses: "
            f"{listed(objects)} {verb} on it, and Prisma does not see that."
        ),
        origin=context.place(*_histories(change)),
        remedy="Settle it by hand, in a migration that drops what depends on it and remakes it.",
        related=_made(objects),
    )


def _histories(change: c.Change) -> Iterator[History]:
    for side in ("declared", "replayed"):
        yield getattr(getattr(change, side, None), "history", ())


def _subject(change: c.Change, table: QualifiedName) -> str:
    name = getattr(getattr(change, "replayed", None), "name", table)
    return str(table) if name == table else f"{table}.{name}"
