"""Environments that hold something else than their migrations make.

What it means
    The database of this environment was compared, object by object, with the replay of exactly the
    migrations that are recorded as applied there. Something differs: it was changed by hand, by
    `prisma db push`, or by migrations that are not in git.

Why it matters
    What is tested elsewhere is not what runs here. The next migration may fail on this database
    alone, or succeed and leave it different for good; and nobody sees it in a diff, because
    `prisma migrate status` looks at the names of migrations and not at what they made.

Example
    Production has a column `users.phone`, and no migration makes it; the Prisma schema has it:
    somebody ran `prisma db push` against production.

Fix
    Decide which side is right. Write a migration for what shall stay (`driftline fix` writes it)
    and mark it as applied where it is there already; undo by hand what shall not stay.

When to ignore it
    For what a hosting platform makes by itself, if Driftline does not know that platform: name the
    object in an exemption.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Finding, Severity
from workers.engine.observed.difference import Difference
from workers.engine.observed.survey import Survey
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.schema.model import History, QualifiedName

environment_drift = Rule(
    "environment-drift", family="environment", severity=Severity.WARNING, since="0.1"
)

_TOLD = 4


@environment_drift.on(Survey)
def check(survey: Survey, context: Context) -> Iterator[Finding]:
    """One warning for each table or other object that differs."""
    groups: dict[str, list[Difference]] = {}
    for one in survey.drift:
        groups.setdefault(_holder(one), []).append(one)
    for holder, found in groups.items():
        told = "; ".join(str(one) for one in found[:_TOLD])
        more = f"; and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
        makers = dict.fromkeys(filter(None, (survey.story.maker_of(one.subject) for one in found)))
        yield environment_drift.finding(
            subject=holder,
            detail=survey.name,
            message=f"`{survey.name}` is not what its applied migrations make: {told}{more}.",
            origin=context.place(*_histories(holder, context)),
            remedy=f"Most likely made {'; '.join(makers)}." if makers else "",
            confidence=Confidence.CERTAIN,
        )


def _holder(one: Difference) -> str:
    """The table of a part; another object by itself."""
    if one.what in ("function", "trigger", "policy", "extension", "view", "enum"):
        return one.subject
    return ".".join(one.subject.split(".")[:2])


def _histories(holder: str, context: Context) -> Iterator[History]:
    home, _, name = holder.partition(".")
    for schema in (context.declared, context.replayed):
        table = schema.tables.get(QualifiedName(home, name))
        if table is not None:
            yield table.history
        enum = schema.enums.get(QualifiedName(home, name))
        if enum is not None:
            yield enum.history
