"""The order that migrations need, found while they run.

One pass over the files in the order of their names. Where one is refused what a later one makes,
that one is run before it, and so is what it waits for itself; it stays there if fewer statements of
both are refused so. Tries are taken back, and of a long history only so many are made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from workers.engine.rules.history.makers import Makings, Missing, missing_object
from workers.engine.schema.names import quote
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Ground, Migration, Replay
from workers.engine.sql.trial import Ran, Trial

_LONGEST = 6
"""Files that wait for one another."""
_LEAST = 2_000
"""Statements: as many are tried as have been run for good, but at least these."""


class Order(Struct, frozen=True):
    """An order, the extensions taken as installed before it, and what comes of it."""

    extensions: tuple[str, ...]
    migrations: tuple[Migration, ...]
    outcome: Replay


def prelude(extension: str) -> Migration:
    """A migration of no file that installs an extension."""
    text = f"CREATE EXTENSION IF NOT EXISTS {quote(extension)};"
    return Migration("", SourceFile("", text))


def ordered(
    migrations: Sequence[Migration], known: Replay, makings: Makings, ground: Ground
) -> Order:
    """The order that is found; `known` is the lenient run in the order of the names."""
    return _Search(migrations, known, makings, ground).run()


class _Search:
    def __init__(
        self, migrations: Sequence[Migration], known: Replay, makings: Makings, ground: Ground
    ) -> None:
        self._waiting = {migration.source.path: migration for migration in migrations}
        self._known = Counter(failure.origin.path for failure in known.failures)
        self._makings = makings
        self._trial = Trial(ground)
        self._done: list[Ran] = []
        self._start = Replay(known.schema)
        self._first: tuple[Migration, ...] = ()
        if known.marks:
            self._resume(tuple(migrations), known)
        self._installed: dict[str, Ran] = {}
        self._settled: set[tuple[str, str]] = set()

    def _resume(self, migrations: tuple[Migration, ...], known: Replay) -> None:
        """Begin at the first file that fails: what was run before it stays where it is.

        Of a run that a memo knew the beginning of, the first mark may be a later one's.
        """
        number, before = known.marks[0]
        if migrations[number].source.path != known.failures[0].origin.path:
            return
        self._first = migrations[:number]
        paths = {migration.source.path for migration in self._first}
        for path in paths:
            del self._waiting[path]
        told = [one for one in known.diagnostics if one.origin and one.origin.path in paths]
        steps = [step for step in known.steps if step.origin.path in paths]
        self._start = Replay(known.schema, diagnostics=told, steps=steps)
        self._trial.begin(before)

    def run(self) -> Order:
        while self._waiting:
            path = next(iter(self._waiting))
            ran = self._trial.run(self._waiting.pop(path))
            if not self._is_put_off(ran):
                self._done.append(ran)
        done = (*self._installed.values(), *self._done)
        order = (*self._first, *(ran.migration for ran in self._done))
        outcome = self._trial.finish(self._start, len(self._first), done)
        return Order(tuple(self._installed), order, outcome)

    def _is_put_off(self, ran: Ran) -> bool:
        """Whether the file is to run again, after what it misses; that comes first then."""
        tried: set[str] = set()
        for missing in _missing(ran):
            for maker in self._makers(missing, ran):
                path = maker.source.path
                if path in tried or self._is_spent():
                    continue
                tried.add(path)
                chain = self._pulled(ran, maker)
                if chain:
                    self._trial.take_back(ran)
                    self._put_first((*chain, ran.migration))
                    return True
            if self._is_extended(ran, missing.extension):
                self._put_first((ran.migration,))
                return True
        if tried:
            self._trial.go_on(ran)
        return False

    def _put_first(self, migrations: tuple[Migration, ...]) -> None:
        """Let files run next, in this order; the last is never again put before the others."""
        *chain, last = migrations
        self._settled |= {(last.source.path, one.source.path) for one in chain}
        first = {migration.source.path: migration for migration in migrations}
        self._waiting = {**first, **{p: m for p, m in self._waiting.items() if p not in first}}

    def _is_spent(self) -> bool:
        """Whether the tries have cost as much as they may."""
        kept = sum(ran.work for ran in self._done)
        return self._trial.work - kept > max(_LEAST, kept)

    def _makers(self, missing: Missing, ran: Ran) -> list[Migration]:
        """The later files that make something and may run before another."""
        here = ran.migration.source.path
        paths = (place.path for place in self._makings.of(missing))
        free = (path for path in paths if (path, here) not in self._settled)
        return [self._waiting[path] for path in free if path in self._waiting]

    def _pulled(self, ran: Ran, maker: Migration) -> tuple[Migration, ...]:
        """A later file, after those that it waits for, to run before this one; none where that is
        no better.

        Each counts as many refused statements as it had in its own place.
        """
        chain = [maker]
        while True:
            self._trial.take_back(ran)
            runs = [self._trial.run(one) for one in (*chain, ran.migration)]
            before = ran.count + sum(self._known[one.source.path] for one in chain)
            if sum(one.count for one in runs) < before:
                return tuple(chain)
            first = self._awaited(runs[:-1], chain)
            if first is None or len(chain) == _LONGEST or self._is_spent():
                return ()
            chain.insert(0, first)

    def _awaited(self, runs: list[Ran], chain: list[Migration]) -> Migration | None:
        """A later file that makes what one of these misses."""
        for ran in runs:
            for missing in _missing(ran):
                for maker in self._makers(missing, ran):
                    if maker not in chain:
                        return maker
        return None

    def _is_extended(self, ran: Ran, extension: str | None) -> bool:
        """Whether an extension was missing and helps; it is installed then, and the file is not
        yet run."""
        if extension is None or extension in self._installed or self._is_spent():
            return False
        self._trial.take_back(ran)
        installed = self._trial.run(prelude(extension))
        again = self._trial.run(ran.migration)
        self._trial.go_on(installed if again.count < ran.count else ran)
        if again.count < ran.count:
            self._installed[extension] = installed
        return again.count < ran.count


def _missing(ran: Ran) -> Iterator[Missing]:
    """What the refused statements of a file miss, each once."""
    found: set[Missing] = set()
    for failure in ran.outcome.failures:
        missing = missing_object(failure.message)
        if missing is not None and missing not in found:
            found.add(missing)
            yield missing
