"""What the report's pictures show, as data: the timeline, and the drifted tables among others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct

from workers.engine.dossier.subjects import is_compared, short
from workers.engine.report import FieldTable, PairReport, TimelineEntry
from workers.engine.schema.model import Table

Tone = Literal["bad", "warn", "good", "muted"]
_STOPS = 30
_BOXES = 24
_NEIGHBOURS = 12


class Stop(Struct, frozen=True):
    """A migration on the timeline: its places by name and as needed (None: it never runs).

    `count` is above 1 where the stop stands for several that run where they are.
    """

    label: str
    position: int
    needed: int | None
    tone: Tone
    count: int = 1


class Timeline(Struct, frozen=True):
    """The migrations in the order of their names."""

    stops: tuple[Stop, ...]

    @property
    def is_in_order(self) -> bool:
        """Whether each stands where it is needed."""
        return all(stop.needed == stop.position for stop in self.stops)


class Box(Struct, frozen=True):
    """A table: its name, how much of it drifted, and how bad that is ("muted": not at all)."""

    name: str
    note: str
    tone: Tone


class Edge(Struct, frozen=True):
    """A foreign key from one table to another; "bad" where only one side has it."""

    start: str
    end: str
    label: str
    tone: Tone


class Relations(Struct, frozen=True):
    """The drifted tables, those that they have to do with, and the foreign keys among them.

    `left_out` counts drifted tables for which there was no room.
    """

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    left_out: int = 0


def timeline_of(pair: PairReport) -> Timeline | None:
    """The timeline; long stretches in which nothing happens are one stop. None without any."""
    if not pair.timeline:
        return None
    stops = [_stop(entry) for entry in pair.timeline]
    if len(stops) > _STOPS:
        stops = list(_shortened(stops))
    return Timeline(tuple(stops[:_STOPS]))


def _stop(entry: TimelineEntry) -> Stop:
    tone: Tone = "good"
    if entry.state == "fails":
        tone = "bad"
    elif entry.needed != entry.position:
        tone = "warn"
    return Stop(entry.name, entry.position, entry.needed, tone)


def _shortened(stops: Sequence[Stop]) -> Iterator[Stop]:
    """Every stop in trouble with its neighbours, the first and the last; the others in one."""
    busy = {number for number, stop in enumerate(stops) if stop.tone != "good"}
    kept = {near for number in busy for near in (number - 1, number, number + 1)}
    kept |= {0, len(stops) - 1}
    run: list[Stop] = []
    for number, stop in enumerate(stops):
        if number in kept:
            yield from _joined(run)
            run = []
            yield stop
        else:
            run.append(stop)


def _joined(run: list[Stop]) -> Iterator[Stop]:
    if len(run) == 1:
        yield run[0]
    elif run:
        yield Stop(f"… {len(run)} migrations", run[0].position, run[0].needed, "muted", len(run))


def relations_of(pair: PairReport) -> Relations | None:
    """The drifted tables with their neighbours; None where no table drifted."""
    context = pair.context
    if context is None or not pair.field_tables:
        return None
    drifted = {table.table: _brief(table) for table in pair.field_tables}
    chosen = dict(list(drifted.items())[:_BOXES])
    keys = list(_edges(pair))
    near = [name for edge in keys for name in _outside(edge, chosen)]
    beside = list(dict.fromkeys(near))[:_NEIGHBOURS]
    made = {str(declared.name) for declared, _ in context.comparison.tables}
    declared = {str(name) for name in context.declared.tables}
    boxes = [_box(name, note, declared, made) for name, note in chosen.items()]
    boxes += [Box(short(name), "", "muted") for name in beside]
    shown = {*chosen, *beside}
    edges = tuple(
        Edge(short(edge.start), short(edge.end), edge.label, edge.tone)
        for edge in keys
        if {edge.start, edge.end} <= shown and not {edge.start, edge.end}.isdisjoint(chosen)
    )
    return Relations(tuple(boxes), edges, len(drifted) - len(chosen))


def _brief(table: FieldTable) -> str:
    """How much of a table drifted, in a few words."""
    wrong = sum(row.state != "same" for row in table.rows)
    told = [f"{wrong} of {len(table.rows)} columns"] if wrong else []
    if table.notes:
        many = len(table.notes) > 1
        told.append(f"{len(table.notes)} {'keys or indexes' if many else 'key or index'}")
    return ", ".join(told) or "another name"


def _box(name: str, note: str, declared: set[str], made: set[str]) -> Box:
    if name not in declared:
        return Box(short(name), "not declared", "warn")
    return Box(short(name), note if name in made else "no migration creates it", "bad")


def _outside(edge: Edge, chosen: Iterable[str]) -> Iterator[str]:
    """The other end of a key of which one end is drifted."""
    has_start, has_end = edge.start in chosen, edge.end in chosen
    if has_start and not has_end:
        yield edge.end
    if has_end and not has_start:
        yield edge.start


def _edges(pair: PairReport) -> Iterator[Edge]:
    """The foreign keys of both sides, each once."""
    context = pair.context
    if context is None:
        return
    declared = dict(_keys(context.declared.tables.values()))
    replayed = dict(_keys(context.replayed.tables.values()))
    has_sides = is_compared(pair)
    for start, end, label in dict.fromkeys([*declared.values(), *replayed.values()]):
        is_agreed = (start, label) in declared and (start, label) in replayed
        yield Edge(start, end, label, "muted" if is_agreed or not has_sides else "bad")


def _keys(
    tables: Iterable[Table],
) -> Iterator[tuple[tuple[str, str], tuple[str, str, str]]]:
    for table in tables:
        for key in table.foreign_keys:
            start, label = str(table.name), ", ".join(key.columns)
            yield (start, label), (start, str(key.ref_table), label)
