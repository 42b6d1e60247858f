"""Nothing looks for drift, or only when it is too late.

What it means
    No script and no workflow asks whether the migrations make the schema (`driftline check`,
    `prisma migrate diff`) or whether a database has them all (`prisma migrate status`); or the
    deployment asks only after it has applied the migrations.

Why it matters
    What nobody looks for is found by the users. After the deployment the answer is no help any
    more: what failed has failed on production.

Example
    "release": "prisma migrate deploy && prisma migrate diff ... --exit-code"

Fix
    Check in the pull request, or at least before `migrate deploy`. `driftline init` writes the
    scripts and a workflow that fit the project.

When to ignore it
    Where Driftline's App reviews every pull request, or another pipeline checks.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Edit, Finding, Fix, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.workflow.subjects import LateCheck, Workflow
from workers.engine.rules.workflow.tools import tool_of
from workers.engine.source import Origin, Span

drift_never_checked = Rule(
    "drift-never-checked", family="workflow", severity=Severity.NOTICE, since="0.1"
)
checked_after_deployment = Rule(
    "checked-after-deployment", family="workflow", severity=Severity.NOTICE, since="0.1"
)


@drift_never_checked.on(Workflow)
def check_never(workflow: Workflow, context: Context) -> Iterator[Finding]:
    """One notice for a project whose scripts run migrations and never look."""
    if workflow.has_check or not workflow.is_migrating:
        return
    scripts = [one for one in workflow.commands if one.invocation.script.is_package]
    migrating = (one for one in scripts if one.invocation.is_command("migrate"))
    first = next(migrating, scripts[0] if scripts else None)
    if first is None:
        return
    tool = tool_of(context)
    yield drift_never_checked.finding(
        subject=first.invocation.script.path,
        confidence=Confidence.LIKELY,
        message=f"`{first.invocation.script.name}` runs Prisma, and no script or workflow checks "
        f"whether `{context.migrations_path}` makes what `{context.schema_path}` declares.",
        origin=first.invocation.origin,
        remedy=f'Add a script, and run it before anything is deployed: `"db:diff": '
        f'"{tool.diff}"`; `driftline check` needs no database for it.',
        fix=_added(first.invocation.origin, context),
    )


def _added(origin: Origin, context: Context) -> Fix | None:
    """The script on a line of its own before the one that runs Prisma."""
    source = context.sources.get(origin.path)
    if source is None:
        return None
    start = source.text.rfind("\n", 0, origin.span.start) + 1
    line = source.text[start : origin.span.start]
    indent = line[: len(line) - len(line.lstrip())]
    if not line.lstrip().startswith('"') or line.count('"') != 3:
        return None
    command = tool_of(context).diff.replace('"', '\\"')
    edit = Edit(origin.path, Span(start, start), f'{indent}"db:diff": "{command}",\n')
    return Fix("Add a script that compares", safe=True, edits=(edit,))


@checked_after_deployment.on(LateCheck)
def check_late(late: LateCheck, context: Context) -> Iterator[Finding]:
    """One notice for each place that deploys first and looks afterwards."""
    told = " ".join(late.check.arguments[:2])
    yield checked_after_deployment.finding(
        subject=f"{late.check.script.path}#{late.check.script.name}",
        detail=told,
        message=f"`prisma {told}` runs after `prisma migrate deploy`, and nothing checks before: "
        "what it finds has been deployed already.",
        origin=late.check.origin,
        related=[Related("The migrations are applied here", late.deploy.origin)],
        remedy="Check before `migrate deploy`, best in the pull request; the look afterwards may "
        "stay.",
    )
