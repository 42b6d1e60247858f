"""The Prisma commands that a repository's own scripts run: which, where, and what for.

Read out of package.json scripts, GitHub workflows, container and compose files, shell scripts,
Procfiles and the configuration of hosting platforms. Nothing is run.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, structs

from workers.engine.project.called import Called
from workers.engine.project.purpose import Purpose, is_for_own_machine, purpose_of
from workers.engine.project.scripts import Script, scripts_of
from workers.engine.project.shell import ShellCommand, Word, shell_commands
from workers.engine.source import Origin, SourceFile, Span
from workers.engine.syntax import Fragment

_RUNNERS = {
    "npx": 0,
    "bunx": 0,
    "pnpx": 0,
    "sudo": 0,
    "exec": 0,
    "time": 0,
    "env": 0,
    "cross-env": 0,
    "env-cmd": 0,
    "dotenv": 0,
    "dotenv-cli": 0,
    "dotenvx": 1,
    "yarn": 0,
    "pnpm": 0,
    "npm": 0,
    "bun": 0,
    "doppler": 1,
    "infisical": 1,
    "op": 1,
}
_RUNNER_VERBS = frozenset({"exec", "x", "dlx", "run", "--", "workspace"})
_VALUE_OPTIONS = frozenset(
    {
        *("-e", "-c", "-p", "--cwd", "-C", "--dir", "--filter", "-F", "-f"),
        *("--prefix", "-w", "--workspace", "--package", "workspace"),
    }
)
_CARRIERS = frozenset(
    {
        *("sh", "bash", "ash", "dash", "zsh", "docker", "docker-compose", "podman", "kubectl"),
        *("fly", "flyctl", "heroku", "railway", "ssh", "timeout", "nohup", "nice", "xargs"),
        *("su", "gosu", "su-exec", "tini", "dumb-init", "concurrently", "wait-for-it", "aws-vault"),
    }
)
"""Programs that run what stands behind their own options, or inside a word of it."""
_PRISMA_COMMANDS = frozenset({"migrate", "db", "generate", "validate", "format", "studio"})
_MANAGERS = frozenset({"npm", "yarn", "pnpm", "bun"})
_SIGNS = ("prisma", "npm", "yarn", "bun", "turbo", "run-s", "run-p", "concurrently", ".sh", ".bash")
"""One of these stands in every script that runs Prisma, or another script."""
_DEEPEST = 3


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


class Call(Struct, frozen=True):
    """Any command that a script runs: its words behind npx and its like, and where it stands."""

    words: tuple[str, ...]
    reads: tuple[str, ...]
    origin: Origin
    script: Script


def invocations(sources: list[SourceFile]) -> list[Invocation]:
    """Every run of Prisma in these files, also behind `npm run NAME` and `./deploy.sh`."""
    scripts = [script for source in sources for script in scripts_of(source)]
    called = Called(sources, scripts)
    found: list[Invocation] = []
    for script in scripts:
        found.extend(_within(script, purpose_of(script), called, (), frozenset()))
    return found


def calls(sources: list[SourceFile], *programs: str) -> Iterator[Call]:
    """Every run of one of these programs, without what is behind `npm run NAME`."""
    for source in sources:
        for script in scripts_of(source):
            if any(program in script.body.text for program in programs):
                yield from _calls(script, programs, 0)


def _calls(script: Script, programs: tuple[str, ...], depth: int) -> Iterator[Call]:
    for command in shell_commands(script.body.text):
        words = _unwrap(list(command.words))
        if words and words[0].text.rpartition("/")[2] in programs:
            told = tuple(word.text for word in words)
            reads = tuple(word.text for word in command.reads)
            yield Call(told, reads, _origin(script, command), script)
        elif depth < _DEEPEST:
            for inner in _inside(script, command):
                yield from _calls(inner, programs, depth + 1)


def _within(
    script: Script,
    purpose: Purpose,
    called: Called,
    through: tuple[Origin, ...],
    seen: frozenset[tuple[str, str]],
    depth: int = 0,
) -> Iterator[Invocation]:
    if not _may_matter(script.body.text):
        return
    for command in shell_commands(script.body.text):
        arguments = prisma_arguments(command)
        origin = _origin(script, command)
        is_own = is_for_own_machine(command.conditions)
        here = Purpose.DEVELOPMENT if is_own and purpose is Purpose.DEPLOY else purpose
        if arguments is not None:
            # A script of its own name is told where it stands, not where it is called from,
            # unless the caller's purpose makes it worse.
            yield Invocation(arguments, origin, script, here, through)
        elif depth < _DEEPEST:
            for inner in _inside(script, command):
                yield from _within(inner, here, called, through, seen, depth + 1)
        if here is not Purpose.DEPLOY:
            continue
        for other in called.by(tuple(word.text for word in _bare(command)), script):
            key = (other.path, other.name)
            if key not in seen and _is_made_worse(other):
                yield from _within(other, here, called, (*through, origin), seen | {key})


def _is_made_worse(script: Script) -> bool:
    """Whether it counts for more that a deployment runs this: what a shell file is for stands in
    its name, and what `npm run` starts runs."""
    own = purpose_of(script)
    return own is Purpose.UNKNOWN or (script.is_package and own is not Purpose.DEPLOY)


def _bare(command: ShellCommand) -> list[Word]:
    """The words from the package manager on, or from what another runner runs."""
    words = list(command.words)
    while words and words[0].text in _RUNNERS and words[0].text not in _MANAGERS:
        words = _unwrap(words, once=True)
    if len(words) > 1 and words[0].text in _MANAGERS and words[1].text in ("exec", "dlx", "x"):
        words = _unwrap(words, once=True)
    return words or list(command.words)


def _inside(script: Script, command: ShellCommand) -> Iterator[Script]:
    """The shell that a command is handed in one word, as `sh -c "..."` is."""
    if command.words[0].text.rpartition("/")[2] not in _CARRIERS:
        return
    text = script.body.text
    if command.fed is not None:
        offsets = script.body.offsets[command.fed.start : command.fed.end + 1]
        yield structs.replace(script, body=Fragment(command.fed.text, offsets))
    for word in command.words[1:]:
        start = text.find(word.text, word.start, word.end) if " " in word.text.strip() else -1
        if start >= 0:
            offsets = script.body.offsets[start : start + len(word.text) + 1]
            yield structs.replace(script, body=Fragment(word.text, offsets))


def _may_matter(text: str) -> bool:
    return any(word in text for word in _SIGNS)


def _origin(script: Script, command: ShellCommand) -> Origin:
    offsets = script.body.offsets
    end = offsets[command.end - 1] + 1 if command.end > command.start else offsets[command.end]
    return Origin(script.path, Span(offsets[command.start], end))


def prisma_arguments(command: ShellCommand) -> tuple[str, ...] | None:
    """The words after `prisma`, through npx, pnpm exec, dotenv and their like; None if not it."""
    words = _unwrap(list(command.words))
    if words and words[0].text.rpartition("/")[2] in _CARRIERS:
        words = _carried(words)
    if words and _is_prisma(words[0]):
        return tuple(word.text for word in words[1:])
    return None


def _is_prisma(word: Word) -> bool:
    return word.text.rpartition("/")[2].partition("@")[0] == "prisma"


def _carried(words: list[Word]) -> list[Word]:
    """From `prisma` on, where a command of Prisma's follows: a folder may be called so too."""
    for at, word in enumerate(words[:-1]):
        if _is_prisma(word) and words[at + 1].text in _PRISMA_COMMANDS:
            return words[at:]
    return []


def _unwrap(words: list[Word], *, once: bool = False) -> list[Word]:
    while words and words[0].text in _RUNNERS:
        skip = _RUNNERS[words[0].text]
        words = words[1 + skip :]
        while words and (
            words[0].text.startswith("-") or "=" in words[0].text or words[0].text in _RUNNER_VERBS
        ):
            takes_value = words[0].text in _VALUE_OPTIONS
            words = words[2:] if takes_value else words[1:]
        if once:
            break
    return words
