"""Environments among each other: what one database holds and the other does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from msgspec import Struct

from workers.engine.observed.difference import Difference, differences
from workers.engine.observed.platform import as_run, is_hosted_supabase, without_platform
from workers.engine.observed.survey import Survey


class Gap(Struct, frozen=True):
    """Two environments side by side: `first` is what counts as expected in the differences.

    `only_first` and `only_second` are migrations that only one of them has applied.
    """

    first: str
    second: str
    differences: tuple[Difference, ...]
    only_first: tuple[str, ...] = ()
    only_second: tuple[str, ...] = ()

    @property
    def is_explained(self) -> bool:
        """Whether the difference in migrations may be all there is to it."""
        return bool(self.only_first or self.only_second)


def gaps(surveys: Sequence[Survey]) -> Iterator[Gap]:
    """Each pair of environments of one provider that were both read."""
    read = [one for one in surveys if one.observation.was_read]
    for one, other in combinations(read, 2):
        if one.observation.provider == other.observation.provider:
            yield _gap(one, other)


def _gap(one: Survey, other: Survey) -> Gap:
    is_supabase = all(is_hosted_supabase(each.observation.schema) for each in (one, other))
    sides = [
        without_platform(each.observation.schema, is_supabase=is_supabase) for each in (one, other)
    ]
    applied = [_applied(one), _applied(other)]
    return Gap(
        one.name,
        other.name,
        tuple(differences(*as_run(*sides, are_both_live=True))),
        tuple(name for name in applied[0] if name not in applied[1]),
        tuple(name for name in applied[1] if name not in applied[0]),
    )


def _applied(survey: Survey) -> tuple[str, ...]:
    return tuple(
        name
        for history in survey.histories
        for name in (*(migration.name for migration in history.applied), *history.foreign)
    )
