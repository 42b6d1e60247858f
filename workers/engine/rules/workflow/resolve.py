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

from workers.engine.findings import Finding, Severity
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
    names = {migration.name for migration in context.migrations}
    for option in ("--applied", "--rolled-back"):
        name = invocation.option(option)
        if not name or "$" in name or name in names:
            continue
        yield resolve_of_unknown_migration.finding(
            subject=command.subject,
            detail=name,
            origin=invocation.origin,
            severity=Severity.ERROR if command.is_deployed else None,
            message=(
                f"`{invocation.script.name}` runs `prisma migrate resolve {option} {name}`, and"
                f" `{context.migrations_path}` has no migration of that name."
            ),
            remedy="Name the folder as it is called now, or take the step out.",
        )
