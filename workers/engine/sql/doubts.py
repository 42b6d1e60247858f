"""After something that could not be read, a refusal that may rest on it is not certain.

A statement whose effects are wholly unknown is held to touch what its text names, and, where it
says DROP, to have dropped whatever would be in the way later.
"""

from __future__ import annotations

from collections.abc import Iterable

from workers.engine.errors import Diagnostic, Effect
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run
from workers.engine.sql.state import State

_MISSING = frozenset(("3F000", "42703", "42704", "42809", "42830", "42883", "42P01", "42804"))
_IN_THE_WAY = frozenset(("2BP01", "42701", "42710", "42723", "42P06", "42P07", "42P16", "0A000"))
_TAKEN_AS_EMPTY = "block-depends-on-rows"
_REMOVING = ("drop", "rename", "execute")


def note_doubts(run: Run, diagnostics: Iterable[Diagnostic]) -> None:
    """Remember what a statement left unknown; no subjects means anything that it names."""
    hidden = run.state.hidden
    for one in diagnostics:
        if one.effect is not Effect.UNKNOWN or one.code == _TAKEN_AS_EMPTY:
            continue
        hidden.doubts.update(dict.fromkeys(one.subjects, True))
        if not one.subjects:
            text = run.text.data[run.start : run.end].decode("utf-8", "replace")
            hidden.dark_texts[text.lower()] = True


def is_doubtful(state: State, refusal: RefusedError) -> bool:
    """Whether a refusal may rest on something unknown."""
    hidden = state.hidden
    if refusal.sqlstate == "3F000" and any(kind == "opaque extension" for kind, _ in hidden.other):
        return True  # an extension of which nothing is known may have made the schema
    is_missing = refusal.sqlstate in _MISSING
    if not is_missing and refusal.sqlstate not in _IN_THE_WAY:
        return False
    names = state.log.needs | state.log.creates
    if any(_is_near(name, one) for name in names for one in hidden.doubts):
        return True
    if not hidden.dark_texts:
        return False
    if not is_missing:
        return any(word in text for text in hidden.dark_texts for word in _REMOVING)
    words = {part.split("(")[0].lower() for name in names for part in name.split(".")[1:]}
    words |= {part.lower() for part in refusal.message.split('"')[1::2]}
    return any(word in text for text in hidden.dark_texts for word in words if word)


def _is_near(name: str, doubt: str) -> bool:
    return name == doubt or name.startswith(f"{doubt}.") or doubt.startswith(f"{name}.")
