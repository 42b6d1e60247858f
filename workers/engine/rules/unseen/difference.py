"""What migrations under review do to objects that Prisma's engine does not see.

Under review are those that the base does not have; without a base it is the newest one alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from workers.engine.reading import ground_of
from workers.engine.rules.context import Context
from workers.engine.rules.unseen.details import (
    COMMENTS,
    CONSTRAINT_OPTIONS,
    GRANTS,
    IDENTITY,
    INDEX_DETAILS,
    UNIQUE_CONSTRAINTS,
)
from workers.engine.rules.unseen.objects import SECURITY, TRIGGER, unseen_objects
from workers.engine.rules.unseen.unseen import Unseen
from workers.engine.schema.model import ForeignKey, Index, KeyConstraint, Schema, Table
from workers.engine.settings import Settings
from workers.engine.source import Origin, Span
from workers.engine.sql.replay import Step, replay
from workers.engine.sql.words import words


class Passage(Struct, frozen=True):
    """The schema before the migrations under review, and the statements that they run."""

    before: Schema
    steps: tuple[Step, ...]
    said: tuple[frozenset[str], ...]
    """The words of each statement, without quotes."""
    paths: frozenset[str]


class Shift(Struct):
    """What happens to the objects of one kind; `changed` holds them as they are afterwards."""

    added: list[Unseen] = field(default_factory=list)
    changed: list[Unseen] = field(default_factory=list)
    dropped: list[Unseen] = field(default_factory=list)


class Shifts(Struct, frozen=True):
    """What migrations under review do to what Prisma does not see, kind by kind."""

    passage: Passage
    known: frozenset[str]
    """The kinds of which there was something before."""
    kinds: dict[str, Shift]


def unseen_subjects(context: Context) -> Iterator[Shifts]:
    """What the migrations under review do, where there are any and it can be told."""
    passage = _passage_of(context)
    if passage is not None:
        before = list(unseen_objects(passage.before))
        known = frozenset(each.kind for each in before if each.is_standing)
        yield Shifts(passage, known, _shifts(context, passage, before))


def _passage_of(context: Context) -> Passage | None:
    """The way from before to after; None where there is none, or it cannot be told."""
    if context.is_base or context.replay.failures or not context.migrations:
        return None
    if context.base is not None:
        changed = context.changed or frozenset()
        paths = frozenset(m.source.path for m in context.migrations if m.source.path in changed)
        if not paths or context.base.replay.failures:
            return None
        before = context.base.replayed
    else:
        paths = frozenset({context.migrations[-1].source.path})
        before = _without_last(context)
    steps = tuple(step for step in context.replay.steps if step.origin.path in paths)
    return Passage(before, steps, tuple(_said(context, step) for step in steps), paths)


def _said(context: Context, step: Step) -> frozenset[str]:
    return frozenset(
        word.strip('"').replace('""', '"') for word in words(text_at(context, step.origin))
    )


def _without_last(context: Context) -> Schema:
    """The state before the newest migration, which the replay has kept."""
    settings = context.settings if isinstance(context.settings, Settings) else Settings()
    if context.project is None or len(context.migrations) < 2:
        return Schema()
    ground = ground_of(context.project, settings, context.declaration)
    return replay(context.migrations[:-1], ground, start=context.replay).schema


def _shifts(context: Context, passage: Passage, objects: Iterable[Unseen]) -> dict[str, Shift]:
    """What became of each kind of the objects that were there before; tables and columns that go
    or are renamed take theirs along."""
    before = {each.key: each for each in objects}
    after = {each.key: each for each in unseen_objects(context.replayed)}
    found: dict[str, Shift] = {}
    for key, each in after.items():
        old = before.get(key)
        if old is None:
            found.setdefault(each.kind, Shift()).added.append(each)
        elif _figure(context, old) != _figure(context, each):
            found.setdefault(each.kind, Shift()).changed.append(each)
    for key, each in before.items():
        if key not in after:
            found.setdefault(each.kind, Shift()).dropped.append(each)
    for shift in found.values():
        _pass_over_renames(shift)
        shift.dropped = [each for each in shift.dropped if _is_orphaned(context, passage, each)]
        shift.added = [
            each
            for each in shift.added
            if each.is_standing and each.kind != UNIQUE_CONSTRAINTS  # it is seen as an index
        ]
    return {
        kind: shift
        for kind, shift in found.items()
        if shift.added or shift.changed or shift.dropped
    }


def _figure(context: Context, each: Unseen) -> str:
    """All of an object that can change; of a trigger that is its statement."""
    if each.kind != TRIGGER or not each.history:
        return each.figure
    return f"{each.figure} {' '.join(words(text_at(context, each.history[0])))}"


def text_at(context: Context, origin: Origin) -> str:
    """The text of a place; empty where its file is not read."""
    source = context.sources.get(origin.path)
    if source is None:
        migration = context.migration_of(origin)
        source = migration.source if migration is not None else None
    return source.text[origin.span.start : origin.span.end] if source else ""


def _pass_over_renames(shift: Shift) -> None:
    """What the same statement made is the same object, under another name or on another table."""
    for old in list(shift.dropped):
        for new in shift.added:
            is_same = old.figure == new.figure and old.history[:1] == new.history[:1]
            if is_same and old.history and (old.name == new.name or old.table == new.table):
                shift.dropped.remove(old)
                shift.added.remove(new)
                break


def _is_orphaned(context: Context, passage: Passage, each: Unseen) -> bool:
    """Whether what the object stood on is still there, so that it did not simply go along."""
    table = context.replayed.tables.get(each.table)
    if table is None:
        return each.table not in passage.before.tables
    if each.kind in (UNIQUE_CONSTRAINTS, IDENTITY):
        return False  # Prisma sees that the whole is gone
    if each.kind in (INDEX_DETAILS, CONSTRAINT_OPTIONS):
        return each.name in _parts(table)
    if each.kind == COMMENTS:
        return all(table.column(column) is not None for column in each.columns)
    return True


def _parts(table: Table) -> set[str]:
    """The names of a table's indexes and keys."""
    parts: tuple[Index | ForeignKey | KeyConstraint, ...] = (
        *table.indexes,
        *table.foreign_keys,
        *table.uniques,
    )
    names = {part.name for part in parts}
    return names | {table.primary_key.name} if table.primary_key else names


