"""Shell that stands in other files: found, with the place of every character."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from msgspec import Struct

from workers.engine.project.containers import instructions
from workers.engine.project.paths import name_of
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


_CI = frozenset({".gitlab-ci", "bitbucket-pipelines", "azure-pipelines", ".drone", ".woodpecker"})
"""Files of which most jobs are no deployments."""
_TELLING = frozenset(
    {"devcontainer", "dev", "development", "local", "test", "tests", "ci", "preview", "review"}
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
    if lower == "project.json":
        return _targets
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
        if keys and (keys[-1] in _PLATFORM_KEYS or "scripts" in keys[:-1]):
            yield _of_platform(source, keys, found.value)


def _targets(source: SourceFile) -> Iterator[Script]:
    """The commands of Nx: `targets.NAME.options.command`, or `commands`."""
    for found in json_strings(source.text):
        keys = [key for key in found.path if not key.isdigit()]
        if keys[:1] == ["targets"] and keys[-1] in ("command", "commands") and len(keys) > 2:
            name = keys[1]
            yield Script(source.path, name, found.value, (name,), group=f"{source.path}#{name}")


def _platform_toml(source: SourceFile) -> Iterator[Script]:
    """fly.toml, railway.toml, netlify.toml, nixpacks.toml; `[processes]` of fly.toml too."""
    for found in toml_strings(source.text):
        keys = [key for key in found.path if not key.isdigit()]
        if keys and (keys[-1] in _PLATFORM_KEYS or keys[0] == "processes"):
            yield _of_platform(source, keys, found.value)


def _of_platform(source: SourceFile, keys: list[str], body: Fragment) -> Script:
    """A command of a platform's file; `[dev]` and `[context.deploy-preview]` are Netlify's,
    `environments.review` is Heroku's."""
    name = keys[-1]
    is_dev = name == "devCommand" or keys[0] == "dev"
    around = keys[1:2] if keys[0] in ("context", "environments") else []
    names = ("dev",) if is_dev else (*around, name)
    return Script(source.path, name, body, names, is_deployment=not is_dev)


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
    """RUN, CMD and ENTRYPOINT instructions, named by folder, file and stage."""
    names = (*_telling_folders(source.path), name_of(source.path))
    for found in instructions(source.text):
        told = (*names, found.stage) if found.stage else names
        yield Script(source.path, found.name, found.body, told, is_deployment=True)


def _telling_folders(path: str) -> tuple[str, ...]:
    """The folders whose whole name says what for: `.devcontainer`, `docker/dev`, `k8s/prod`."""
    folders = (folder.lstrip(".").lower() for folder in path.split("/")[:-1])
    return tuple(folder for folder in folders if folder in _TELLING)


def _yaml(source: SourceFile) -> Iterator[Script]:
    # Imported here, since most repositories' reviews need no YAML.
    from workers.engine.project.workflows import yaml_commands

    name = name_of(source.path).rpartition(".")[0]
    is_ci = name.lower() in _CI or source.path.startswith((".circleci/", ".woodpecker/"))
    is_compose = name.lower().startswith(("docker-compose", "compose"))
    is_workflow = ".github/" in source.path or is_ci or name.lower() == "taskfile"
    around = (*(("ci",) if is_ci else ()), *_telling_folders(source.path))
    for command in yaml_commands(source.text, name):
        names = (*around, *command.names)
        yield Script(
            source.path,
            names[-1],
            command.body,
            names,
            is_deployment=not is_compose and not is_workflow,
            group=f"{source.path}#{command.job}",
        )
