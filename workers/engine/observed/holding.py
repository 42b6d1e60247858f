"""How far into a history a database came, judged by what it holds alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from workers.engine.observed.course import Stage
from workers.engine.observed.difference import Difference
from workers.engine.schema.model import Schema

Presence = Literal["there", "partly", "absent"]
Differ = Callable[[Schema], tuple[Difference, ...]]
"""What separates the database from a schema."""

_ALL = 12
"""Of more stages that are alike by name, so many are compared in full, and those near the best."""
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


def nearest(stages: Sequence[Stage], differ: Differ, there: frozenset[str]) -> Holding:
    """The last of the stages from which the fewest differences separate the database.

    `there` are the names of what it holds. Names are quickly compared: only the stages that come
    nearest by them are compared in full.
    """
    far = [len(there ^ names_of(stage())) for stage in stages]
    alike = [number for number, count in enumerate(far) if count == min(far)]
    pace = max(1, -(-len(alike) // _ALL))
    found: dict[int, tuple[Difference, ...]] = {}

    def count_at(number: int) -> int:
        if number not in found:
            found[number] = differ(stages[number]())
        return len(found[number])

    best = min({*alike[::pace], alike[-1]}, key=lambda number: (count_at(number), -number))
    if pace > 1:
        near = [number for number in alike if abs(number - best) <= 2 * pace]
        best = min(near, key=lambda number: (count_at(number), -number))
    first = best
    while first > max(0, best - _MOST_ALIKE) and far[first - 1] == far[best]:
        if count_at(first - 1) != count_at(best):
            break
        first -= 1
    return Holding(best, first, found[best])


def names_of(schema: Schema) -> frozenset[str]:
    """The names of all that a schema holds, tables with their parts."""
    found = {str(name) for holder in _holders(schema) for name in holder}
    for name, table in schema.tables.items():
        for parts in (table.columns, table.indexes, table.uniques, table.foreign_keys):
            found |= {f"{name}.{part.name}" for part in parts}
        for checks in (table.checks, table.excludes):
            found |= {f"{name}.{check.name}" for check in checks}
    for name, enum in schema.enums.items():
        found |= {f"{name}.{value.name}" for value in enum.values}
    return frozenset(found)


def _holders(schema: Schema) -> Iterator[Iterable[object]]:
    yield from (schema.tables, schema.views, schema.enums, schema.domains, schema.composites)
    yield from (schema.functions, schema.triggers, schema.policies)


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
