"""The schema brought to the migrations where that is the choice, each edit proven alone."""

from __future__ import annotations

from collections.abc import Iterable

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


class Outcome(Struct, frozen=True):
    """The state after the edits, the choices as they turned out, and the edited files."""

    context: Context
    choices: tuple[Choice, ...]
    edits: tuple[Edited, ...] = ()


def edited(context: Context, choices: Iterable[Choice], read: Read, wanted: Wanted) -> Outcome:
    """Carry out the choices for the schema; one that it cannot say goes another way."""
    texts: dict[str, str] = {}
    current = context
    settled = []
    for choice in choices:
        if choice.side != "schema":
            settled.append(choice)
            continue
        found = _one_edit(current, choice, read)
        if found is None:
            settled.append(_without_edit(choice, wanted))
            continue
        current, path, text = found
        texts[path] = text
        settled.append(choice)
    edits = tuple(
        Edited(path, context.sources[path].text, text)
        for path, text in texts.items()
        if text != context.sources[path].text
    )
    return Outcome(current, tuple(settled), edits)


def _one_edit(context: Context, choice: Choice, read: Read) -> tuple[Context, str, str] | None:
    """The state after one edit, where it ends the difference and makes no other."""
    edits = edits_for(choice.change, context)
    if not edits:
        return None
    path = edits[0].path
    text = with_edits(context.sources[path].text, edits)
    after = read(with_files(context.head, {path: text}))
    if after is None:
        return None
    had = {(type(one), subject_of(one)) for one in context.comparison.changes}
    now = {(type(one), subject_of(one)) for one in after.comparison.changes}
    told = (type(choice.change), subject_of(choice.change))
    is_sound = len(after.declaration.diagnostics) <= len(context.declaration.diagnostics)
    return (after, path, text) if now < had and told not in now and is_sound else None


def _without_edit(choice: Choice, wanted: Wanted) -> Choice:
    """What becomes of a change that the schema cannot tell: never a drop that nobody asked for."""
    if wanted == "schema":
        return replace(choice, side="none", why="the schema cannot say it")
    if isinstance(choice.change, c.TableExtra | c.ColumnExtra | c.EnumExtra):
        why = "the schema cannot say it, and dropping it would lose data: decide yourself"
        return replace(choice, side="none", why=why)
    return replace(choice, side="migration", why="the schema cannot say it")
