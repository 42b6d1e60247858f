"""A document as data: chapters of a few kinds of blocks, for any format to write down.

Texts are prose with names in backticks, as findings hold them; nothing in them is markup of any
format. `origin` is where the thing stands in the repository.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from workers.engine.dossier.pictures import Relations, Timeline
from workers.engine.source import Origin

Tone = Literal["", "good", "bad", "warn", "info", "muted"]
Tick = Literal["verified", "failed", "people"]


class Item(Struct, frozen=True):
    """A piece of prose, where it stands in the repository, and how it is meant."""

    text: str
    origin: Origin | None = None
    tone: Tone = ""


class Paragraph(Struct, frozen=True):
    """One paragraph."""

    item: Item


class Heading(Struct, frozen=True):
    """A heading within a chapter."""

    text: str


class Listing(Struct, frozen=True):
    """A list, numbered or not."""

    items: tuple[Item, ...]
    is_ordered: bool = False


class Grid(Struct, frozen=True):
    """A table: its caption, its headings, and rows of as many items."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Item, ...], ...]


class Code(Struct, frozen=True):
    """Text that is shown as it is."""

    text: str
    language: str = ""


class CheckItem(Struct, frozen=True):
    """One line of a checklist."""

    text: str
    tick: Tick
    note: str = ""


class Checklist(Struct, frozen=True):
    """A part of a checklist under its heading."""

    title: str
    items: tuple[CheckItem, ...]


class Fold(Struct, frozen=True):
    """Blocks behind a line that opens."""

    summary: str
    blocks: tuple[Block, ...]
    tone: Tone = ""
    is_open: bool = False


class Figure(Struct, frozen=True):
    """A picture; `caption` tells in words what it shows."""

    caption: str
    picture: Timeline | Relations


Block = Paragraph | Heading | Listing | Grid | Code | Checklist | Fold | Figure


class Chapter(Struct, frozen=True):
    """A numbered part of the document; `anchor` names it in links."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


class Document(Struct, frozen=True):
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
