"""A script that gives every migration the same name.

What it means
    A script runs `prisma migrate dev --name NAME` with the name written into it, so that every
    migration made with it is called the same.

Why it matters
    A history of ten migrations named `init` tells nobody what each does, reviews cannot tell them
    apart, and the one that really is the first is hard to find when the order matters.

Example
    "scripts": { "db:migrate": "prisma migrate dev --name init" }

Fix
    Leave `--name` out: Prisma asks for it. Or pass it on: `npm run db:migrate -- --name add_tags`.

When to ignore it
    In a script that makes the first migration of a new project and is run once.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Edit, Finding, Fix, Severity
from workers.engine.project.paths import name_of
from workers.engine.project.purpose import Purpose
from workers.engine.project.scripts import Script
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.workflow.subjects import ScriptedCommand

migration_name_fixed = Rule(
    "migration-name-fixed", family="workflow", severity=Severity.WARNING, since="0.1"
)

_NAME_OPTIONS = ("--name", "-n")
_ONCE = frozenset({"init", "first", "setup", "bootstrap", "install"})


@migration_name_fixed.on(ScriptedCommand)
def check(command: ScriptedCommand, context: Context) -> Iterator[Finding]:
    """A literal name in a script that people run again and again."""
    invocation = command.invocation
    name = invocation.option(*_NAME_OPTIONS)
    if not invocation.is_command("migrate", "dev") or not _is_kept(invocation.script):
        return
    if not name or "$" in name or invocation.purpose in (Purpose.DEPLOY, Purpose.TEST):
        return
    yield migration_name_fixed.finding(
        subject=command.subject,
        detail=name,
        origin=invocation.origin,
        message=(
            f"The script `{invocation.script.name}` names every migration `{name}`, whatever the"
            " migration does."
        ),
        remedy=f"Leave `--name {name}` out; Prisma then asks for a name.",
        fix=_without_name(command, context, name),
    )


def _is_kept(script: Script) -> bool:
    """A script of package.json, a recipe or a shell script that is not for the first time alone."""
    kinds = ("makefile", "justfile")
    name = name_of(script.path).lower()
    if not (script.is_package or name in kinds or name.endswith((".sh", ".bash"))):
        return False
    words = "".join(sign if sign.isalnum() else " " for sign in script.name.lower()).split()
    return _ONCE.isdisjoint(words)


def _without_name(command: ScriptedCommand, context: Context, name: str) -> Fix | None:
    origin = command.invocation.origin
    source = context.sources.get(origin.path)
    text = source.text[origin.span.start : origin.span.end] if source else ""
    for option in _NAME_OPTIONS:
        for written in (f" {option} {name}", f" {option}={name}"):
            if text.count(written) == 1:
                mended = text.replace(written, "")
                edit = Edit(origin.path, origin.span, mended)
                return Fix("Let Prisma ask for the name", safe=True, edits=(edit,))
    return None
