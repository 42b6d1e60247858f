"""Replay a migration history: what the migrations make of an empty database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from workers.engine.errors import Diagnostic
from workers.engine.schema.model import Schema
from workers.engine.source import Origin, SourceFile


@dataclass(frozen=True)
class Migration:
    """One migration as its runner sees it: a name that orders it, and its SQL."""

    name: str
    source: SourceFile


@dataclass(frozen=True, slots=True)
class Failure:
    """A migration that the database refuses: PostgreSQL's own SQLSTATE and message."""

    migration: str
    origin: Origin
    sqlstate: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A difference that a later migration put right: what it was, and the statements that did."""

    subject: str
    message: str
    history: tuple[Origin, ...]


@dataclass(frozen=True)
class Ground:
    """What exists before the first migration, and how unqualified names resolve."""

    search_path: tuple[str, ...] = ("public",)
    is_supabase: bool = False
    server_version: int = 15


@dataclass
class Replay:
    """The outcome of a replay."""

    schema: Schema
    failures: list[Failure] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    resolved: list[Resolved] = field(default_factory=list)


class Memo(Protocol):
    """Remembers by key; values are JSON-able. Outside the engine it is backed by Redis."""

    def get(self, key: str) -> bytes | None:
        """What was put under a key, or None."""

    def put(self, key: str, value: bytes) -> None:
        """Remember a value; it may be forgotten at any time."""


def replay(
    migrations: Sequence[Migration], ground: Ground = Ground(), memo: Memo | None = None
) -> Replay:
    """The schema that the migrations make, run in the order given on an empty database."""
    raise NotImplementedError
