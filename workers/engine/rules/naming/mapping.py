"""`@map` and `@@map` as edits of the Prisma schema."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Edit, Fix
from workers.engine.rules.context import Context
from workers.engine.rules.naming.convention import NamedThing, Style, restyle
from workers.engine.source import Span

_MOST = 20


def map_fields(things: list[NamedThing], style: Style, context: Context) -> Fix | None:
    """`@map("...")` behind the type of each field that has none."""
    return _fix("@map", [edit for one in things[:_MOST] for edit in _field(one, style, context)])


def map_models(things: list[NamedThing], style: Style, context: Context) -> Fix | None:
    """`@@map("...")` at the end of each model that has none."""
    return _fix("@@map", [edit for one in things[:_MOST] for edit in _model(one, style, context)])


def _fix(attribute: str, edits: list[Edit]) -> Fix | None:
    return Fix(f"Add {attribute}", safe=False, edits=tuple(edits)) if edits else None


def _field(thing: NamedThing, style: Style, context: Context) -> Iterator[Edit]:
    source, span = context.sources.get(thing.origin.path), thing.origin.span
    if source is None or thing.is_chosen:
        return
    words = source.text[span.start : span.end].split(None, 2)
    if len(words) < 2:
        return
    text = source.text
    kind = text.index(words[1], span.start + len(words[0]))
    at = kind + len(words[1])
    yield Edit(source.path, Span(at, at), f' @map("{restyle(thing.name, style)}")')


def _model(thing: NamedThing, style: Style, context: Context) -> Iterator[Edit]:
    source, span = context.sources.get(thing.origin.path), thing.origin.span
    if source is None or thing.is_chosen:
        return
    end = source.text.rfind("}", span.start, span.end)
    start = source.text.rfind("\n", span.start, end) + 1
    if end < 0 or start <= span.start:
        return
    yield Edit(source.path, Span(start, start), f'\n  @@map("{restyle(thing.name, style)}")\n')
