"""What the databases probably hold, inferred from the repository's scripts and file names.

No database is read: every row is a guess with its evidence, and is told as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from workers.engine.project.commands import Invocation
from workers.engine.project.purpose import Purpose
from workers.engine.rules.workflow.subjects import scripted_commands
from workers.engine.source import Origin, SourceFile

_NAMED = {
    "prod": "Production",
    "production": "Production",
    "staging": "Staging",
    "stage": "Staging",
    "preview": "Preview",
    "qa": "QA",
    "uat": "UAT",
}
_LOCAL = {"local": "Development", "dev": "Development", "development": "Development"}
_TEST = {"test": "Test and CI", "ci": "Test and CI", "e2e": "Test and CI"}
_SAMPLES = frozenset({"example", "sample", "template", "dist", "defaults", "schema"})
_OF_PURPOSE = {
    Purpose.DEPLOY: "Deployed databases",
    Purpose.DEVELOPMENT: "Development",
    Purpose.TEST: "Test and CI",
    Purpose.UNKNOWN: "Wherever a person runs the script",
}

_ORDER = (
    "Development",
    "Wherever a person runs the script",
    "Test and CI",
    "Preview",
    "QA",
    "UAT",
    "Staging",
    "Deployed databases",
    "Production",
)


class Run(Struct, frozen=True):
    """One Prisma command that a script runs, and what the script is for."""

    command: str
    script: str
    purpose: str
    origin: Origin


class Environment(Struct):
    """One kind of database: what fills it, and the places that say so."""

    name: str
    feeds: set[str] = field(default_factory=set)
    evidence: list[tuple[str, Origin | None]] = field(default_factory=list)

    @property
    def source(self) -> str:
        """What gives the database its schema."""
        ways = {"push": "`schema.prisma`, pushed", "deploy": "the migrations"}
        told = [ways[feed] for feed in ("push", "deploy") if feed in self.feeds]
        return " and ".join(told) or "not said"


def runs(sources: Iterable[SourceFile]) -> tuple[Run, ...]:
    """The Prisma commands of all scripts that read or change a schema."""
    found = []
    for command in scripted_commands(list(sources)):
        invocation = command.invocation
        words = " ".join(("prisma", *invocation.arguments))
        purpose = invocation.purpose.value
        found.append(Run(words, invocation.script.name, purpose, invocation.origin))
    return tuple(found)


def environments(sources: Iterable[SourceFile], paths: Iterable[str]) -> tuple[Environment, ...]:
    """The environments that the repository gives away, in the order in which changes reach them."""
    found: dict[str, Environment] = {}
    for command in scripted_commands(list(sources)):
        feed = _feed(command.invocation)
        if feed:
            name = _name(command.invocation)
            environment = found.setdefault(name, Environment(name))
            environment.feeds.add(feed)
            words = " ".join(command.invocation.arguments[:2])
            told = f"`{command.invocation.script.name}` runs `prisma {words}`"
            environment.evidence.append((told, command.invocation.origin))
    for path, name in _environment_files(paths):
        environment = found.setdefault(name, Environment(name))
        environment.evidence.append((f"there is a file `{path}`", None))
    return tuple(sorted(found.values(), key=lambda one: _ORDER.index(one.name)))


def _feed(invocation: Invocation) -> str:
    if invocation.is_command("db", "push"):
        return "push"
    ways = (("migrate", "deploy"), ("migrate", "dev"), ("migrate", "reset"))
    return "deploy" if any(invocation.is_command(*words) for words in ways) else ""


def _name(invocation: Invocation) -> str:
    if invocation.is_command("migrate", "dev") and invocation.purpose is not Purpose.DEPLOY:
        return "Development"
    if invocation.purpose is Purpose.DEPLOY:
        for name in (*reversed(invocation.script.names), invocation.script.name):
            for word in _words(name):
                if word in _NAMED:
                    return _NAMED[word]
    return _OF_PURPOSE[invocation.purpose]


def _environment_files(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Files `.env.NAME` that name an environment; samples say nothing about a database."""
    for path in sorted(paths):
        file = path.rpartition("/")[2].lower()
        if not (file.startswith(".env.") or file.endswith(".env")):
            continue
        words = _words(file)
        if not _SAMPLES.isdisjoint(words):
            continue
        for word in words:
            name = {**_NAMED, **_LOCAL, **_TEST}.get(word)
            if name:
                yield path, name
                break


def _words(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in text.lower()).split()
