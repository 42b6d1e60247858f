"""Why migrations fail on an empty database, and in which order they would not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec.structs import replace

from workers.engine.rules.context import Context
from workers.engine.rules.history.makers import Makings, Missing, missing_object
from workers.engine.rules.history.stamps import between
from workers.engine.rules.history.subjects import (
    Disorder,
    FailedMigration,
    Maker,
    Move,
    RefusedScript,
)
from workers.engine.sql.replay import Failure, Migration, Replay

_ALREADY_THERE = frozenset({"42P07", "42710", "42701", "42723", "42P06", "42P16", "23505"})


def failed_migrations(context: Context) -> Iterator[FailedMigration]:
    """Each failure in name order, those that only follow from an earlier one told with it."""
    failures = in_name_order(context).failures
    if not failures:
        return
    still = {failure.migration for failure in in_needed_order(context).failures}
    sql = (s for s in context.sources.values() if s.path.lower().endswith(".sql"))
    makings = Makings(sql)
    found = [_with_makers(failure, context, still, makings) for failure in failures]
    causes = _causes(found)
    for entry in found:
        name = entry.failure.migration
        if causes[name] == name:
            follow = (f.failure for f in found if causes[f.failure.migration] == name)
            yield replace(entry, consequences=tuple(f for f in follow if f.migration != name))


def _causes(found: list[FailedMigration]) -> dict[str, str]:
    """Which failure each comes from, by name: an earlier one's, or one that misses the same."""
    causes: dict[str, str] = {}
    first_of: dict[Missing, str] = {}
    for entry in found:
        name = entry.failure.migration
        earlier = next((m.name for m in entry.makers if m.stands == "failed"), None)
        cause = causes.get(earlier, name) if earlier is not None else name
        if cause == name and entry.missing is not None:
            cause = first_of.setdefault(entry.missing, name)
        causes[name] = cause
    return causes


def disorder(context: Context) -> Disorder | None:
    """What has to move, where another order runs further than that of the names."""
    if context.order is None:
        return None
    by_name = {migration.name: migration for migration in context.migrations}
    order = tuple(by_name[name] for name in context.order)
    still = {failure.migration for failure in in_needed_order(context).failures}
    mended = tuple(f for f in in_name_order(context).failures if f.migration not in still)
    return Disorder(order, tuple(moves(context.migrations, order)), mended, len(still))


def refused_scripts(context: Context) -> Iterator[RefusedScript]:
    """What the database would refuse of the SQL that nobody runs."""
    if context.by_hand is None:
        return
    ours = {migration.source.path for migration in context.migrations}
    for failure in context.by_hand.failures:
        path = failure.origin.path
        if path not in ours and failure.sqlstate not in _ALREADY_THERE and path in context.sources:
            yield RefusedScript(failure, context.sources[path])


def in_name_order(context: Context) -> Replay:
    """The run in the order of the names."""
    return context.in_name_order or context.replay


def in_needed_order(context: Context) -> Replay:
    """The run in the friendliest order, statement by statement."""
    return context.replay


def moves(names: Sequence[Migration], order: Sequence[Migration]) -> Iterator[Move]:
    """The fewest migrations that must change their places, each with a name that puts it there."""
    position = {migration.name: at for at, migration in enumerate(names)}
    kept = _kept([position[migration.name] for migration in order])
    placed: list[str] = []
    for at, migration in enumerate(order):
        if position[migration.name] in kept:
            placed.append(migration.name)
            continue
        after = next((m.name for m in order[at + 1 :] if position[m.name] in kept), None)
        before = placed[-1] if placed else None
        new_name = between(before, after, migration.name)
        placed.append(new_name)
        yield Move(migration, position[migration.name] + 1, at + 1, new_name)


def _kept(numbers: list[int]) -> set[int]:
    """What may stay where it is: of two ways that move as few, the one that moves them earlier.

    Who reads "`init` has to run first" knows what to do; that everything else has to wait for it
    says the same and helps less.
    """
    one = _longest_rising(numbers)
    other = {-number for number in _longest_rising([-number for number in reversed(numbers)])}

    def moved_earlier(kept: set[int]) -> int:
        return sum(at < number for at, number in enumerate(numbers) if number not in kept)

    return max((one, other), key=moved_earlier)


def _longest_rising(numbers: list[int]) -> set[int]:
    """The longest rising subsequence: what may stay where it is."""
    best: list[list[int]] = []
    whole: list[int] = []
    for number in numbers:
        longest: list[int] = []
        for chain in best:
            if chain[-1] < number and len(chain) > len(longest):
                longest = chain
        best.append([*longest, number])
        if len(best[-1]) > len(whole):
            whole = best[-1]
    return set(whole)


def _with_makers(
    failure: Failure, context: Context, still: set[str], makings: Makings
) -> FailedMigration:
    missing = missing_object(failure.message)
    found = tuple(_makers(failure, missing, context, makings)) if missing is not None else ()
    return FailedMigration(
        failure, missing, found, is_mended_by_order=failure.migration not in still
    )


def _makers(
    failure: Failure, missing: Missing, context: Context, makings: Makings
) -> Iterator[Maker]:
    failed = {f.migration for f in in_name_order(context).failures}
    names = {m.source.path: m.name for m in context.migrations}
    for origin in makings.of(missing):
        name = names.get(origin.path)
        if name is None:
            stands = _stands(origin.path, context)
            if stands is not None:
                yield Maker(origin.path, origin, stands)
        elif name > failure.migration:
            yield Maker(name, origin, "later")
        elif name != failure.migration and name in failed:
            yield Maker(name, origin, "failed")


def _stands(path: str, context: Context) -> Literal["unrun", "elsewhere"] | None:
    """How a file that is no migration of this folder counts; None where it is too far away."""
    pair = context.project
    if pair is None or pair.migrations is None:
        return None
    if any(path.startswith(folder + "/") for folder in pair.neighbours):
        return "elsewhere"
    folder = pair.migrations
    unrun = (*folder.loose, *folder.nested, *folder.above, *pair.hand_run)
    return "unrun" if any(source.path == path for source in unrun) else None
