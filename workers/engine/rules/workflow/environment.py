"""Environments that share one database.

What it means
    Two committed files of settings, for two environments, give the database's variable the same
    value. The value is not shown here.

Why it matters
    What a developer tries with `prisma db push` or `migrate dev` happens to the other environment
    too, `migrate reset` included.

Example
    .env.development and .env.production both set DATABASE_URL to one address

Fix
    Give each environment a database of its own, and keep the addresses out of the repository: in
    the platform's settings, with an `.env.example` that holds the names alone. An address that has
    been committed stays in the history: change its password.

When to ignore it
    Where the files stand for one environment, under two names.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.workflow.subjects import SharedDatabase
from workers.engine.source import Origin, Span

environments_share_database = Rule(
    "environments-share-database", family="workflow", severity=Severity.WARNING, since="0.1"
)


@environments_share_database.on(SharedDatabase)
def check(shared: SharedDatabase, context: Context) -> Iterator[Finding]:
    """One warning for each database that files of several environments name.

    It stands at the schema's datasource, because the line of a setting would show its value.
    """
    names = [f"`{place.path}`" for place in shared.places]
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    yield environments_share_database.finding(
        subject=shared.variable,
        detail=" ".join(place.path for place in shared.places),
        message=f"{listed} point `{shared.variable}` at the same database: what is tried in one "
        "environment happens to the other.",
        origin=_datasource(context),
        related=[Related(f"`{shared.variable}` is set here", place) for place in shared.places],
        remedy="Give each environment a database of its own, and keep the addresses out of the "
        "repository.",
    )


def _datasource(context: Context) -> Origin:
    source = context.sources.get(context.schema_path)
    at = source.text.find("datasource ") if source is not None else -1
    if source is None or at < 0:
        return Origin(context.schema_path, Span(0, 0))
    end = source.text.find("\n", at)
    return Origin(context.schema_path, Span(at, end if end >= 0 else len(source.text)))
