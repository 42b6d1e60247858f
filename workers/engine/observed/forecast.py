"""What the next deployment would do to a database as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from workers.engine.errors import Effect
from workers.engine.observed.applied import History
from workers.engine.observed.observation import Observation
from workers.engine.observed.rows import RowWatcher
from workers.engine.observed.rows_elsewhere import ElsewhereWatcher
from workers.engine.observed.standing import after, run_on, standing
from workers.engine.sql.replay import Failure, Ground, Migration

Outcome = Literal["runs", "fails", "not reached", "not judged"]


class Step(Struct, frozen=True):
    """One migration of a deployment: whether it runs there, and what refuses it if not."""

    migration: Migration
    outcome: Outcome
    failure: Failure | None = None
    is_late: bool = False
    """It sorts before one that has been applied there."""
    conditions: tuple[str, ...] = ()
    """What must be true of the rows that are there, which nobody has read."""


class Forecast(Struct, frozen=True):
    """A deployment: what blocks it before it begins (a sentence, else empty), and its steps."""

    blocked: str = ""
    steps: tuple[Step, ...] = ()

    @property
    def failing(self) -> Step | None:
        """The step that would fail, if one would."""
        return next((step for step in self.steps if step.outcome == "fails"), None)

    @property
    def will_succeed(self) -> bool:
        """Whether all would go through, as far as it could be judged."""
        return not self.blocked and self.failing is None


def forecast(
    observation: Observation,
    history: History,
    ground: Ground,
    *,
    holds_tables: bool,
    is_split: bool = True,
) -> Forecast:
    """Run what is pending on the database as it is, in the order of the runner.

    `holds_tables` says whether it holds tables that are no platform's, `is_split` whether the
    runner sends the statements of a migration one by one.
    """
    blocked = _blocked(history, holds_tables=holds_tables)
    if not history.pending:
        return Forecast(blocked)
    if ground.provider not in _JUDGED:
        late = history.late
        return Forecast(
            blocked,
            tuple(Step(m, "not judged", is_late=m.name in late) for m in history.pending),
        )
    outcome = _run(observation, history, ground, is_split=is_split)
    return Forecast(blocked, tuple(_steps(history, outcome, is_blocked=bool(blocked))))


_JUDGED = ("postgresql", "mysql", "sqlite")


_Outcome = tuple[dict[str, Failure], dict[str, list[str]], frozenset[str]]


def _steps(history: History, outcome: _Outcome, *, is_blocked: bool) -> Iterator[Step]:
    first, conditions, unread = outcome
    stopped = is_blocked
    for migration in history.pending:
        failure = first.get(migration.name)
        is_late = migration.name in history.late
        if stopped:
            yield Step(migration, "not reached", is_late=is_late)
        elif failure is not None:
            yield Step(migration, "fails", failure, is_late)
            stopped = True
        elif migration.source.path in unread:
            yield Step(migration, "not judged", is_late=is_late)
        else:
            told = tuple(dict.fromkeys(conditions.get(migration.name, ())))
            yield Step(migration, "runs", is_late=is_late, conditions=told)


def _run(observation: Observation, history: History, ground: Ground, *, is_split: bool) -> _Outcome:
    """By migration the failure that comes first, and what its rows must allow; and the paths of
    those that hold what could not be read."""
    watcher: RowWatcher | ElsewhereWatcher
    unread: frozenset[str] = frozenset()
    together: list[Failure] = []
    if ground.provider == "postgresql":
        start = standing(observation.schema, ground, observation.roles)
        watcher = RowWatcher.of(observation)
        outcome = after(start, history.pending, ground, watch=watcher)
        together = [] if is_split else _together(watcher, history.runner)
    else:
        watcher = ElsewhereWatcher.of(observation)
        outcome = run_on(observation.schema, history.pending, ground, watcher)
        unread = frozenset(
            one.origin.path
            for one in outcome.diagnostics
            if one.effect is Effect.UNKNOWN and one.origin is not None
        )
    conditions: dict[str, list[str]] = {}
    for one in watcher.conditions:
        conditions.setdefault(one.migration, []).append(one.text)
    first: dict[str, Failure] = {}
    for failure in (*outcome.failures, *watcher.refusals.values(), *together):
        known = first.get(failure.migration)
        if known is None or failure.origin.span.start < known.origin.span.start:
            first[failure.migration] = failure
    return first, conditions, unread


def _together(watcher: RowWatcher, runner: str) -> list[Failure]:
    """What is refused because a file is one transaction. The Supabase CLI runs a CONCURRENTLY apart
    from 2.109 on, and nothing says which it will be."""
    found = watcher.together.values()
    return [one for one in found if runner == "prisma" or one.sqlstate == "55P04"]


def _blocked(history: History, *, holds_tables: bool) -> str:
    if history.runner != "prisma":
        return ""
    if history.failed:
        names = ", ".join(f"`{name}`" for name in history.failed)
        return (
            f"{names} began there and never finished: `prisma migrate deploy` refuses to run"
            " anything (P3009) until it is resolved"
        )
    if not history.is_tracked and history.pending and holds_tables:
        return (
            "the database holds tables and no record of migrations: `prisma migrate deploy`"
            " refuses to run anything (P3005) until it is baselined"
        )
    return ""
