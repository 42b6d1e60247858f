"""The Prisma commands that a repository's own scripts run: which, where, and what for.

Read out of package.json scripts, GitHub workflows, container and compose files, shell scripts,
Procfiles and the configuration of hosting platforms. Nothing is run.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from workers.engine.project.scripts import Script, scripts_of
from workers.engine.source import Origin, SourceFile, Span
from workers.engine.syntax import ShellCommand, Word, shell_commands

_RUNNERS = {
    "npx": 0,
    "bunx": 0,
    "pnpx": 0,
    "sudo": 0,
    "exec": 0,
    "time": 0,
    "env": 0,
    "cross-env": 0,
    "dotenv": 0,
    "dotenvx": 1,
    "yarn": 0,
    "pnpm": 0,
    "npm": 0,
    "bun": 0,
    "doppler": 1,
    "infisical": 1,
    "op": 1,
}
_RUNNER_VERBS = frozenset({"exec", "x", "dlx", "run", "--"})
_VALUE_OPTIONS = frozenset({"-e", "-c", "-p", "--cwd", "-C", "--dir", "--filter", "-F", "-f"})


class Purpose(Enum):
    """What a script is for, as far as its name and place tell."""

    DEPLOY = "deploy"
    DEVELOPMENT = "development"
    TEST = "test"
    UNKNOWN = "unknown"


class Invocation(Struct, frozen=True):
    """One run of the Prisma command line: `arguments` are the words after `prisma`."""

    arguments: tuple[str, ...]
    origin: Origin
    script: Script
    purpose: Purpose
    through: tuple[Origin, ...] = ()
    """Where the scripts that lead here call it: the script itself stands in `origin`."""

    def is_command(self, *words: str) -> bool:
        """Whether the command is this one, options between its words aside."""
        bare = tuple(word for word in self.arguments if not word.startswith("-"))
        return bare[: len(words)] == words

    def option(self, *names: str) -> str | None:
        """The value of an option in either spelling, "" for one that stands alone, else None."""
        for number, word in enumerate(self.arguments):
            name, equals, value = word.partition("=")
            if name not in names:
                continue
            if equals:
                return value
            following = self.arguments[number + 1 : number + 2]
            return following[0] if following and not following[0].startswith("-") else ""
        return None


def invocations(sources: list[SourceFile]) -> list[Invocation]:
    """Every run of Prisma in these files, those behind `npm run NAME` included."""
    scripts = [script for source in sources for script in scripts_of(source)]
    by_name = {(script.path, script.name): script for script in scripts if script.is_package}
    found: list[Invocation] = []
    for script in scripts:
        found.extend(_within(script, purpose_of(script), by_name, (), frozenset()))
    return found


def _within(
    script: Script,
    purpose: Purpose,
    by_name: dict[tuple[str, str], Script],
    through: tuple[Origin, ...],
    seen: frozenset[tuple[str, str]],
) -> Iterator[Invocation]:
    if not _may_matter(script.body.text):
        return
    for command in shell_commands(script.body.text):
        arguments = prisma_arguments(command)
        origin = _origin(script, command)
        if arguments is not None:
            # A script of its own name is told where it stands, not where it is called from,
            # unless the caller's purpose makes it worse.
            yield Invocation(arguments, origin, script, purpose, through)
        called = _called_script(command)
        if called is None or purpose is not Purpose.DEPLOY:
            continue
        key = _nearest(by_name, script.path, called)
        if key is not None and key not in seen and purpose_of(by_name[key]) is not Purpose.DEPLOY:
            yield from _within(by_name[key], purpose, by_name, (*through, origin), seen | {key})


def _may_matter(text: str) -> bool:
    return "prisma" in text or any(tool in text for tool in ("npm", "yarn", "pnpm", "bun"))


def _nearest(
    by_name: dict[tuple[str, str], Script], path: str, name: str
) -> tuple[str, str] | None:
    folder = path.rpartition("/")[0]
    candidates = [f"{folder}/package.json" if folder else "package.json", "package.json"]
    return next(((file, name) for file in candidates if (file, name) in by_name), None)


def _origin(script: Script, command: ShellCommand) -> Origin:
    offsets = script.body.offsets
    end = offsets[command.end - 1] + 1 if command.end > command.start else offsets[command.end]
    return Origin(script.path, Span(offsets[command.start], end))


def prisma_arguments(command: ShellCommand) -> tuple[str, ...] | None:
    """The words after `prisma`, through npx, pnpm exec, dotenv and their like; None if not it."""
    words = _unwrap(list(command.words))
    if words and words[0].text.rpartition("/")[2].partition("@")[0] == "prisma":
        return tuple(word.text for word in words[1:])
    return None


def _unwrap(words: list[Word]) -> list[Word]:
    while words and words[0].text in _RUNNERS:
        skip = _RUNNERS[words[0].text]
        words = words[1 + skip :]
        while words and (
            words[0].text.startswith("-") or "=" in words[0].text or words[0].text in _RUNNER_VERBS
        ):
            takes_value = words[0].text in _VALUE_OPTIONS
            words = words[2:] if takes_value else words[1:]
    return words


def _called_script(command: ShellCommand) -> str | None:
    words = [word.text for word in command.words]
    if words[0] not in ("npm", "yarn", "pnpm", "bun"):
        return None
    rest = _unwrap(list(command.words))
    return rest[0].text if rest else None


_DEPLOY_WORDS = frozenset(
    {"deploy", "deployment", "prod", "production", "release", "start", "postinstall", "publish"}
)
_DEPLOY_SCRIPTS = frozenset({"build", "vercel-build", "heroku-postbuild", "render-build"})
_TEST_WORDS = frozenset({"test", "tests", "e2e", "ci", "integration", "lint", "check", "pretest"})
_DEVELOPMENT_WORDS = frozenset(
    {
        "dev",
        "develop",
        "development",
        "local",
        "reset",
        "seed",
        "setup",
        "init",
        "predev",
        "bootstrap",
    }
)


def purpose_of(script: Script) -> Purpose:
    """What the script is for: the innermost name that tells decides (step, job, file)."""
    for name in reversed(script.names):
        purpose = _purpose_of_name(name)
        if purpose is not Purpose.UNKNOWN:
            return purpose
    if script.name in _DEPLOY_SCRIPTS or script.is_deployment:
        return Purpose.DEPLOY
    return Purpose.UNKNOWN


def _purpose_of_name(name: str) -> Purpose:
    told = set(_split(name))
    is_deploy = bool(told & _DEPLOY_WORDS)
    if told & _TEST_WORDS and not is_deploy:
        return Purpose.TEST
    if told & _DEVELOPMENT_WORDS and not is_deploy:
        return Purpose.DEVELOPMENT
    return Purpose.DEPLOY if is_deploy else Purpose.UNKNOWN


def _split(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()
