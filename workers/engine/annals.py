"""What git remembers of a schema's lines: which commit wrote them, and whether it migrated too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct


class Line(Struct, frozen=True):
    """A line that a commit added or took away: the block that it stands in, and its words.

    `block` is the opening of the block (`model User`); `text` has single blanks and no comment.
    """

    block: str
    text: str
    is_added: bool


class Commit(Struct, frozen=True):
    """A commit that changed a schema: its day (ISO), and what it did to the schema's lines."""

    sha: str
    date: str
    subject: str
    has_migration: bool
    lines: tuple[Line, ...]


class Annals(Protocol):
    """A repository's past, for the engine to ask; outside it is git."""

    def commits(self, schema: Sequence[str], migrations: str) -> Sequence[Commit]:
        """The commits that changed these files, newest first; none where the past is not known.

        `migrations` is the folder that holds the schema's migrations.
        """


def words_of(line: str) -> str:
    """A line of a schema without its comment, with single blanks."""
    return " ".join(line.split("//")[0].split())