def is_named(passage: Passage, each: Unseen) -> bool:
    """Whether a statement under review takes the object away by its name."""
    return any(_names(said, each) for said in passage.said)


def _names(said: frozenset[str], each: Unseen) -> bool:
    loud = {word.upper() for word in said}
    if each.kind == SECURITY:
        return {"DISABLE", "SECURITY"} <= loud and each.table.name in said
    if each.kind == GRANTS:
        return "REVOKE" in loud and each.table.name.partition("(")[0] in said
    return "DROP" in loud and each.name in said


def place_of(passage: Passage, objects: Iterable[Unseen]) -> Origin:
    """The statement under review that did it: to the first object that one can be told for."""
    found = next(_places(passage, objects), None)
    if found is not None:
        return found
    return passage.steps[0].origin if passage.steps else Origin(min(passage.paths), Span(0, 0))


def _places(passage: Passage, objects: Iterable[Unseen]) -> Iterator[Origin]:
    for each in objects:
        yield from (origin for origin in each.history[::-1] if origin.path in passage.paths)
        for step, said in zip(passage.steps, passage.said, strict=True):
            if _names(said, each):
                yield step.origin
        keys = {f"{each.table}.{each.name}", f"{each.table.schema}.{each.name}", str(each.table)}
        yield from (step.origin for step in passage.steps if step.drops & keys)
        yield from (step.origin for step in passage.steps if str(each.table) in step.touches)
