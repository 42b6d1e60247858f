"""Trouble as data (`Diagnostic`) and trouble as an exception (`EngineError`).

A diagnostic says that a part of the repository could not be read or judged; it is shown, and it
turns "no drift" into "could not tell". An exception says that Driftline itself is broken.
"""

from __future__ import annotations

from enum import Enum

from .source import Origin, Value


class Effect(Enum):
    """What a diagnostic does to the verdict."""

    UNKNOWN = "unknown"
    """Something that matters could not be judged: the verdict is "could not tell"."""
    INFORMATION = "information"
    """Worth saying; the verdict stands."""


class Diagnostic(Value, frozen=True):
    """Something that could not be read: a code, a sentence with the remedy, and the place.

    `subjects` names the objects (`schema.table` or `schema.table.column`) about which nothing may
    be said because of it; empty with `Effect.UNKNOWN` means the whole pair.
    """

    code: str
    message: str
    origin: Origin | None
    effect: Effect = Effect.UNKNOWN
    subjects: tuple[str, ...] = ()


class EngineError(Exception):
    """Driftline is broken: a bug, or a bound of its own that was passed."""
