"""Shell that stands in other files: found, with the place of every character."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from msgspec import Struct

from workers.engine.source import SourceFile
from workers.engine.syntax import Fragment, json_strings, toml_strings

OWN_DATABASE = "(a database of its own)"
"""Stands among the names of a job that brings the database which its commands are run against."""
_PLATFORM_TOML = frozenset({"fly.toml", "railway.toml", "netlify.toml", "nixpacks.toml"})
_PLATFORM_KEYS = frozenset(
    {
        "buildCommand",
        "installCommand",
        "devCommand",
        "startCommand",
        "preDeployCommand",
        "releaseCommand",
        "release_command",
        "postdeploy",
        "command",
        "cmd",
        "cmds",
    }
)


class Script(Struct, frozen=True):
    """A piece of shell: where it stands, what names it, and whether its place runs on deploys.

    `names` are all words that tell what it is for, outermost first (folder, file, job, step).
    `group` is told by what runs together, in the order of the file: a job, or the file.
    """

    path: str
    name: str
    body: Fragment
    names: tuple[str, ...] = ()
    is_package: bool = False
    is_deployment: bool = False
    group: str = ""


def scripts_of(source: SourceFile) -> Iterator[Script]:
    """The pieces of shell in one file; none for a kind that holds no shell."""
    return iter(_pieces(source))


@lru_cache(maxsize=1024)
def _pieces(source: SourceFile) -> tuple[Script, ...]:
    """Several rules ask for the same files, and YAML is slow to read."""
    reader = _reader(source.path)
    return tuple(reader(source)) if reader is not None else ()


def is_script(path: str) -> bool:
    """Whether a file of this path may hold shell."""
    return _reader(path) is not None


def _reader(path: str) -> Callable[[SourceFile], Iterator[Script]] | None:
    folders, _, name = path.rpartition("/")
    lower = name.lower()
    if lower == "package.json":
        return _package
    if lower in ("vercel.json", "railway.json", "app.json"):
        return _platform_json
    if lower.endswith(".toml"):
        return _platform_toml if lower in _PLATFORM_TOML else None
    if lower in ("makefile", "justfile"):
        return _recipes
    if lower.endswith((".sh", ".bash")) or folders.endswith(".husky"):
        return _shell
    if lower == "procfile":
        return _procfile
    if lower.startswith(("dockerfile", "containerfile")) or lower.endswith(".dockerfile"):
        return _container
    if lower.endswith((".yml", ".yaml")):
        return _yaml
    return None


def _package(source: SourceFile) -> Iterator[Script]:
    for found in json_strings(source.text):
        if len(found.path) == 2 and found.path[0] == "scripts":
            name = found.path[1]
            yield Script(source.path, name, found.value, (name,), is_package=True)


def _platform_json(source: SourceFile) -> Iterator[Script]:
    for found in json_strings(source.text):
        keys = [key for key in found.path if not key.isdigit()]
        if keys and (keys[-1] in _PLATFORM_KEYS or keys[0] == "scripts"):
            yield _of_platform(source, keys[-1], found.value)


def _platform_toml(source: SourceFile) -> Iterator[Script]:
    """fly.toml, railway.toml, netlify.toml, nixpacks.toml; `[processes]` of fly.toml too."""
    for found in toml_strings(source.text):
        keys = [key for key in found.path if not key.isdigit()]
        if keys and (keys[-1] in _PLATFORM_KEYS or keys[0] == "processes"):
            name = "dev" if keys[0] == "dev" else keys[-1]  # `[dev]` of netlify.toml
            yield _of_platform(source, name, found.value)


def _of_platform(source: SourceFile, name: str, body: Fragment) -> Script:
    is_deployment = name not in ("devCommand", "dev")
    names = (name,) if is_deployment else ("dev",)
    return Script(source.path, name, body, names, is_deployment=is_deployment)


def _shell(source: SourceFile) -> Iterator[Script]:
    folder, _, name = source.path.rpartition("/")
    stem = name.rpartition(".")[0] or name
    is_entry = "entrypoint" in stem or stem in ("start", "run", "release")
    names = (*folder.split("/"), stem)
    yield Script(source.path, name, Fragment.whole(source.text), names, is_deployment=is_entry)


def _recipes(source: SourceFile) -> Iterator[Script]:
    """The recipes of a Makefile or a justfile: the indented lines under `name:`."""
    start, target = 0, ""
    for line in source.text.splitlines(keepends=True):
        if line[:1] in ("\t", " ") and target and line.strip():
            at = start + len(line) - len(line.lstrip())
            body = line.strip().lstrip("@-")
            at += len(line.strip()) - len(body)
            fragment = Fragment(body, tuple(range(at, at + len(body) + 1)))
            yield Script(source.path, target, fragment, (target,), group=f"{source.path}#{target}")
        elif line.strip() and not line.startswith(("#", "\t", " ")):
            before, colon, _ = line.partition(":")
            target = before.split()[0].lstrip("@") if colon and before.split() else ""
        start += len(line)


def _procfile(source: SourceFile) -> Iterator[Script]:
    start = 0
    for line in source.text.splitlines(keepends=True):
        process, colon, command = line.partition(":")
        if colon:
            at = start + len(process) + 1
            body = Fragment(command, tuple(range(at, at + len(command) + 1)))
            yield Script(source.path, process.strip(), body, (process,), is_deployment=True)
        start += len(line)


def _container(source: SourceFile) -> Iterator[Script]:
    """RUN, CMD and ENTRYPOINT instructions, continued lines joined, exec form read as words."""
    name = source.path.rpartition("/")[2]
    text = source.text
    start = 0
    while start < len(text):
        end = _instruction_end(text, start)
        instruction, _, _ = text[start:end].lstrip().partition(" ")
        if instruction.upper() in ("RUN", "CMD", "ENTRYPOINT"):
            at = text.index(instruction, start) + len(instruction)
            body = "".join(" " if letter in '[]",' else letter for letter in text[at:end])
            body = body.replace("\\\n", " \n" if "\n" in body else "  ").replace("\n", " ")
            fragment = Fragment(body, tuple(range(at, at + len(body) + 1)))
            yield Script(source.path, instruction.upper(), fragment, (name,), is_deployment=True)
        start = end + 1


def _instruction_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    while end > 0 and text[end - 1] == "\\":
        end = text.find("\n", end + 1)
    return len(text) if end < 0 else end


def _yaml(source: SourceFile) -> Iterator[Script]:
    # Imported here, since most repositories' reviews need no YAML.
    from workers.engine.project.workflows import yaml_commands

    name = source.path.rpartition("/")[2].rpartition(".")[0]
    is_compose = name.lower().startswith(("docker-compose", "compose"))
    is_deployment = not is_compose and ".github/" not in source.path
    for command in yaml_commands(source.text, name):
        names = command.names
        yield Script(
            source.path,
            names[-1],
            command.body,
            names,
            is_deployment=is_deployment,
            group=f"{source.path}#{command.job}",
        )
