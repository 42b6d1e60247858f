"""How a name was changed: which words gave way to which.

`city` to `billingCity` and `zip` to `billingZip` are one rewording; so are `startTime` to
`startsAt` and `endTime` to `endsAt`. One that recurs in a table is no guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workers.engine.compare.likeness import words
from workers.engine.schema.model import Column

Rewording = tuple[tuple[str, ...], tuple[str, ...], bool]
"""The words that left, those that came, and whether they stand at the front."""


def rewording(old: str, new: str) -> Rewording | None:
    """What makes the one name of the other; None where they have no word in common."""
    before, after = words(old), words(new)
    front = _common(before, after)
    back = _common(before[front:][::-1], after[front:][::-1])
    if not front + back or before == after:
        return None
    left, came = before[front : len(before) - back], after[front : len(after) - back]
    return left, came, not front


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count


def of_tables(declared: str, replayed: str) -> Rewording | None:
    """The table's own change of name, as it would show in the names of its columns."""
    before, after = words(replayed), words(declared)
    return (before, after, True) if before and after and before != after else None


def recurring(missing: Iterable[Column], extra: Iterable[Column]) -> frozenset[Rewording]:
    """The rewordings that two or more pairs of columns share, each column in one of them."""
    found: dict[Rewording, set[tuple[str, str]]] = {}
    left = [one.name for one in extra]
    for wanted in missing:
        for there in left:
            made = rewording(there, wanted.name)
            if made is not None:
                found.setdefault(made, set()).add((there, wanted.name))
    return frozenset(made for made, pairs in found.items() if _apart(pairs))


def _apart(pairs: set[tuple[str, str]]) -> bool:
    return min(len({old for old, _ in pairs}), len({new for _, new in pairs})) > 1
