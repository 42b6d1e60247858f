"""The friendliest run of a history that fails: in the order that its migrations need.

Migrations are moved before those that wait for them as long as fewer statements are refused, and an
extension that no migration installs is taken as installed (providers do it, and people by hand).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from workers.engine.ordering import ordered, prelude
from workers.engine.rules.history.makers import Makings, missing_object
from workers.engine.sql.replay import Failure, Ground, Memo, Migration, Replay, replay

_ATTEMPTS = 12
_FEW = 1_500
"""Statements: a history of more is not run a dozen times."""


class Run(Struct, frozen=True):
    """A lenient run: the extensions taken as installed, the migrations in order, the outcome."""

    extensions: tuple[str, ...]
    order: tuple[Migration, ...]
    outcome: Replay

    @property
    def prelude(self) -> tuple[Migration, ...]:
        """What stands for the extensions."""
        return tuple(prelude(name) for name in self.extensions)


def friendliest(
    migrations: Sequence[Migration],
    ground: Ground,
    memo: Memo | None = None,
    strict: Replay | None = None,
) -> Run:
    """The run with the fewest refused statements that is found.

    `strict` is the run in which nothing stands of a file that fails: until the first one does, the
    lenient run is the same.
    """
    order = tuple(migrations)
    best = Run((), order, _lenient(order, ground, memo, strict))
    if not best.outcome.failures:
        return best
    makings = Makings(migration.source for migration in migrations)
    if ground.provider == "postgresql":
        found = ordered(order, best.outcome, makings, ground)
        if len(found.outcome.failures) < len(best.outcome.failures):
            best = Run(found.extensions, found.migrations, found.outcome)
    if len(best.outcome.steps) > _FEW:
        return best
    return _attempted(best, makings, ground)


def _lenient(
    order: tuple[Migration, ...], ground: Ground, memo: Memo | None, strict: Replay | None
) -> Replay:
    if strict is None or not strict.marks:
        return replay(order, ground, memo, lenient=True)
    number, before = strict.marks[0]
    begun = Replay(strict.schema, tail=[(number, before)])
    outcome = replay(order, ground, memo, lenient=True, start=begun)
    first = {migration.source.path for migration in order[:number]}
    outcome.diagnostics = [
        *(one for one in strict.diagnostics if one.origin and one.origin.path in first),
        *outcome.diagnostics,
    ]
    outcome.steps = [*(s for s in strict.steps if s.origin.path in first), *outcome.steps]
    return outcome


def _attempted(best: Run, makings: Makings, ground: Ground) -> Run:
    """One change after the other, each a replay of its own."""
    tried: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
    while best.outcome.failures and len(tried) < _ATTEMPTS:
        for extensions, order in _improvements(best, makings):
            key = (extensions, tuple(migration.name for migration in order))
            if key not in tried:
                break
        else:
            break
        tried.add(key)
        whole = (*(prelude(name) for name in extensions), *order)
        outcome = replay(whole, ground, lenient=True)
        if len(outcome.failures) < len(best.outcome.failures):
            best = Run(extensions, order, outcome)
    return best


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
