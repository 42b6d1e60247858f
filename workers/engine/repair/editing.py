"""The schema brought to the migrations where that is the choice, each edit proven alone."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.compare import changes as c
from workers.engine.compare.subjects import subject_of
from workers.engine.repair.choice import Choice
from workers.engine.repair.edits import edits_for
from workers.engine.repair.moves import Read
from workers.engine.repair.proposal import Edited, Wanted
from workers.engine.repair.texts import with_edits, with_files
from workers.engine.rules.context import Context

_PASSES = 6
"""An edit may be possible only after another: a field is in an index that goes as well, a table
refers to one that has to be declared first."""


class Outcome(Struct, frozen=True):
    """The state after the edits, the choices as they turned out, and the edited files."""

    context: Context
    choices: tuple[Choice, ...]
    edits: tuple[Edited, ...] = ()


def edited(context: Context, choices: Sequence[Choice], read: Read, wanted: Wanted) -> Outcome:
    """Carry out the choices for the schema; one that it cannot say goes another way."""
    texts: dict[str, str] = {}
    current = context
    said: set[int] = set()
    wishes = [(at, one) for at, one in enumerate(choices) if one.side == "schema"]
    for _ in range(_PASSES):
        before = len(said)
        for at, choice in wishes:
            found = _one_edit(current, choice, read) if at not in said else None
            if found is not None:
                current, changed = found
                texts |= changed
                said.add(at)
        if len(said) == before:
            break
    settled = [
        one if one.side != "schema" or at in said else _without_edit(one, wanted)
        for at, one in enumerate(choices)
    ]
    edits = tuple(
        Edited(path, context.sources[path].text, text)
        for path, text in texts.items()
        if text != context.sources[path].text
    )
    return Outcome(current, tuple(settled), edits)


def _one_edit(
    context: Context, choice: Choice, read: Read
) -> tuple[Context, dict[str, str]] | None:
    """The state after one edit and the new texts, where it ends the difference and makes no
    other."""
    edits = edits_for(choice.change, context)
    if not edits:
        return None
    texts = {
        path: with_edits(context.sources[path].text, [edit for edit in edits if edit.path == path])
        for path in {edit.path for edit in edits}
    }
    after = read(with_files(context.head, texts))
    if after is None:
        return None
    had = {(type(one), subject_of(one)) for one in context.comparison.changes}
    now = {(type(one), subject_of(one)) for one in after.comparison.changes}
    told = (type(choice.change), subject_of(choice.change))
    is_sound = len(after.declaration.diagnostics) <= len(context.declaration.diagnostics)
    return (after, texts) if now < had and told not in now and is_sound else None


def _without_edit(choice: Choice, wanted: Wanted) -> Choice:
    """What becomes of a change that the schema cannot tell: never a drop that nobody asked for."""
    if wanted == "schema" or choice.is_firm:
        why = "the schema cannot say it, or not by an edit that Driftline knows"
        return replace(choice, side="none", why=why)
    if isinstance(choice.change, c.TableExtra | c.ColumnExtra | c.EnumExtra):
        why = "the schema cannot say it, and dropping it would lose data: decide yourself"
        return replace(choice, side="none", why=why)
    return replace(choice, side="migration", why="the schema cannot say it")
