"""Objects that the migrations make and that Prisma does not see.

What it means
    The database holds policies, views, triggers, functions, check or exclusion constraints,
    partial or expression indexes, grants, comments, identity columns, unique constraints, or
    options of tables, indexes and constraints. Prisma's schema cannot say them, and Prisma's own
    drift detection does not look at them. One line for each kind, for information.

Why it matters
    Nothing will tell when one gets lost: a table that is dropped and made anew comes back without
    its policies, and `prisma migrate diff` reports no difference.

Example
    CREATE INDEX "active_users" ON "User" ("email") WHERE "deletedAt" IS NULL;

Fix
    Nothing is to be mended. Keep such statements in migrations, and look for them when a table is
    made anew.

When to ignore it
    Always, but for knowing it; the rule `unseen-object-lost` says where something is at stake.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from workers.engine.compare.changes import Comparison
from workers.engine.findings import Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.unseen.changed import listed
from workers.engine.rules.unseen.details import DETAILS, UNIQUE_CONSTRAINTS
from workers.engine.rules.unseen.objects import KINDS, SECURITY, unseen_objects
from workers.engine.rules.unseen.unseen import Unseen
from workers.engine.rules.wording import table_words, ticked

prisma_blind_spot = Rule(
    "prisma-blind-spot", family="unseen", severity=Severity.NOTICE, since="0.1"
)

_SHOWN = 5
_LOST = "which Prisma does not see: it would not notice a loss"
_ONE_CONSTRAINED = (
    "which Prisma takes for a unique index: it would notice its loss, but not that it is a "
    "constraint no more"
)
_CONSTRAINED = (
    "which Prisma takes for unique indexes: it would notice their loss, but not that they are "
    "constraints no more"
)


@prisma_blind_spot.on(Comparison)
def check(comparison: Comparison, context: Context) -> Iterator[Finding]:
    """One notice for each kind of object that Prisma does not see."""
    if not context.declaration.models or not comparison.tables:
        return
    found = [each for each in unseen_objects(context.replayed) if each.is_standing]
    for kind in KINDS:
        objects = [each for each in found if each.kind == kind]
        if not objects:
            continue
        what = _made(kind, objects)
        lost = _LOST
        if kind == UNIQUE_CONSTRAINTS:
            lost = _ONE_CONSTRAINED if len(objects) == 1 else _CONSTRAINED
        yield prisma_blind_spot.finding(
            subject=kind,
            message=f"The migrations {what}, {lost}.",
            origin=context.place(objects[0].history[:1]),
            remedy="Nothing to mend; look for them when a table is made anew.",
            related=tuple(
                Related(f"{each.label} is made here", each.history[0])
                for each in objects[1:_SHOWN]
                if each.history
            ),
        )


def _made(kind: str, objects: list[Unseen]) -> str:
    if kind == SECURITY:
        names = ", ".join(table_words(each.table) for each in objects[:_SHOWN])
        rest = len(objects) - _SHOWN
        names += f" and {rest} more" if rest > 0 else ""
        return f"switch on row-level security for {names}"
    if kind in DETAILS:
        return f"set {listed(objects)}"
    noun = _singular(kind) if len(objects) == 1 else kind
    return f"make the {noun} {_names(objects)}"


def _names(objects: list[Unseen]) -> str:
    """The names, each once: policies and triggers are often called alike on many tables."""
    counts = Counter(each.name for each in objects)
    shown = [
        f"{ticked(name)} on {count} tables" if count > 1 else ticked(name)
        for name, count in list(counts.items())[:_SHOWN]
    ]
    rest = len(objects) - sum(list(counts.values())[:_SHOWN])
    if rest:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def _singular(kind: str) -> str:
    """policies: policy, partial indexes: partial index, views: view."""
    if kind.endswith("ies"):
        return f"{kind[:-3]}y"
    return kind[:-2] if kind.endswith("xes") else kind.removesuffix("s")
