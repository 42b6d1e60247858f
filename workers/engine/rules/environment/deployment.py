"""Deployments that a real database would refuse.

What it means
    Driftline has read the environment that the operator bound to this repository, and has run the
    migrations that wait there on what it holds now, on paper: one of them would be refused, or the
    runner would refuse to begin.

Why it matters
    The migration may be right for an empty database and for every other environment. On this one
    it stops the deployment half-way: from Prisma 7.4 on, the statements before the failing one
    stay applied, and every later deployment is refused (P3009) until somebody resolves it by hand.

Example
    `prisma db push` has made `users.phone` in production; the pull request brings the migration
    that adds it. There, and only there, it fails with 42701, column already exists.

Fix
    For an object that is there already: mark the migration as applied there
    (`npx prisma migrate resolve --applied NAME`) if it makes nothing else, or write
    `IF NOT EXISTS`. For a failed migration that blocks: finish or undo it by hand, then
    `npx prisma migrate resolve`. For a database without a record of migrations: baseline it.

When to ignore it
    Where the environment is about to be rebuilt from nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.observed.applied import History, key_of
from workers.engine.observed.forecast import Forecast
from workers.engine.observed.survey import Survey
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.source import Origin, Span
from workers.engine.sql.replay import Failure

deployment_would_fail = Rule(
    "deployment-would-fail", family="environment", severity=Severity.ERROR, since="0.1"
)
deployment_blocked = Rule(
    "deployment-blocked", family="environment", severity=Severity.ERROR, since="0.1"
)

_ALREADY_THERE = frozenset(
    {
        *("42P07", "42701", "42710", "42723", "42P06"),
        *("1007", "1050", "1060", "1061", "1359", "1826"),
    }
)
"""What PostgreSQL (SQLSTATE) and MySQL (numbers) say to an object that is there already; SQLite
has one code for all, and words."""
_NULLS = "23502"


@deployment_would_fail.on(Survey)
def check(survey: Survey, context: Context) -> Iterator[Finding]:
    """The first migration that would be refused there."""
    for outlook in survey.forecasts:
        step = outlook.failing
        if step is None or step.failure is None:
            continue
        failure = step.failure
        rest = sum(other.outcome == "not reached" for other in outlook.steps)
        after = f", and {rest} more would not be reached" if rest else ""
        yield deployment_would_fail.finding(
            subject=step.migration.name,
            detail=survey.name,
            message=(
                f"On `{survey.name}` as it is, `{step.migration.name}` would fail:"
                f" {failure.message} ({failure.sqlstate}){after}."
            ),
            origin=failure.origin,
            severity=_severity(survey),
            remedy=_remedy(failure, step.migration.name, survey),
        )


def _severity(survey: Survey) -> Severity:
    """An environment that another branch is deployed to meets this change later, if at all."""
    return Severity.WARNING if survey.observation.branch else Severity.ERROR


def _remedy(failure: Failure, name: str, survey: Survey) -> str:
    if failure.sqlstate == _NULLS:
        return (
            "The table has rows there: add the column without NOT NULL, fill it, then SET NOT NULL."
        )
    told = ("already exists", "duplicate column name")
    is_there = failure.sqlstate == "SQLITE_ERROR" and any(one in failure.message for one in told)
    if is_there or failure.sqlstate in _ALREADY_THERE:
        if survey.histories and survey.histories[0].runner == "supabase":
            version = key_of(name, "supabase")
            mark = f"`supabase migration repair --status applied {version}`"
        else:
            mark = f"`npx prisma migrate resolve --applied {name}`"
        return (
            f"It is there already. If the migration makes nothing else, mark it as applied on"
            f" `{survey.name}` ({mark}); otherwise write `IF NOT EXISTS`."
        )
    return (
        f"Bring `{survey.name}` to what its applied migrations make first, or let this migration"
        " cope with both states."
    )


@deployment_blocked.on(Survey)
def check_blocked(survey: Survey, context: Context) -> Iterator[Finding]:
    """A runner that would not even begin."""
    for history, outlook in zip(survey.histories, survey.forecasts, strict=True):
        if not outlook.blocked:
            continue
        yield deployment_blocked.finding(
            subject=survey.name,
            detail=" ".join(history.failed),
            message=f"A deployment to `{survey.name}` is blocked: {outlook.blocked}.",
            origin=_origin(history, outlook, context),
            severity=_severity(survey),
            remedy=next((step for step in survey.advice if "resolve" in step), ""),
        )


def _origin(history: History, outlook: Forecast, context: Context) -> Origin:
    """The file that blocks, else the first that waits."""
    for migration in context.migrations:
        if migration.name in history.failed:
            return Origin(migration.source.path, Span(0, 0))
    if outlook.steps:
        return Origin(outlook.steps[0].migration.source.path, Span(0, 0))
    return context.place()
