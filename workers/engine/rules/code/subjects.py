"""What the rules about code are handed: names of the database, with the code that uses them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.code.client import ClientSchema
from workers.engine.code.evidence import CodeUse, origin_of
from workers.engine.code.places import is_past, is_test
from workers.engine.code.rawsql import SqlTrouble, judge_queries
from workers.engine.code.reach import Trouble
from workers.engine.code.statements import PROVIDERS
from workers.engine.code.uses import Undeclared, Use, ValueUse
from workers.engine.compare import changes as c
from workers.engine.errors import Effect
from workers.engine.rules.code.advice import advised
from workers.engine.rules.code.creations import incomplete
from workers.engine.rules.code.departures import departures
from workers.engine.rules.code.repeats import repeats
from workers.engine.rules.context import Context
from workers.engine.schema.model import Schema
from workers.engine.source import Origin

MOST_FILES = 40
"""Of one missing name: what is more is counted."""


class Place(Struct, frozen=True):
    """A use as a rule shows it: what the code does there."""

    origin: Origin
    does: str
    """`reads`, `filters by`, `writes` ..."""


class MissingUsed(Struct, frozen=True):
    """One file's uses of something that the schema declares and no migration makes.

    `what` is the missing object for the reader, `subject` its name in the database; `is_whole`
    says that it is used only through queries that read every column.
    """

    what: str
    subject: str
    detail: str
    places: tuple[Place, ...]
    declared: Origin
    is_whole: bool = False
    files: int = 1
    is_value: bool = False
    is_doubted: bool = False
    """Whether a migration that fails names it: it may be there where somebody helped it along."""


class UndeclaredUsed(Struct, frozen=True):
    """A name that the client of this schema does not have, with all places of one file."""

    name: str
    owner: str
    what: str
    places: tuple[Origin, ...]


def places_of(uses: Iterable[Use | ValueUse]) -> tuple[Place, ...]:
    """The places of uses."""
    return tuple(Place(origin_of(use), use.how if isinstance(use, Use) else "uses") for use in uses)


def code_subjects(context: Context) -> Iterator[object]:
    """Everything that the code's uses have to do with the two sides."""
    code = context.code
    if code is None:
        return
    told: set[tuple[str, int]] = set()
    for change in context.comparison.changes:
        for one in _missing(change, context, code):
            missing = replace(one, is_doubted=_is_in_failing(context, one.subject))
            told.update((place.origin.path, place.origin.span.start) for place in missing.places)
            yield missing
    yield from _undeclared(code, context.base.code if context.base is not None else None)
    troubles = [
        trouble
        for trouble in _queries(context, code)
        if (trouble.origin.path, trouble.origin.span.start) not in told
    ]
    yield from _once_a_file(troubles)
    yield from departures(context, code)
    yield from incomplete(context, code)
    yield from repeats(code)
    if context.replay.schema.provider == "postgresql" and not context.replay.failures:
        yield from advised(context, code)


def _is_in_failing(context: Context, subject: str) -> bool:
    """Whether a migration that fails may be the one that makes an object, by the names in it."""
    failing = {failure.migration for failure in context.replay.failures}
    names = subject.split(".")[1:]
    return any(
        all(name in migration.source.text for name in names)
        for migration in context.migrations
        if migration.name in failing
    )


def _missing(change: c.Change, context: Context, code: CodeUse) -> Iterator[MissingUsed]:
    if isinstance(change, c.ColumnMissing | c.ColumnRenamed):
        yield from _column(change, context, code)
    elif isinstance(change, c.TableMissing | c.TableRenamed):
        yield from _table(change, context, code)
    elif isinstance(change, c.EnumValuesChanged):
        for value in change.missing:
            what = f"the value `{value.name}` of the enum `{change.declared.name.name}`"
            uses = code.of_value(change.declared.name, value.name)
            place = context.place(value.history, change.declared.history)
            subject = f"{change.declared.name}.{value.name}"
            yield from _by_file(uses, what, subject, place, is_value=True)


