"""What a repair consists of, as data: new files, edited texts, moves, and what is said of them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from workers.engine.fixes.steps import Step

Side = Literal["migration", "schema", "none"]
Wanted = Literal["auto", "migration", "schema"]


class Wish(Struct, frozen=True):
    """What the caller decides.

    `stamp` is the moment, as `YYYYMMDDHHMMSS` in UTC: the engine reads no clock. `side` overrides
    which side is mended. `large` names tables (`table` or `schema.table`) that must not be locked
    for long.
    """

    stamp: str = "20200101000000"
    side: Wanted = "auto"
    large: tuple[str, ...] = ()


class NewFile(Struct, frozen=True):
    """A file that is not there yet: a migration, or the way back from one."""

    path: str
    text: str
    is_way_back: bool = False
    is_first: bool = False
    """Whether it stands before the migrations that are there."""


class Edited(Struct, frozen=True):
    """A file with its new text."""

    path: str
    before: str
    after: str


class Move(Struct, frozen=True):
    """A file or a folder under a new path, and why."""

    old: str
    new: str
    why: str


class Mended(Struct, frozen=True):
    """One difference, the side that is mended, and the reason."""

    subject: str
    what: str
    side: Side
    why: str


class Proposal(Struct, frozen=True):
    """A repair of one pair.

    `refusal` says why it is not to be applied: a proof that failed. It then holds no files.
    `todos` is what only people can decide, `losses` what the way back cannot bring back.
    `remaining` tells of the drift that the repair leaves.
    """

    pair: str
    migrations_path: str = ""
    files: tuple[NewFile, ...] = ()
    edits: tuple[Edited, ...] = ()
    moves: tuple[Move, ...] = ()
    mended: tuple[Mended, ...] = ()
    steps: tuple[Step, ...] = ()
    todos: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    remaining: tuple[str, ...] = ()
    refusal: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to apply."""
        return not (self.files or self.edits or self.moves)
