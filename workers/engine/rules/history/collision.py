"""Migrations of other open pull requests that this one's may collide with."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.project.paths import folder_of, name_of
from workers.engine.rules.context import Context
from workers.engine.rules.history.made import objects
from workers.engine.rules.history.places import is_prisma
from workers.engine.rules.history.stamps import stamp_of
from workers.engine.rules.history.subjects import Collision, NotCompared
from workers.engine.schema.model import Schema
from workers.engine.snapshot import OpenPull
from workers.engine.sql.replay import Migration

_STAMP = 12
"""Digits: a shorter number is a counter, which two branches share by its nature."""


def brought(context: Context) -> dict[str, frozenset[str]]:
    """What each new migration of a pull request touches, by its path: `table public.User`.

    What is gone can be told of no single one, so it counts for all of them.
    """
    if context.base is None:
        return {}
    gone = _gone(context.base.replayed, context.replayed)
    touched: dict[str, set[str]] = {m.source.path: set() for m in _new(context)}
    for kind, name, table, history in objects(context.replayed):
        for origin in history:
            if origin.path in touched:
                touched[origin.path].update(_labels(kind, name, table))
    return {path: frozenset(found) | gone for path, found in touched.items()}


def collisions(context: Context) -> Iterator[Collision | NotCompared]:
    """What the other pull requests bring into the same folder, against what this one does."""
    new = _new(context)
    if not new or not context.others:
        return
    ours = {migration.source.path for migration in new}
    mine = brought(context)
    unknown: list[int] = []
    for other in context.others:
        theirs = _migrations(other, context)
        if not theirs or ours.intersection(theirs.values()):
            continue  # one is built upon the other
        yield from _same_stamps(new, other, theirs)
        if other.touched is None:
            unknown.append(other.number)
        else:
            yield from _same_objects(new, mine, other, theirs)
    if unknown:
        yield NotCompared(new[0], tuple(unknown))


def _new(context: Context) -> list[Migration]:
    landed = {migration.name for migration in context.base.migrations} if context.base else set()
    return [migration for migration in context.migrations if migration.name not in landed]


def _migrations(other: OpenPull, context: Context) -> dict[str, str]:
    """The other's new migrations in this pair's folder: path by name."""
    found = {}
    for path in other.paths:
        if is_prisma(context):
            if name_of(path) != "migration.sql":
                continue
            name, folder = name_of(folder_of(path)), folder_of(folder_of(path))
        else:
            name, folder = name_of(path).removesuffix(".sql"), folder_of(path)
        if folder == context.migrations_path:
            found[name] = path
    return found


def _same_stamps(
    new: list[Migration], other: OpenPull, theirs: dict[str, str]
) -> Iterator[Collision]:
    for migration in new:
        stamp = stamp_of(migration.name)
        for name in sorted(theirs):
            if len(stamp) >= _STAMP and stamp_of(name) == stamp:
                yield Collision(migration, other.number, name, "stamp", stamp)


def _same_objects(
    new: list[Migration],
    mine: dict[str, frozenset[str]],
    other: OpenPull,
    theirs: dict[str, str],
) -> Iterator[Collision]:
    """The worst for each pair of migrations: one object, else one table."""
    for migration in new:
        for name, path in sorted(theirs.items()):
            shared = mine[migration.source.path] & (other.touched or {}).get(path, frozenset())
            tables = sorted(label for label in shared if label.startswith("table "))
            within = sorted(label for label in shared if not label.startswith("table "))
            if within:
                yield Collision(migration, other.number, name, "object", within[0])
            elif tables:
                yield Collision(migration, other.number, name, "table", tables[0])


def _labels(kind: str, name: str, table: str | None) -> Iterator[str]:
    """How an object is written, with the table that it belongs to."""
    if kind == "table":
        yield f"table {table}"
        return
    yield f"{kind} {name}"
    if table is not None:
        yield f"table {table}"


def _gone(before: Schema, after: Schema) -> frozenset[str]:
    """What the base has and the head does not, with the tables that it belonged to."""
    left = {(kind, name, table) for kind, name, table, _ in objects(after)}
    return frozenset(
        label
        for kind, name, table, _ in objects(before)
        if (kind, name, table) not in left
        for label in _labels(kind, name, table)
    )
