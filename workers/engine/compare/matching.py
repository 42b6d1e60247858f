"""Which of two sets of objects belong together, on what evidence, and how surely.

Nothing is guessed: a match must be the best of both sides by a clear margin.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from workers.engine.compare.changes import Evidence
from workers.engine.compare.likeness import SAME, Likeness, likeness
from workers.engine.findings import Confidence

if TYPE_CHECKING:
    from workers.engine.code.renaming import Replaced

_ENOUGH = 0.8
_MARGIN = 0.1
_MAPPED = 0.9
"""The likeness of a replayed name to a field or model that is mapped to another."""
IN_CODE = 0.6
"""What the same rename in code adds, where nothing contradicts it: with the place, it is enough."""

Item = TypeVar("Item")


class Match(Struct, frozen=True):
    """How well two objects fit, with the reasons."""

    score: float
    reasons: tuple[str, ...]
    is_sure: bool = False
    in_code: Replaced | None = None

    @property
    def evidence(self) -> Evidence:
        """What is told of the match."""
        sure = Confidence.CERTAIN if self.is_sure else Confidence.LIKELY
        told = (self.in_code.reason,) if self.in_code else ()
        return Evidence((*self.reasons, *told), sure, self.in_code)


def best_pairs(
    missing: Sequence[Item],
    extra: Sequence[Item],
    match: Callable[[Item, Item], Match | None],
    key: Callable[[Item], Hashable],
) -> list[tuple[Item, Item, Evidence]]:
    """The pairs that are the best of both sides by a margin; each object in one pair at most."""
    scored = []
    for wanted in missing:
        for there in extra:
            found = match(wanted, there)
            if found is not None:
                scored.append((found, wanted, there))
    pairs = []
    for found, wanted, there in scored:
        if found.score < _ENOUGH:
            continue
        rivals = [
            other.score
            for other, one, two in scored
            if (key(one) == key(wanted)) != (key(two) == key(there))
        ]
        if all(found.score - rival >= _MARGIN for rival in rivals):
            pairs.append((wanted, there, found.evidence))
    return pairs


def client_likeness(name: str, client: str | None, kind: str, there: str) -> Likeness:
    """How alike the names are in the database; else the client's own name, that `@map` changes."""
    names = likeness(name, there)
    if client is None or names.score == SAME:
        return names
    own = likeness(client, there)
    if own.score != SAME:
        return names
    sign = "@map" if kind == "field" else "@@map"
    return Likeness(_MAPPED, f"the {kind} is called `{client}`, and `{sign}` alone says otherwise")
