"""What the next deployment would do to a database as it is."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from workers.engine.observed.applied import History
from workers.engine.observed.observation import Observation
from workers.engine.observed.standing import after, standing
from workers.engine.sql.replay import Failure, Ground, Migration

Outcome = Literal["runs", "fails", "not reached", "not judged"]


class Step(Struct, frozen=True):
    """One migration of a deployment: whether it runs there, and what refuses it if not."""

    migration: Migration
    outcome: Outcome
    failure: Failure | None = None
    is_late: bool = False
    """It sorts before one that has been applied there."""


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
    observation: Observation, history: History, ground: Ground, *, holds_tables: bool
) -> Forecast:
    """Run what is pending on the database as it is, in the order of the runner.

    `holds_tables` says whether it holds tables that are no platform's.
    """
    blocked = _blocked(history, holds_tables=holds_tables)
    if not history.pending:
        return Forecast(blocked)
    if ground.provider != "postgresql":
        # Only a PostgreSQL database can be taken up as it is and replayed on.
        late = history.late
        return Forecast(
            blocked,
            tuple(Step(m, "not judged", is_late=m.name in late) for m in history.pending),
        )
    outcome = after(
        standing(observation.schema, ground, observation.roles), history.pending, ground
    )
    first = {failure.migration: failure for failure in reversed(outcome.failures)}
    steps: list[Step] = []
    stopped = bool(blocked)
    for migration in history.pending:
        failure = first.get(migration.name)
        is_late = migration.name in history.late
        if stopped:
            steps.append(Step(migration, "not reached", is_late=is_late))
        elif failure is not None:
            steps.append(Step(migration, "fails", failure, is_late))
            stopped = True
        else:
            steps.append(Step(migration, "runs", is_late=is_late))
    return Forecast(blocked, tuple(steps))


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
