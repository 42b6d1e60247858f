"""The mark that the names of a project's indexes carry: found, not prescribed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

MARKS = ("_idx", "idx_", "_index", "index_", "_ix", "ix_")
"""What stands at the end of a name, or at its beginning."""
_LEAST = 8
_CLEAR_SHARE = 0.85


def mark_of(name: str) -> str | None:
    """The mark that a name carries; None for none."""
    lower = name.lower()
    return next((mark for mark in MARKS if carries(lower, mark)), None)


def carries(name: str, mark: str) -> bool:
    """Whether a name has the mark where it belongs."""
    lower = name.lower()
    return lower.startswith(mark) if mark.endswith("_") else lower.endswith(mark)


def usual_mark(names: Iterable[str]) -> tuple[str, int] | None:
    """The mark that clearly most names carry, and how many do."""
    told = [mark_of(name) for name in names]
    found = Counter(mark for mark in told if mark is not None).most_common(1)
    if not found:
        return None
    mark, count = found[0]
    return (mark, count) if count >= _LEAST and count / len(told) >= _CLEAR_SHARE else None


def remarked(name: str, mark: str) -> str:
    """The name with another mark in the place of its own: `idx_a` with `_idx` is `a_idx`."""
    own = mark_of(name)
    if own is not None:
        name = name[len(own) :] if own.endswith("_") else name[: -len(own)]
    return f"{mark}{name}" if mark.endswith("_") else f"{name}{mark}"
