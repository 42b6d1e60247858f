"""What the workflow rules are handed: one run of Prisma in one of the project's own scripts."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.project.commands import Invocation, Purpose, invocations
from workers.engine.rules.context import Context
from workers.engine.source import SourceFile


class ScriptedCommand(Struct, frozen=True):
    """A run of Prisma in a script; `is_deployed` says that a deployment runs it."""

    invocation: Invocation

    @property
    def is_deployed(self) -> bool:
        """Whether the script's name or place says that deployments run it."""
        return self.invocation.purpose is Purpose.DEPLOY

    @property
    def subject(self) -> str:
        """Where the command stands, without a line number: file and script."""
        return f"{self.invocation.script.path}#{self.invocation.script.name}"


def scripted_commands(sources: list[SourceFile]) -> Iterator[ScriptedCommand]:
    """Each run of Prisma once: of several ways to one place the one with the worst purpose."""
    worst: dict[object, Invocation] = {}
    for found in invocations(sources):
        known = worst.get(found.origin)
        if known is None or found.purpose is Purpose.DEPLOY:
            worst[found.origin] = found
    return (ScriptedCommand(invocation) for invocation in worst.values())


def workflow_subjects(context: Context) -> Iterator[ScriptedCommand]:
    """The commands of all scripts of the head."""
    return scripted_commands(list(context.sources.values()))
