"""A document as data: chapters of a few kinds of blocks, for any format to write down.

Texts are prose with names in backticks, as findings hold them; nothing in them is markup of any
format. `origin` is where the thing stands in the repository.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workers.engine.source import Origin

Tone = Literal["", "good", "bad", "warn", "info", "muted"]
Tick = Literal["verified", "failed", "people"]


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of prose, where it stands in the repository, and how it is meant."""

    text: str
    origin: Origin | None = None
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    item: Item


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a chapter."""

    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list, numbered or not."""

    items: tuple[Item, ...]
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its caption, its headings, and rows of as many items."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Item, ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Text that is shown as it is."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line of a checklist."""

    text: str
    tick: Tick
    note: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """A part of a checklist under its heading."""

    title: str
    items: tuple[CheckItem, ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks behind a line that opens."""

    summary: str
    blocks: tuple[Block, ...]
    tone: Tone = ""
    is_open: bool = False


Block = Paragraph | Heading | Listing | Grid | Code | Checklist | Fold


@dataclass(frozen=True, slots=True)
class Chapter:
    """A numbered part of the document; `anchor` names it in links."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The whole: title, what was judged, the verdict, and the chapters in order."""

    title: str
    subtitle: Item
    verdict: str
    tone: Tone
    verdict_line: Item
    chapters: tuple[Chapter, ...]


def say(text: str, origin: Origin | None = None, tone: Tone = "") -> Paragraph:
    """A paragraph of one sentence or a few."""
    return Paragraph(Item(text, origin, tone))


def quoted(name: str) -> str:
    """A name out of the repository, in backticks whatever it holds."""
    return f"`{name.replace('`', chr(0x02CB))}`" if name else "—"
