"""What an environment's record of migrations says beside git.

What it means
    The runner's own table in that database (`_prisma_migrations`, or Supabase's
    `schema_migrations`) names migrations that are not in git, or holds the checksum of another text
    than the file has now, or lacks one that sorts before the newest that it has.

Why it matters
    `prisma migrate deploy` compares nothing but names, and `prisma migrate status` hides what lies
    behind: it reports such a database as up to date. A migration that only this database has run
    cannot be repeated anywhere else; one whose text changed afterwards has never run here as it
    stands in git; one that sorts earlier will run after the later ones.

Example
    `20260301_add_phone` ran in staging from a branch that was never merged.

Fix
    Bring a missing migration back from its branch. Put an edited one back as it was, and write the
    change as a new migration. Rename a late one that has run nowhere, so that it sorts last.

When to ignore it
    For an environment that is only ever fed from branches, such as a preview database.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.observed.survey import Survey
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.source import Origin, Span

applied_not_in_git = Rule(
    "applied-migration-not-in-git", family="environment", severity=Severity.WARNING, since="0.1"
)
applied_edited = Rule(
    "applied-migration-edited", family="environment", severity=Severity.WARNING, since="0.1"
)
deployed_late = Rule(
    "deployed-out-of-order", family="environment", severity=Severity.NOTICE, since="0.1"
)


@applied_not_in_git.on(Survey)
def check_missing(survey: Survey, context: Context) -> Iterator[Finding]:
    """Migrations that ran there and are nowhere in git."""
    for history in survey.histories:
        for name in history.foreign:
            yield applied_not_in_git.finding(
                subject=name,
                detail=survey.name,
                message=f"`{name}` has been applied on `{survey.name}` and is not in git.",
                origin=context.place(),
                remedy=(
                    "Bring it back from the branch that deployed it; until then no other"
                    " environment can be like this one."
                ),
            )


@applied_edited.on(Survey)
def check_edited(survey: Survey, context: Context) -> Iterator[Finding]:
    """Migrations whose text is no longer the one that ran."""
    for history in survey.histories:
        for name in history.edited:
            yield applied_edited.finding(
                subject=name,
                detail=survey.name,
                message=f"`{name}` ran on `{survey.name}` with another text than it has in git.",
                origin=_place(name, context),
                remedy="Put it back as it was applied, and write the change as a new migration.",
            )


@deployed_late.on(Survey)
def check_late(survey: Survey, context: Context) -> Iterator[Finding]:
    """Migrations that wait there although later ones have run."""
    for history in survey.histories:
        for name in history.late:
            yield deployed_late.finding(
                subject=name,
                detail=survey.name,
                message=(
                    f"On `{survey.name}`, `{name}` would run after migrations that sort behind it,"
                    " and its runner says nothing about it."
                ),
                origin=_place(name, context),
                remedy="Rename it so that it sorts last, if it has run nowhere yet.",
            )


def _place(name: str, context: Context) -> Origin:
    for migration in context.migrations:
        if migration.name == name:
            return Origin(migration.source.path, Span(0, 0))
    return context.place()
