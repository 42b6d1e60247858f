"""After something that could not be read, a refusal that may rest on it is not certain."""

from __future__ import annotations

from collections.abc import Iterable

from workers.engine.errors import Diagnostic, Effect
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.state import State

_ON_EXISTENCE = frozenset(
    (
        "2BP01", "3F000", "42601", "42701", "42703", "42704", "42710", "42723", "42804", "42809",
        "42830", "42883", "42P01", "42P06", "42P07", "42P16", "55000",
    )
)  # fmt: skip
"""SQLSTATEs that rest on an object's being there, not being there, or being as it is."""

_ANY = "*"
_TAKEN_AS_EMPTY = "block-depends-on-rows"


def note_doubts(state: State, diagnostics: Iterable[Diagnostic]) -> None:
    """Remember what a statement left unknown; no subjects means anything."""
    for one in diagnostics:
        if one.effect is Effect.UNKNOWN and one.code != _TAKEN_AS_EMPTY:
            state.hidden.doubts.update(dict.fromkeys(one.subjects or (_ANY,), True))


def is_doubtful(state: State, refusal: RefusedError) -> bool:
    """Whether a refusal may rest on something unknown."""
    doubts = state.hidden.doubts
    if not doubts or refusal.sqlstate not in _ON_EXISTENCE:
        return False
    if _ANY in doubts:
        return True
    touched = state.log.needs | state.log.creates
    return any(
        name in doubts
        or any(name.startswith(f"{one}.") or one.startswith(f"{name}.") for one in doubts)
        for name in touched
    )
