"""How far into a history a database came, judged by what it holds alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from workers.engine.observed.course import Stage
from workers.engine.observed.difference import Difference
from workers.engine.schema.model import Schema

Presence = Literal["there", "partly", "absent"]
Differ = Callable[[Schema], tuple[Difference, ...]]
"""What separates the database from a schema."""

_ALL = 24
"""So many stages are all looked at; of a longer history, so many and those near the best one."""
_MOST_ALIKE = 64
MOST_PENDING = 40
"""Of more migrations that wait it is not asked which of them are there already."""


class Holding(Struct, frozen=True):
    """The stage that a database is nearest to: its number, and what separates the two.

    `first` is the first stage at which as little does: what lies between changes nothing that can
    be seen in a schema.
    """

    count: int
    first: int
    differences: tuple[Difference, ...]


def nearest(stages: Sequence[Stage], differ: Differ) -> Holding:
    """The last of the stages from which the fewest differences separate the database."""
    found: dict[int, tuple[Difference, ...]] = {}

    def look(numbers: Iterable[int]) -> int:
        for number in numbers:
            if number not in found:
                found[number] = differ(stages[number]())
        return min(found, key=lambda number: (len(found[number]), -number))

    last = len(stages) - 1
    pace = max(1, last // _ALL + (last > _ALL))
    best = look({*range(0, last + 1, pace), last})
    while pace > 1:
        pace = max(1, pace // 4)
        near = range(best - 4 * pace, best + 4 * pace + 1, pace)
        best = look(number for number in near if 0 <= number <= last)
    first = best
    while first > max(0, best - _MOST_ALIKE):
        look((first - 1,))
        if len(found[first - 1]) != len(found[best]):
            break
        first -= 1
    return Holding(best, first, found[best])


def touches(one: Difference, subjects: Iterable[str]) -> bool:
    """Whether a difference is one of these objects, of a part of one, or of what holds one."""
    mine = one.subject
    return any(
        mine == other or mine.startswith(f"{other}.") or other.startswith(f"{mine}.")
        for other in subjects
    )


def presence(
    deltas: Mapping[str, frozenset[str]],
    before: Sequence[Difference],
    after: Sequence[Difference],
) -> dict[str, Presence]:
    """Which of the migrations that wait have left their traces in the database already.

    `deltas` holds, by migration, the subjects of what it changes; `before` and `after` what
    separates the database from the state before all of them and from that after them all.
    """
    found: dict[str, Presence] = {}
    for name, subjects in deltas.items():
        left = {one for one in subjects if any(touches(d, (one,)) for d in after)}
        seen = {one for one in subjects - left if any(touches(d, (one,)) for d in before)}
        found[name] = "absent" if not seen else "partly" if left else "there"
    return found
