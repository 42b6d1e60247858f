"""The friendliest run of a history that fails: in the order that its migrations need.

Migrations are moved before those that wait for them as long as fewer statements are refused, and an
extension that no migration installs is taken as installed (providers do it, and people by hand).
Each attempt is a replay, so attempts are few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from workers.engine.rules.history.makers import Makings, missing_object
from workers.engine.schema.names import quote
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Failure, Ground, Memo, Migration, Replay, replay

_ATTEMPTS = 12


class Run(Struct, frozen=True):
    """A lenient run: the extensions taken as installed, the migrations in order, the outcome."""

    extensions: tuple[str, ...]
    order: tuple[Migration, ...]
    outcome: Replay

    @property
    def prelude(self) -> tuple[Migration, ...]:
        """What stands for the extensions."""
        return tuple(prelude(name) for name in self.extensions)


def prelude(extension: str) -> Migration:
    """A migration of no file that installs an extension."""
    text = f"CREATE EXTENSION IF NOT EXISTS {quote(extension)};"
    return Migration("", SourceFile("", text))


def friendliest(migrations: Sequence[Migration], ground: Ground, memo: Memo | None = None) -> Run:
    """The run with the fewest refused statements that few attempts find."""
    best = _run((), tuple(migrations), ground, memo)
    makings = (
        Makings(migration.source for migration in migrations) if best.outcome.failures else None
    )
    tried: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
    attempts = 0
    while makings is not None and best.outcome.failures and attempts < _ATTEMPTS:
        for extensions, order in _improvements(best, makings):
            key = (extensions, tuple(migration.name for migration in order))
            if key not in tried:
                break
        else:
            break
        tried.add(key)
        attempts += 1
        candidate = _changed(best, extensions, order, ground)
        if len(candidate.outcome.failures) < len(best.outcome.failures):
            best = candidate
    return best


def _run(
    extensions: tuple[str, ...],
    order: tuple[Migration, ...],
    ground: Ground,
    memo: Memo | None,
) -> Run:
    whole = (*(prelude(name) for name in extensions), *order)
    return Run(extensions, order, replay(whole, ground, memo, lenient=True))


def _changed(
    best: Run, extensions: tuple[str, ...], order: tuple[Migration, ...], ground: Ground
) -> Run:
    """Another order, replayed from where it leaves the best one, and given up where it is no
    better: a history of hundreds of files is tried a dozen times."""
    whole = (*(prelude(name) for name in extensions), *order)
    begun, known = Replay(best.outcome.schema), best.outcome
    if extensions == best.extensions:
        same = next(
            (at for at, (a, b) in enumerate(zip(order, best.order, strict=True)) if a is not b),
            len(order),
        )
        begun.tail = [mark for mark in known.marks if mark[0] <= len(extensions) + same][-1:]
    number = begun.tail[0][0] if begun.tail else 0
    paths = {migration.source.path for migration in whole[:number]}
    failures = [one for one in known.failures if one.origin.path in paths]
    most = len(known.failures) - len(failures)
    outcome = replay(whole, ground, lenient=True, start=begun, most=most)
    outcome.failures = [*failures, *outcome.failures]
    told = [one for one in known.diagnostics if one.origin and one.origin.path in paths]
    outcome.diagnostics = [*told, *outcome.diagnostics]
    outcome.steps = [*(one for one in known.steps if one.origin.path in paths), *outcome.steps]
    outcome.marks = [*(mark for mark in known.marks if mark[0] < number), *outcome.marks]
    return Run(extensions, order, outcome)


def _improvements(
    run: Run, makings: Makings
) -> Iterator[tuple[tuple[str, ...], tuple[Migration, ...]]]:
    """What could be done about each failure: install an extension, move a migration before it."""
    for failure in run.outcome.failures:
        missing = missing_object(failure.message)
        if missing is None:
            continue
        at = _position(failure, run.order)
        later = run.order[at + 1 :] if at is not None else ()
        by_path = {migration.source.path: migration for migration in later}
        for place in makings.of(missing):
            if place.path not in by_path:
                continue
            yield run.extensions, _moved(run.order, by_path[place.path], at or 0)
        extension = missing.extension
        if extension is not None and extension not in run.extensions:
            yield (*run.extensions, extension), run.order


def _position(failure: Failure, order: tuple[Migration, ...]) -> int | None:
    for at, migration in enumerate(order):
        if migration.source.path == failure.origin.path:
            return at
    return None


def _moved(order: tuple[Migration, ...], migration: Migration, to: int) -> tuple[Migration, ...]:
    rest = [other for other in order if other is not migration]
    return (*rest[:to], migration, *rest[to:])
