"""Preparing what the history rules are handed, from the context of a pair."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare.changes import ColumnTypeChanged
from workers.engine.rules.context import Context
from workers.engine.rules.history.collision import collisions
from workers.engine.rules.history.failures import disorder, failed_migrations, refused_scripts
from workers.engine.rules.history.landing import landed_changes
from workers.engine.rules.history.late import late_migrations
from workers.engine.rules.history.makers import Makings, Missing
from workers.engine.rules.history.passed_over import stray_folders, unrun_sql
from workers.engine.rules.history.stamps import day_of, moved_to, stamp_of
from workers.engine.rules.history.subjects import (
    Copy,
    Disorder,
    EmptyMigration,
    FutureStamp,
    HistorySubject,
    LateMigration,
    Lock,
    SameNames,
    SharedStamp,
    TwiceMade,
    UnrunType,
    UnsortableName,
)
from workers.engine.rules.history.together import lone_halves
from workers.engine.rules.history.tokens import is_empty
from workers.engine.rules.history.transactions import shared_transactions
from workers.engine.settings import Settings
from workers.engine.sql.replay import Migration

_MANY = 3
_SLACK = 1
"""Days: it is tomorrow somewhere already."""


def history_subjects(context: Context) -> Iterator[HistorySubject]:
    """Everything worth a look in the history of one pair: of one that nothing reads, only that."""
    stray = list(stray_folders(context))
    if stray:
        yield from stray
        return
    for migration in context.migrations:
        if is_empty(migration.source.text):
            yield EmptyMigration(migration)
    pair = context.project
    is_found = pair is not None and pair.migrations is not None and pair.migrations.is_conventional
    if pair is not None and pair.is_prisma and is_found:
        yield from _names(context)
        yield from _lock(context)
    yield from failed_migrations(context)
    late = list(late_migrations(context))
    yield from late
    needed = disorder(context)
    if needed is not None and not _is_told(needed, late):
        yield needed
    yield from unrun_sql(context)
    yield from refused_scripts(context)
    for change in context.by_hand_changes:
        if isinstance(change, ColumnTypeChanged) and change.replayed.history:
            yield UnrunType(change)
    yield from landed_changes(context)
    yield from shared_transactions(context)
    yield from _twice(context)
    yield from _copies(context)
    yield from _future(context)
    yield from lone_halves(context)
    yield from collisions(context)


def _is_told(disorder: Disorder, late: list[LateMigration]) -> bool:
    """Whether only new migrations that come late fail: then it is they that must move."""
    names = {entry.migration.name for entry in late}
    return all(failure.migration in names for failure in disorder.failures)


def _names(context: Context) -> Iterator[HistorySubject]:
    by_stamp: dict[str, list[Migration]] = {}
    by_name: dict[str, list[Migration]] = {}
    stamped = [m for m in context.migrations if stamp_of(m.name)]
    for migration in context.migrations:
        stamp = stamp_of(migration.name)
        by_stamp.setdefault(stamp, []).append(migration)
        by_name.setdefault(migration.name[len(stamp) :].strip("_-"), []).append(migration)
        if not stamp and len(stamped) * 2 > len(context.migrations):
            yield UnsortableName(migration, tuple(stamped))
    for stamp, sharing in by_stamp.items():
        if len(sharing) > 1 and len(stamp) >= 12:
            yield SharedStamp(stamp, tuple(sharing))
    for name, sharing in by_name.items():
        if name and len(sharing) >= _MANY and len(sharing) * 2 > len(context.migrations):
            yield SameNames(name, tuple(sharing))


def _lock(context: Context) -> Iterator[Lock]:
    folder = context.project.migrations if context.project else None
    declared = context.declaration.datasource.get("provider", "").strip('"')
    if folder is None or not declared or declared.startswith("env:") or not folder.migrations:
        return
    path = f"{folder.path}/migration_lock.toml" if folder.path else "migration_lock.toml"
    same = {"postgres": "postgresql"}
    if same.get(declared, declared) != same.get(folder.lock_provider or "", folder.lock_provider):
        yield Lock(path, folder.lock_provider, declared, folder.has_lock)


def _copies(context: Context) -> Iterator[Copy]:
    """Migrations that say what an earlier one says."""
    first: dict[tuple[str, ...], Migration] = {}
    for migration in context.migrations:
        said = _said(migration.source.text)
        original = first.setdefault(said, migration)
        if said and original is not migration:
            yield Copy(migration, original)


def _said(text: str) -> tuple[str, ...]:
    """The lines of a text that are neither blank nor comments: quicker than its words."""
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith("--"))


def _future(context: Context) -> Iterator[FutureStamp]:
    """What is dated ahead; the engine has no clock, so somebody has to say the day."""
    today = context.settings.today if isinstance(context.settings, Settings) else None
    if today is None:
        return
    ahead = []
    past = []
    for migration in context.migrations:
        day = day_of(migration.name)
        if day is None or (day - today).days <= _SLACK:
            past.append(migration.name)
        else:
            ahead.append((migration, day))
    if ahead:
        (first, day), *later = ahead
        others = tuple(migration for migration, _ in later)
        new_name = moved_to(today, past, first.name)
        yield FutureStamp(first, day, (day - today).days, new_name, others)


def _twice(context: Context) -> Iterator[TwiceMade]:
    """Tables that this pair's migrations create, and another runner's too."""
    pair = context.project
    if pair is None or pair.schema is None or not pair.neighbours:
        return
    folders = tuple(f"{path}/" for path in pair.neighbours)
    others = [s for s in context.sources.values() if s.path.startswith(folders)]
    makings = Makings(source for source in others if source.path.endswith(".sql"))
    for name, table in context.replayed.tables.items():
        for place in makings.of(Missing("new table", name.name)):
            yield TwiceMade(str(name), table.history[0], place)
            break
