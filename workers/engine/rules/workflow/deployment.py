"""A deployment that never applies the migrations.

What it means
    The repository says how it is deployed, and nothing in it runs `prisma migrate deploy`.

Why it matters
    The new code starts on the old database: the columns that it asks for are not there (P2022). If
    somebody applies the migrations by hand, it depends on them when, and whether.

Example
    web: node dist/server.js          a Procfile without a `release` process

Fix
    Run `prisma migrate deploy` before the new code starts: in the release command of the platform,
    or in a step of the workflow before the one that deploys.

When to ignore it
    Where the migrations are applied by something outside of the repository, or by the program
    itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.workflow.subjects import Workflow
from workers.engine.rules.workflow.tools import tool_of

deployment_without_migrations = Rule(
    "deployment-without-migrations", family="workflow", severity=Severity.NOTICE, since="0.1"
)


@deployment_without_migrations.on(Workflow)
def check(workflow: Workflow, context: Context) -> Iterator[Finding]:
    """One notice for a project that is deployed and whose migrations nothing applies."""
    if workflow.deployment is None or workflow.applies_migrations:
        return
    script, origin = workflow.deployment
    count = len(context.migrations)
    tool = tool_of(context)
    yield deployment_without_migrations.finding(
        subject=f"{script.path}#{script.name}",
        confidence=Confidence.POSSIBLE,
        message=f"`{script.path}` deploys the project, and nothing here applies the "
        f"{'migration' if count == 1 else f'{count} migrations'} in `{context.migrations_path}`.",
        origin=origin,
        remedy=f"Run `{tool.run} {tool.deploy}` before the new code starts.",
    )
