"""What the workflow rules are handed: the project's own runs of Prisma, one by one and together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from workers.engine.project.commands import Invocation, invocations
from workers.engine.project.paths import folder_of, is_copy, join, name_of
from workers.engine.project.purpose import Purpose
from workers.engine.project.scripts import Script, is_script, scripts_of
from workers.engine.project.settings_files import shared_settings
from workers.engine.rules.context import Context
from workers.engine.source import Origin, SourceFile, Span
from workers.engine.syntax import json_strings


class ScriptedCommand(Struct, frozen=True):
    """A run of Prisma in a script; `is_deployed` says that a deployment runs it."""

    invocation: Invocation

    @property
    def is_deployed(self) -> bool:
        """Whether the script's name or place says that deployments run it."""
        return self.invocation.purpose is Purpose.DEPLOY

    @property
    def place(self) -> str:
        """What runs in one go: the job of a workflow, else the script."""
        script = self.invocation.script
        return script.group or f"{script.path}#{script.name}"

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


class Workflow(Struct, frozen=True):
    """All scripts of a repository together.

    `has_check` says that something looks for drift, `is_migrating` that a script runs migrations,
    `applies_migrations` that a deployment does (or may do: some text speaks of it). `deployment` is
    the first script that a deployment runs, with its place.
    """

    commands: tuple[ScriptedCommand, ...]
    has_check: bool
    is_migrating: bool
    applies_migrations: bool
    deployment: tuple[Script, Origin] | None


class LateCheck(Struct, frozen=True):
    """A look for drift that comes after the migrations were applied, and none before."""

    check: Invocation
    deploy: Invocation


class SharedDatabase(Struct, frozen=True):
    """A variable that settings of several environments give one value."""

    variable: str
    places: tuple[Origin, ...]


class NamedSchema(Struct, frozen=True):
    """The path that package.json names as Prisma's schema."""

    path: str
    manifest: str
    origin: Origin


WorkflowSubject = ScriptedCommand | Workflow | LateCheck | SharedDatabase | NamedSchema

_CHECKS = (("migrate", "status"), ("migrate", "diff"))
_SIGNS = ("migrate deploy", "migrate:deploy", "migrate-deploy", "driftline deploy")
_PLATFORMS = frozenset(
    {
        *("procfile", "fly.toml", "railway.toml", "railway.json", "nixpacks.toml", "heroku.yml"),
        *("render.yaml", "render.yml", "vercel.json", "netlify.toml", "app.json"),
    }
)


def workflow_subjects(context: Context) -> Iterator[WorkflowSubject]:
    """The commands of all scripts of the head, and what they are together."""
    sources = list(context.sources.values())
    commands = tuple(scripted_commands(sources))
    yield from commands
    yield from _named_schemas(sources)
    pair = context.project
    if pair is None or pair.schema is None or not pair.is_prisma or not context.migrations:
        return
    has_check = _has_check(commands, sources)
    yield Workflow(
        commands,
        has_check=has_check,
        is_migrating=any(one.invocation.is_command("migrate") for one in commands),
        applies_migrations=_applies_migrations(commands, sources),
        deployment=_deployment(sources),
    )
    yield from _late_checks(commands)
    variables = frozenset(one.variable for one in pair.connections) | {"DATABASE_URL", "DIRECT_URL"}
    for settings in shared_settings(sources, variables):
        places = tuple(setting.origin for setting in settings)
        yield SharedDatabase(settings[0].variable, places)


def is_of_another_schema(command: ScriptedCommand, context: Context) -> bool:
    """Whether a command is surely about another schema than this pair's.

    It names one that exists, or its package has one of its own where Prisma looks.
    """
    pair, script = context.project, command.invocation.script
    if pair is None or pair.schema is None:
        return False
    folder = folder_of(script.path)
    named = command.invocation.option("--schema")
    ours = {pair.schema.root, *pair.schema.files}
    if named:
        paths = {join(folder, named), join("", named)} & context.head.paths
        return bool(paths) and not paths & ours
    if not script.is_package or not folder:
        return False
    usual = {f"{folder}/{path}" for path in ("schema.prisma", "prisma/schema.prisma")}
    return bool(usual & context.head.paths) and not usual & ours


def _has_check(commands: Iterable[ScriptedCommand], sources: Iterable[SourceFile]) -> bool:
    if any(one.invocation.is_command(*check) for one in commands for check in _CHECKS):
        return True
    return any("driftline" in source.text for source in sources if is_script(source.path))


def _applies_migrations(commands: Iterable[ScriptedCommand], sources: Iterable[SourceFile]) -> bool:
    """Whether any text speaks of it; a command that should not be there is told by its own rule."""
    told = (("db", "push"), ("migrate", "dev"), ("migrate", "reset"))
    if any(
        one.is_deployed and one.invocation.is_command(*words) for one in commands for words in told
    ):
        return True
    if any(sign in source.text for source in sources for sign in _SIGNS):
        return True
    return any(
        "migrat" in script.body.text.lower()
        for source in sources
        if name_of(source.path).lower() in _PLATFORMS
        for script in scripts_of(source)
    )


def _deployment(sources: Iterable[SourceFile]) -> tuple[Script, Origin] | None:
    for source in sources:
        name = name_of(source.path).lower()
        if name not in _PLATFORMS or is_copy(source.path):
            continue
        for script in scripts_of(source):
            if script.is_deployment and script.body.text.strip():
                offsets = script.body.offsets
                return script, Origin(script.path, Span(offsets[0], offsets[-1]))
    return None


def _late_checks(commands: tuple[ScriptedCommand, ...]) -> Iterator[LateCheck]:
    """What stands behind a deployment in one place; where anything else checks it is no trouble."""
    places: dict[str, list[Invocation]] = {}
    for one in commands:
        places.setdefault(one.place, []).append(one.invocation)
    checking = {place for place, run in places.items() if any(map(_is_check, run))}
    for place, run in places.items():
        deploy = next((one for one in run if _is_deploy(one)), None)
        check = next((one for one in run if _is_check(one)), None)
        if deploy is None or check is None or checking - {place}:
            continue
        if run.index(deploy) < run.index(check):
            yield LateCheck(check, deploy)


def _is_deploy(invocation: Invocation) -> bool:
    """Whether it reaches a database that is kept: CI makes one to look at what comes of it."""
    is_kept = invocation.purpose is Purpose.DEPLOY
    return is_kept and invocation.is_command("migrate", "deploy")


def _is_check(invocation: Invocation) -> bool:
    return any(invocation.is_command(*check) for check in _CHECKS)


def _named_schemas(sources: Iterable[SourceFile]) -> Iterator[NamedSchema]:
    for source in sources:
        if name_of(source.path) != "package.json" or '"prisma"' not in source.text:
            continue
        for found in json_strings(source.text):
            if found.path == ("prisma", "schema"):
                offsets = found.value.offsets
                origin = Origin(source.path, Span(offsets[0], offsets[-1]))
                yield NamedSchema(found.value.text, source.path, origin)
