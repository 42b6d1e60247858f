"""A repair as text for a terminal, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from workers.engine.repair.proposal import Mended, Proposal
from workers.output.wording import printable

_SIDES = {"migration": "by a new migration", "schema": "in the schema", "none": "left alone"}


def render_text(proposals: Sequence[Proposal]) -> str:
    """What would be done and why, then the files as they would be written."""
    if not proposals:
        return "Nothing to fix: the schema and the migrations agree, and the migrations run.\n"
    return "\n".join("\n".join(_lines(proposal)) for proposal in proposals) + "\n"


def _lines(proposal: Proposal) -> Iterator[str]:
    name = proposal.pair or proposal.migrations_path
    if proposal.refusal:
        yield printable(f"No fix is shown for {name}: {proposal.refusal}")
        yield from (printable(f"  {subject}") for subject in proposal.remaining)
        return
    yield from _told(proposal)
    for move in proposal.moves:
        yield printable(f"git mv {move.old} {move.new}")
        yield printable(f"  because {move.why}")
    for edit in proposal.edits:
        yield printable(f"edit {edit.path}")
    for file in proposal.files:
        yield ""
        yield printable(f"=== {file.path}")
        yield "\n".join(printable(line) for line in file.text.rstrip("\n").split("\n"))
    yield ""
    yield from _warnings(proposal)


def _told(proposal: Proposal) -> Iterator[str]:
    for side, group in _grouped(proposal.mended):
        for why, subjects in group.items():
            yield printable(f"{_SIDES[side][0].upper()}{_SIDES[side][1:]} ({why}):")
            yield from (printable(f"  {subject}") for subject in subjects)


def _grouped(mended: Iterable[Mended]) -> Iterator[tuple[str, dict[str, list[str]]]]:
    for side in _SIDES:
        group: dict[str, list[str]] = {}
        for one in mended:
            if one.side == side:
                group.setdefault(one.why, []).append(f"{one.subject} ({one.what})")
        if group:
            yield side, group


def _warnings(proposal: Proposal) -> Iterator[str]:
    if proposal.todos:
        yield "Only people can know, and the migration stops until it is settled:"
        yield from (printable(f"  {todo}") for todo in proposal.todos)
    if proposal.losses:
        yield "The way back does not bring back:"
        yield from (printable(f"  {loss}") for loss in proposal.losses)
    yield from (printable(note) for note in proposal.notes)
    if proposal.is_empty:
        return
    yield "Proven: replayed on top of the history, the drift is gone and nothing else moved."


def render_json(proposals: Iterable[Proposal]) -> str:
    """The same as data."""
    return json.dumps([_data(one) for one in proposals], indent=2, ensure_ascii=False)


def _data(proposal: Proposal) -> dict[str, Any]:
    return {
        "pair": proposal.pair,
        "migrations": proposal.migrations_path,
        "refusal": proposal.refusal or None,
        "mended": [
            {"subject": one.subject, "change": one.what, "side": one.side, "why": one.why}
            for one in proposal.mended
        ],
        "moves": [{"from": move.old, "to": move.new, "why": move.why} for move in proposal.moves],
        "edits": [{"path": edit.path, "text": edit.after} for edit in proposal.edits],
        "files": [{"path": file.path, "text": file.text} for file in proposal.files],
        "todos": list(proposal.todos),
        "losses": list(proposal.losses),
        "remaining": list(proposal.remaining),
        "notes": list(proposal.notes),
    }
