"""How much of a migration that failed took effect, judged by what the database holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from workers.engine.observed.course import Stage, steps
from workers.engine.observed.holding import Holding
from workers.engine.sql.replay import Ground, Migration, Replay

_MOST_STATEMENTS = 400


class Halfway(Struct, frozen=True):
    """A failed migration: the first so many of its statements stand in the database.

    `least` is the first number that fits, `most` the last: statements between the two change
    nothing that can be seen in a schema. `is_exact` is false where something else differs too;
    `line` is the last line of the last statement that certainly stands, from 1.
    """

    name: str
    total: int
    least: int
    most: int
    is_exact: bool
    line: int = 0

    @property
    def sentence(self) -> str:
        """What is known, as evidence."""
        name = f"`{self.name}`"
        if not self.is_exact:
            return (
                f"{name} never finished, and how much of it ran cannot be told from what is there"
            )
        if self.least == 0:
            return f"{name} never finished, and nothing that it makes is there"
        if self.least == self.total:
            return f"{name} never finished, and all that it makes is there"
        hidden = self.most - self.least
        unseen = f"; {hidden} more may have, without a trace in the schema" if hidden else ""
        return (
            f"{name} stopped half-way: {self.least} of its {self.total} statements took effect,"
            f" down to line {self.line}{unseen}"
        )


def halfway(
    applied: Sequence[Migration],
    failed: Migration,
    ground: Ground,
    before: Replay,
    nearest: Callable[[Sequence[Stage]], Holding],
) -> Halfway | None:
    """How far the failed one came, by the stage that the database is `nearest` to; None where it
    has no statements, or far too many."""
    found = steps(applied, failed, ground, before)
    if not 0 < len(found) <= _MOST_STATEMENTS:
        return None
    stages = [lambda: before.schema, *(stage for _, stage in found)]
    holding = nearest(stages)
    least = holding.first
    line = failed.source.line_and_column(found[least - 1][0])[0] if least else 0
    is_exact = not holding.differences
    return Halfway(failed.name, len(found), least, holding.count, is_exact, line)
