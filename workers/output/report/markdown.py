"""A document as GitHub-flavoured Markdown; nothing out of the repository becomes markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workers.engine.dossier.pictures import Timeline
from workers.output.report.document import (
    Block,
    Checklist,
    Code,
    Document,
    Figure,
    Fold,
    Grid,
    Heading,
    Item,
    Listing,
    Paragraph,
    Tone,
    quoted,
)
from workers.output.report.links import Places
from workers.review import markdown as md
from workers.review import mermaid

_MARKS: dict[Tone, str] = {"bad": "🔴 ", "warn": "🟡 ", "info": "🔵 ", "good": "🟢 "}
_VERDICTS: dict[str, str] = {
    "READY": "🟢",
    "READY IN STEPS": "🟡",
    "BLOCKED": "🔴",
    "UNKNOWN": "❔",
}


def render(document: Document, places: Places) -> str:
    """The whole document."""
    lines = [
        f"# {md.prose(document.title)}",
        "",
        md.prose(document.subtitle.text),
        "",
        f"> **{_VERDICTS[document.verdict]} {document.verdict}** {document.verdict_line.text}",
        "",
    ]
    for number, chapter in enumerate(document.chapters, start=1):
        lines += [f"## {number}. {chapter.title}", "", *_blocks(chapter.blocks, places)]
    return "\n".join(lines).rstrip() + "\n"


def _blocks(blocks: Iterable[Block], places: Places) -> Iterator[str]:
    for block in blocks:
        yield from _block(block, places)
        yield ""


def _block(block: Block, places: Places) -> Iterator[str]:
    match block:
        case Paragraph():
            yield _item(block.item, places)
        case Heading():
            yield f"### {md.prose(block.text)}"
        case Listing():
            for number, item in enumerate(block.items, start=1):
                mark = f"{number}." if block.is_ordered else "-"
                yield f"{mark} {_item(item, places)}"
        case Grid():
            yield from _grid(block, places)
        case Code():
            yield md.fenced(block.text, block.language)
        case Checklist():
            yield from _checklist(block)
        case Figure():
            yield f"{_drawn(block)}\n\n*{md.prose(block.caption)}*"
        case Fold():
            content = "\n".join(_blocks(block.blocks, places)).strip("\n")
            yield md.folded(_MARKS.get(block.tone, "") + block.summary, content)


def _drawn(figure: Figure) -> str:
    picture = figure.picture
    if isinstance(picture, Timeline):
        return mermaid.timeline(picture)
    return mermaid.relations(picture)


def _item(item: Item, places: Places) -> str:
    text = _MARKS.get(item.tone, "") + md.prose(item.text)
    if item.origin is None:
        return text
    place = places.of(item.origin)
    shown = md.code(place.text)
    where = md.link(shown, place.url) if place.url else shown
    if item.text == quoted(item.origin.path):  # the place says all of it
        return _MARKS.get(item.tone, "") + where
    return f"{text} ({where})"


def _grid(grid: Grid, places: Places) -> Iterator[str]:
    yield "| " + " | ".join(grid.headings) + " |"
    yield "|" + "---|" * len(grid.headings)
    for row in grid.rows:
        yield "| " + " | ".join(md.cell(_item(item, places)) for item in row) + " |"


def _checklist(block: Checklist) -> Iterator[str]:
    yield f"**{block.title}**"
    yield ""
    for item in block.items:
        mark = "x" if item.tick == "verified" else " "
        word = {"verified": "verified", "failed": "**not so**", "people": ""}[item.tick]
        note = md.prose(item.note) if item.note else ""
        told = ": ".join(part for part in (word, note) if part)
        yield f"- [{mark}] {md.prose(item.text)}" + (f" ({told})" if told else "")
