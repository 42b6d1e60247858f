"""A script that marks a migration which does not exist.

What it means
    `prisma migrate resolve --applied NAME` (or `--rolled-back NAME`) in a script names a migration
    that is not in the migrations folder.

Why it matters
    The command fails with P3017, and a deployment that runs it stops there. If the migration was
    renamed, the database still knows it under its old name.

Example
    npx prisma migrate resolve --applied 20250911081240_init
    after the folder became `20250101000000_init`.

Fix
    Name the migration as its folder is named now, or take the step out once every environment has
    passed it.

When to ignore it
    Never: the command cannot succeed.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Edit, Finding, Fix, Severity
from workers.engine.project.paths import is_copy
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.workflow.subjects import ScriptedCommand

resolve_of_unknown_migration = Rule(
    "resolve-of-unknown-migration", family="workflow", severity=Severity.WARNING, since="0.1"
)


@resolve_of_unknown_migration.on(ScriptedCommand)
def check(command: ScriptedCommand, context: Context) -> Iterator[Finding]:
    """A literal name that no migration folder has."""
    invocation = command.invocation
    if not invocation.is_command("migrate", "resolve") or not context.migrations:
        return
    if context.project is not None and not context.project.is_prisma:
        return
    if is_copy(invocation.script.path):
        return
    names = {migration.name for migration in context.migrations}
    for option in ("--applied", "--rolled-back"):
        name = invocation.option(option)
        if not name or "$" in name or name in names:
            continue
        yield resolve_of_unknown_migration.finding(
            subject=command.subject,
            detail=name,
            origin=invocation.origin,
            severity=Severity.ERROR if _stops(command, context) else None,
            message=(
                f"`{invocation.script.name}` runs `prisma migrate resolve {option} {name}`, and"
                f" `{context.migrations_path}` has no migration of that name."
            ),
            remedy=_remedy(name, names),
            fix=_renamed(command, context, name, names),
        )


def _stops(command: ScriptedCommand, context: Context) -> bool:
    """Whether a deployment ends there: nothing behind it takes the failure."""
    origin = command.invocation.origin
    source = context.sources.get(origin.path)
    rest = source.text[origin.span.end :].lstrip(" \t\"'") if source else ""
    return command.is_deployed and not rest.startswith("||")


def _heir(name: str, names: set[str]) -> str | None:
    """The migration that has the same words after another timestamp, where it is one alone."""
    words = name.lstrip("0123456789")
    heirs = [other for other in names if words and other.lstrip("0123456789") == words]
    return heirs[0] if len(heirs) == 1 else None


def _remedy(name: str, names: set[str]) -> str:
    heir = _heir(name, names)
    if heir is not None:
        return f"Name the folder as it is called now, `{heir}`, or take the step out."
    return "Name the folder as it is called now, or take the step out."


def _renamed(command: ScriptedCommand, context: Context, name: str, names: set[str]) -> Fix | None:
    heir, origin = _heir(name, names), command.invocation.origin
    source = context.sources.get(origin.path)
    text = source.text[origin.span.start : origin.span.end] if source else ""
    if heir is None or text.count(name) != 1:
        return None
    edit = Edit(origin.path, origin.span, text.replace(name, heir))
    return Fix("Name the migration as it is called now", safe=False, edits=(edit,))
