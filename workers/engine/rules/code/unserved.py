"""Queries that no index serves.

What it means
    The code filters or sorts by these fields in several places, and no index, unique or primary
    key of the table begins with what is compared, or goes on with what is sorted by.

Why it matters
    PostgreSQL reads the whole table for each of these queries, or sorts everything that it found
    to give the first few rows. Nobody notices until the table is large.

Example
    `prisma.event.findMany({ where: { userId }, orderBy: { createdAt: "desc" }, take: 20 })` in a
    model without `@@index([userId, createdAt])`.

Fix
    Add the `@@index` line to the model, with the migration that creates it.

When to ignore it
    On small tables, and for queries that run seldom.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.code.advice import Advice, Unserved
from workers.engine.rules.context import Context

query_without_index = Rule(
    "query-without-index", family="code", severity=Severity.NOTICE, since="0.1"
)
_SHOWN = 10


@query_without_index.on(Advice)
def check(advice: Advice, context: Context) -> Iterator[Finding]:
    """One finding for each search that is new, one for all that were there."""
    first = advice.searches[0]
    lines = "; ".join(
        f"`{one.model}`: `{_attribute(one)}` ({len(one.places)} queries)"
        for one in advice.searches[:_SHOWN]
    )
    rest = len(advice.searches) - _SHOWN
    more = f"; and {rest} more" if rest > 0 else ""
    total = sum(len(one.places) for one in advice.searches)
    if len(advice.searches) == 1:
        message = (
            f"{total} queries on `{first.model}` {_asks(first)}, and no index of the table serves "
            "that."
        )
    else:
        models = len({one.model for one in advice.searches})
        where = f"{models} models" if models > 1 else f"`{first.model}`"
        message = (
            f"{total} queries on {where} filter or sort in ways that no index serves; the "
            f"most frequent is `{first.model}`, where {len(first.places)} {_asks(first)}."
        )
    yield query_without_index.finding(
        subject=f"{first.table}.{'+'.join(first.fields)}" if advice.is_new else "queries",
        confidence=Confidence.LIKELY,
        origin=first.places[0],
        message=message,
        remedy=f"If the tables are large, add an index with its migration. {lines}{more}.",
        related=(
            *(Related(f"So does this query of `{first.model}`", p) for p in first.places[1:4]),
            *(
                Related(f"`{one.model}`: {len(one.places)} queries {_asks(one)}", one.places[0])
                for one in advice.searches[1:_SHOWN]
            ),
        ),
    )


def _attribute(one: Unserved) -> str:
    return f"@@index([{', '.join(one.fields)}])"


def _asks(one: Unserved) -> str:
    asked = []
    if one.equal or one.ranged:
        asked.append(f"filter by {_listed((*one.equal, *one.ranged))}")
    if one.order:
        asked.append(f"sort by {_listed(one.order)}")
    return " and ".join(asked)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
