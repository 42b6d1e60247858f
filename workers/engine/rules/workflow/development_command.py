"""A development command in a deployment.

What it means
    A deployment step runs `prisma migrate dev` or `prisma migrate reset`. Both are made for a
    developer's own database.

Why it matters
    `migrate reset` drops the database. `migrate dev` asks to do so when it sees drift, wants a
    second (shadow) database, and writes a new migration on the server, where nobody commits it.

Example
    CMD ["sh", "-c", "npx prisma migrate dev && node server.js"]

Fix
    Run `prisma migrate deploy`: it applies what is pending and nothing else.

When to ignore it
    Where the "deployment" is a preview with a database of its own that is made anew each time.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Edit, Finding, Fix, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.workflow.subjects import ScriptedCommand, is_of_another_schema

development_command_in_deployment = Rule(
    "development-command-in-deployment", family="workflow", severity=Severity.ERROR, since="0.1"
)

_WHAT_IT_DOES = {
    "dev": "writes new migrations and may ask to reset the database",
    "reset": "drops the database with all its data",
}


@development_command_in_deployment.on(ScriptedCommand)
def check(command: ScriptedCommand, context: Context) -> Iterator[Finding]:
    """Each `migrate dev` or `migrate reset` that a deployment runs."""
    invocation = command.invocation
    if not command.is_deployed or is_of_another_schema(command, context):
        return
    for verb, effect in _WHAT_IT_DOES.items():
        if not invocation.is_command("migrate", verb):
            continue
        yield development_command_in_deployment.finding(
            subject=command.subject,
            detail=f"migrate {verb}",
            origin=invocation.origin,
            message=(
                f"The deployment step `{invocation.script.name}` runs `prisma migrate {verb}`,"
                f" which {effect}."
            ),
            remedy="Run `prisma migrate deploy`, which applies pending migrations and no more.",
            related=tuple(
                Related("A deployment calls it here", place) for place in invocation.through
            ),
            fix=_deploy_instead(command, context, verb),
        )


def _deploy_instead(command: ScriptedCommand, context: Context, verb: str) -> Fix | None:
    origin = command.invocation.origin
    source = context.sources.get(origin.path)
    text = source.text[origin.span.start : origin.span.end] if source else ""
    bare = f"migrate {verb}"
    if not text.endswith(bare):
        return None
    mended = text.removesuffix(bare) + "migrate deploy"
    return Fix("Apply what is pending", safe=False, edits=(Edit(origin.path, origin.span, mended),))
