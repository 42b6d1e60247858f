"""The text of a migration file and of its way back, in the manner of the project's others."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from workers.engine.fixes.merging import merged
from workers.engine.fixes.plan import Part
from workers.engine.fixes.quoting import printable
from workers.engine.fixes.steps import House, Step
from workers.engine.fixes.written import written

_WIDTH = 97


def up(part: Part, house: House) -> str:
    """The migration: what it is for, then each statement under its comment."""
    steps = list(merged(part.steps) if house.is_merged else part.steps)
    blocks = [_block(step, house) for step in steps]
    if not house.is_one_transaction and len(steps) > 1 and part.name != "indexes":
        # Prisma from 7.4 sends statement by statement; a stop must leave nothing half done.
        blocks = ["BEGIN;", *blocks, "COMMIT;"]
    head = [_comment(part.reason)] if part.reason else []
    return "\n\n".join([*head, *blocks]) + "\n"


def _block(step: Step, house: House) -> str:
    lines = []
    if house.has_comments:
        lines.append(f"-- {step.comment}")
    lines += [_comment(note) for note in step.notes]
    lines.append(written(step.statement))
    return "\n".join(lines)


def _comment(text: str) -> str:
    """A comment in lines of a hundred letters: a name in it may hold a line break."""
    lines = textwrap.wrap(printable(text), _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"-- {line}" for line in lines)


def down(parts: Iterable[Part]) -> str:
    """The way back, last step first; what cannot come back is told where it would stand."""
    blocks: list[str] = []
    for part in reversed(list(parts)):
        for step in reversed(part.steps):
            blocks += _undone(step)
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _undone(step: Step) -> Iterator[str]:
    lines = [_comment(f"Not brought back: {step.loss}.")] if step.loss else []
    lines += [written(one) for one in step.undo]
    if lines:
        yield "\n".join(lines)


def losses(steps: Iterable[Step]) -> tuple[str, ...]:
    """What the way back cannot bring back, each thing once."""
    return tuple(dict.fromkeys(step.loss for step in steps if step.loss))
