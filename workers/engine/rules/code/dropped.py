"""Code that uses what this change takes away.

What it means
    The pull request takes a model, a field or an enum value out of the schema, or its migration
    drops or renames a table or a column, and code uses it: the code of the pull request itself,
    or the code that is deployed now and runs while the migration is applied.

Why it matters
    The first does not compile, or fails when it runs. The second fails from the moment of the
    migration until the last old process is gone. Prisma Client names every column in each query
    that has no `select`, so code that never mentions the column fails, too.

Example
    ALTER TABLE "User" DROP COLUMN "nickname";
    while `prisma.user.findMany()` of the version before is still running.

Fix
    In two steps: first take the field out of the schema and the code, and deploy that; then drop
    the column in a later migration. To rename a field, keep its column with `@map`.

When to ignore it
    Where the application is stopped during the migration.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.code.evidence import origin_of
from workers.engine.findings import Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.code.departures import DroppedRunning, DroppedUsed
from workers.engine.rules.context import Context

code_uses_dropped_name = Rule(
    "code-uses-dropped-name", family="code", severity=Severity.ERROR, since="0.1"
)
dropped_under_running_code = Rule(
    "dropped-under-running-code", family="code", severity=Severity.WARNING, since="0.1"
)
_SHOWN = 8


@code_uses_dropped_name.on(DroppedUsed)
def check_used(used: DroppedUsed, context: Context) -> Iterator[Finding]:
    """One finding for each name and file."""
    first, *others = used.places
    yield code_uses_dropped_name.finding(
        subject=used.subject,
        detail=first.path,
        origin=first,
        message=(
            f"This change takes {used.what} out of the schema, and the code still uses it: the "
            "generated client does not have it any more."
        ),
        remedy="Change the code with the schema, or leave the name where it is.",
        related=tuple(Related("It is used here, too", place) for place in others[:_SHOWN]),
    )


@dropped_under_running_code.on(DroppedRunning)
def check_running(dropped: DroppedRunning, context: Context) -> Iterator[Finding]:
    """One finding for each table or column that goes while it is in use."""
    uses = dropped.named or dropped.whole
    files = len({use.path for use in uses})
    count = f"{len(uses)} place{'s' * (len(uses) != 1)} in {files} file{'s' * (files != 1)}"
    if dropped.named:
        how = f"The code that is deployed now uses it ({count})"
    else:
        how = f"The code that is deployed now reads all columns of `{dropped.model}` ({count})"
    yield dropped_under_running_code.finding(
        subject=dropped.subject,
        origin=dropped.at,
        message=(
            f"The migration takes {dropped.what} away. {how} and fails from then on until the last "
            "old process is gone."
        ),
        remedy=(
            "Deploy code and schema without it first, and drop it in a later migration; to rename "
            "a field, keep its column with `@map`."
        ),
        related=tuple(
            Related(f"The deployed code {use.how} it here", origin_of(use))
            for use in uses[:_SHOWN]
            if use.path in context.sources or context.base is not None
        ),
    )
