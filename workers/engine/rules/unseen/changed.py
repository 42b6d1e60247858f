"""What a pull request does to objects that Prisma does not see.

What it means
    The migrations of this pull request (without a base: the newest migration) add, change or drop
    policies, views, triggers, functions, check or exclusion constraints, partial or expression
    indexes, grants, comments, or parts of indexes, constraints and tables that a Prisma schema
    cannot say. One line for each kind, for information.

Why it matters
    Nobody sees it in `schema.prisma`, and `prisma migrate diff` shows no difference before and
    after: the SQL is the only place where it can be reviewed.

Example
    ALTER TABLE "orders" DROP CONSTRAINT "orders_total_check";

Fix
    Nothing is to be mended where it is meant. Read these statements as you would read code.

When to ignore it
    Where the project's reviews read every migration anyway. The rule `unseen-object-lost` says
    what fell without being named.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.unseen.difference import (
    Passage,
    Shift,
    Shifts,
    is_named,
    place_of,
)
from workers.engine.rules.unseen.objects import GUARDS, KINDS, SECURITY
from workers.engine.rules.unseen.unseen import Unseen

unseen_object_changed = Rule(
    "unseen-object-changed", family="unseen", severity=Severity.NOTICE, since="0.1"
)

_SHOWN = 4


@unseen_object_changed.on(Shifts)
def check(shifts: Shifts, context: Context) -> Iterator[Finding]:
    """One notice for each kind of object that the pull request does something to."""
    if not context.declaration.models:
        return
    for kind in KINDS:
        shift = shifts.kinds.get(kind)
        if shift is not None:
            told = _worth_telling(context, shifts, shift)
            yield from _told(context, shifts.passage, kind, told)


def _worth_telling(context: Context, shifts: Shifts, shift: Shift) -> Shift:
    """Without what other rules say: what fell unnamed, and the first objects of a kind."""
    has_base = context.base is not None
    known, passage = shifts.known, shifts.passage
    return Shift(
        [each for each in shift.added if has_base and each.kind in known],
        [each for each in shift.changed if not has_base or each.kind in known],
        [each for each in shift.dropped if each.kind not in GUARDS or is_named(passage, each)],
    )


def _told(context: Context, passage: Passage, kind: str, shift: Shift) -> Iterator[Finding]:
    objects = [*shift.dropped, *shift.changed, *shift.added]
    if not objects:
        return
    who = "this pull request" if context.base is not None else "the newest migration"
    gone = "switches off" if kind == SECURITY else "drops"
    parts = ((gone, shift.dropped), ("changes", shift.changed), ("adds", shift.added))
    what = " and ".join(f"{verb} {listed(each)}" for verb, each in parts if each)
    detail = ",".join(f"{verb}:{each.table}.{each.name}" for verb, own in parts for each in own)
    yield unseen_object_changed.finding(
        subject=kind,
        detail=detail,
        message=f"Prisma does not see what {who} does to {kind}: it {what}.",
        origin=place_of(passage, objects),
        remedy="Nothing to mend where it is meant; the SQL is the only place to review it.",
        related=tuple(
            Related(f"{each.label} was made here", each.history[0])
            for each in shift.dropped[:_SHOWN]
            if each.history
        ),
    )


def listed(objects: list[Unseen]) -> str:
    """The objects by their labels: "the check `a`, the check `b` and 3 more"."""
    labels = [each.label for each in objects[:_SHOWN]]
    rest = len(objects) - len(labels)
    if rest:
        return f"{', '.join(labels)} and {rest} more"
    return " and ".join(part for part in (", ".join(labels[:-1]), labels[-1]) if part)