def _column(
    change: c.ColumnMissing | c.ColumnRenamed, context: Context, code: CodeUse
) -> Iterator[MissingUsed]:
    table, column = change.table.name, change.declared
    shown = table.name if table.schema == "public" else str(table)
    field = context.field_of(table, column.name)
    model = context.model_of(table)
    what = f"the column `{shown}.{column.name}`"
    if field is not None and model is not None:
        what = f"`{model.name}.{field.name}` (column `{shown}.{column.name}`)"
    place = context.place(column.history, change.table.history)
    subject = f"{table}.{column.name}"
    uses = [use for use in code.of_column(table, column.name) if not is_test(use.path)]
    yield from _by_file(uses, what, subject, place)
    named = {use.path for use in uses}
    whole = [
        use
        for use in code.whole(table, column.name)
        if not is_test(use.path) and use.path not in named
    ]
    if whole:
        files = len({use.path for use in whole})
        yield MissingUsed(what, subject, "*", places_of(whole), place, True, files)


def _table(
    change: c.TableMissing | c.TableRenamed, context: Context, code: CodeUse
) -> Iterator[MissingUsed]:
    table = change.declared.name
    if table in context.replayed.views:
        return  # a model over a view: Prisma's diff wants a table, a query does not
    shown = table.name if table.schema == "public" else str(table)
    model = context.model_of(table)
    what = f"`{model.name}` (table `{shown}`)" if model is not None else f"the table `{shown}`"
    uses = [use for use in code.of_table(table) if not is_test(use.path)]
    yield from _by_file(uses, what, str(table), context.place(change.declared.history))


def _by_file(
    uses: Iterable[Use | ValueUse],
    what: str,
    subject: str,
    declared: Origin,
    *,
    is_value: bool = False,
) -> Iterator[MissingUsed]:
    files = [(path, tuple(found)) for path, found in groupby(uses, key=lambda use: use.path)]
    for path, found in files[:MOST_FILES]:
        if not is_test(path):
            yield MissingUsed(
                what, subject, path, places_of(found), declared, False, len(files), is_value
            )


def _undeclared(code: CodeUse, base: CodeUse | None) -> Iterator[UndeclaredUsed]:
    """Names that were never declared; those that this change takes away are told elsewhere."""

    def key(one: Undeclared) -> tuple[str, str, str, str]:
        return one.path, one.what, one.owner, one.name

    for (path, what, owner, name), found in groupby(sorted(code.usage.undeclared, key=key), key):
        is_gone = base is not None and _is_declared(base.client, what, owner, name)
        if not is_test(path) and not is_past(path) and not is_gone:
            yield UndeclaredUsed(name, owner, what, tuple(origin_of(one) for one in found))


def _is_declared(client: ClientSchema, what: str, owner: str, name: str) -> bool:
    if what == "model":
        return name in client.by_delegate
    if what == "field":
        return client.field_of(owner, name) is not None
    enum = client.enums.get(owner)
    return enum is not None and name in enum.members


def _queries(context: Context, code: CodeUse) -> Iterator[SqlTrouble]:
    """What is wrong with SQL in code, where all that the migrations make is known."""
    replay = context.whole or context.replay
    if replay.schema.provider not in PROVIDERS or replay.failures or not replay.schema.tables:
        return
    if any(d.effect is Effect.UNKNOWN and not d.subjects for d in replay.diagnostics):
        return
    unsure = {subject for d in replay.diagnostics for subject in d.subjects}
    path = (context.project.default_schema if context.project else "public", "public")
    by_hand = context.by_hand.schema if context.by_hand is not None else None
    judged = judge_queries(code, replay.schema, tuple(dict.fromkeys(path)))
    code.unread_queries = judged.unread
    for one in judged.troubles:
        if _is_made(one.trouble, by_hand) or str(one.trouble.table) in unsure:
            continue
        if one.is_certain or one.knows_others:
            yield one


def _once_a_file(troubles: list[SqlTrouble]) -> Iterator[SqlTrouble]:
    """Each trouble once for a file, with all its places there."""
    found: dict[tuple[str, str, str, str], list[SqlTrouble]] = {}
    for one in troubles:
        told = one.trouble
        key = one.origin.path, told.kind, str(told.table), told.name.rpartition(".")[2]
        found.setdefault(key, []).append(one)
    for first, *others in found.values():
        yield replace(first, places=tuple(dict.fromkeys(one.origin for one in others)))


def _is_made(trouble: Trouble, schema: Schema | None) -> bool:
    """Whether SQL that somebody runs by hand makes what the migrations do not."""
    if schema is None or trouble.kind == "types":
        return False
    name = trouble.name.rpartition(".")[2]
    if trouble.kind == "table":
        return any(table.name == name for table in (*schema.tables, *schema.views))
    table = schema.tables.get(trouble.table) if trouble.table is not None else None
    return table is not None and table.column(name) is not None
