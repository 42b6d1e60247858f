"""`prisma db push` where migrations should run.

What it means
    A script brings the database to the shape of `schema.prisma` with `prisma db push`. That leaves
    no migration behind, and `_prisma_migrations` knows nothing of it.

Why it matters
    The next environment that runs the migrations does not get the change, and the next
    `prisma migrate deploy` here fails on objects that exist already. With `--accept-data-loss`
    columns and tables are dropped without a question.

Example
    "scripts": { "release": "prisma db push --accept-data-loss && node server.js" }

Fix
    Run `prisma migrate deploy` in the deployment. Make the migration with `prisma migrate dev` on
    a development machine and commit it with the schema.

    `prisma db push --dry-run` does not exist: Prisma refuses it, and a check that is built on it
    compares nothing. `prisma migrate diff --exit-code` does.

When to ignore it
    On throw-away databases: previews and tests that are made anew each time. Scripts whose names
    say so (`test`, `dev`, `local`, `seed` ...) are not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Edit, Finding, Fix, Related, Severity
from workers.engine.project.commands import Invocation
from workers.engine.project.purpose import Purpose
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.workflow.subjects import ScriptedCommand, is_of_another_schema
from workers.engine.rules.workflow.tools import tool_of

push_past_migrations = Rule(
    "push-past-migrations", family="workflow", severity=Severity.ERROR, since="0.1"
)


@push_past_migrations.on(ScriptedCommand)
def check(command: ScriptedCommand, context: Context) -> Iterator[Finding]:
    """An error where a deployment pushes; a notice where nothing says what the script is for."""
    invocation = command.invocation
    if not invocation.is_command("db", "push") or not context.migrations:
        return
    if invocation.option("--help", "-h") is not None:
        return
    if invocation.purpose in (Purpose.DEVELOPMENT, Purpose.TEST):
        return
    if is_of_another_schema(command, context):
        return
    if context.project is not None and not context.project.is_prisma:
        return
    if _is_dry(invocation):
        yield _without_effect(command, context)
        return
    accepts_loss = invocation.option("--accept-data-loss") is not None
    loss = ", and `--accept-data-loss` lets it drop columns with their data" if accepts_loss else ""
    name = invocation.script.name
    who = f"The deployment step `{name}`" if command.is_deployed else f"The script `{name}`"
    yield push_past_migrations.finding(
        subject=command.subject,
        detail="db push",
        origin=invocation.origin,
        severity=Severity.ERROR if command.is_deployed else Severity.NOTICE,
        message=(
            f"{who} runs `prisma db push`, which changes the database past the"
            f" {_count(context)} in `{context.migrations_path}`{loss}."
        ),
        remedy=(
            "Run `prisma migrate deploy` here, and make the migration with `prisma migrate dev`."
            if command.is_deployed
            else "Keep it to databases that are thrown away, and say so in the script's name."
        ),
        related=tuple(Related("A deployment calls it here", place) for place in invocation.through),
        fix=_deploy_instead(command, context) if command.is_deployed else None,
    )


def _is_dry(invocation: Invocation) -> bool:
    """Whether Prisma only prints its help (seen with 6.19 and 7.10): no database is touched."""
    return invocation.option("--dry-run") is not None


def _without_effect(command: ScriptedCommand, context: Context) -> Finding:
    return push_past_migrations.finding(
        subject=command.subject,
        detail="db push --dry-run",
        origin=command.invocation.origin,
        severity=Severity.NOTICE,
        message=(
            f"`{command.invocation.script.name}` runs `prisma db push --dry-run`, and Prisma has"
            " no such option: it prints its help, and nothing is compared."
        ),
        remedy=f"What compares is `{tool_of(context).diff}`.",
    )


def _count(context: Context) -> str:
    count = len(context.migrations)
    return "migration" if count == 1 else f"{count} migrations"


def _deploy_instead(command: ScriptedCommand, context: Context) -> Fix | None:
    origin = command.invocation.origin
    source = context.sources.get(origin.path)
    if source is None:
        return None
    text = source.text[origin.span.start : origin.span.end]
    if "db push" not in text:
        return None
    mended = text.replace("db push", "migrate deploy", 1)
    for option in (" --accept-data-loss", " --skip-generate", " --force-reset"):
        mended = mended.replace(option, "")
    return Fix(
        "Run the migrations instead",
        safe=False,
        edits=(Edit(origin.path, origin.span, mended),),
    )
