"""Shell inside workflow, compose and platform files, with its places.

PyYAML's node graph keeps where each scalar begins and resolves anchors without building objects.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.project.scripts import OWN_DATABASE
from workers.engine.syntax import Fragment
from workers.engine.yaml_nodes import (
    MappingNode,
    Node,
    NotYaml,
    ScalarNode,
    SequenceNode,
    compose,
)

_COMMAND_KEYS = frozenset(
    {
        *("run", "command", "entrypoint", "script", "before_script", "after_script"),
        *("startCommand", "buildCommand", "preDeployCommand", "dockerCommand"),
        *("args", "cmd", "cmds"),
    }
)
_WORD_LISTS = frozenset({"command", "entrypoint", "args"})
"""Where a list holds the words of one command, unless one of them has blanks in it."""
_MAPPED = frozenset({"run", "release"})
"""What heroku.yml maps from process types to commands."""
_LOCAL_HOSTS = ("@localhost", "@127.0.0.1", "@postgres:", "@db:", "@database:", "//localhost")
_NAMING_KEYS = ("name", "environment", "deployment", "id")
_DEPLOYING_KEYS = ("environment", "deployment")
_BESIDE = frozenset({"services", "docker"})
"""Where CI lists the containers that run beside a job: CircleCI under `docker`."""
_DATABASES = (
    *("postgres", "postgis", "timescale", "pgvector", "supabase", "mysql", "mariadb", "mssql"),
    *("sqlserver", "cockroach", "database"),
)
_MOST_NODES = 20_000


class NamedCommand(Struct, frozen=True):
    """A command with the names around it, outermost first: file, workflow, job, step.

    `job` is the label of the job or the service that it belongs to.
    """

    names: tuple[str, ...]
    body: Fragment
    job: str = ""


class _Place(Struct, frozen=True):
    """A node that waits, the key that it stands under, and what is known of it from above."""

    node: Node
    key: str
    names: tuple[str, ...]
    job: str = ""
    outer: str = ""


def yaml_commands(text: str, name: str) -> Iterator[NamedCommand]:
    """The commands of a YAML file; none if it does not parse (its own tools will say so)."""
    try:
        root = compose(text)
    except NotYaml:
        return
    if root is None:
        return
    seen = 0
    waiting = [_Place(root, "", (name,))]
    while waiting and seen < _MOST_NODES:
        place = waiting.pop()
        node, seen = place.node, seen + 1
        if isinstance(node, MappingNode):
            waiting.extend(reversed(list(_children(node, place))))
        elif isinstance(node, SequenceNode):
            joined = _joined(text, node) if place.key in _WORD_LISTS else None
            if joined is not None:
                yield NamedCommand(place.names, joined, place.job)
                continue
            waiting.extend(
                _Place(child, place.key, place.names, place.job, place.outer)
                for child in reversed(node.value)
            )
        elif isinstance(node, ScalarNode) and _is_command(place, name):
            yield NamedCommand(place.names, _fragment(text, node), place.job)


def _children(node: MappingNode, place: _Place) -> Iterator[_Place]:
    told = (*place.names, *_names(node))
    for label, value in node.value:
        if not isinstance(label, ScalarNode):
            continue
        key = label.value
        if _is_label(place) or place.names == (".gitlab-ci",):
            yield _Place(value, key, (*told, key), key, place.key)
        else:
            yield _Place(value, key, told, place.job, place.key)


def _is_command(place: _Place, name: str) -> bool:
    return place.key in _COMMAND_KEYS or (name == "heroku" and place.outer in _MAPPED)


def _joined(text: str, node: SequenceNode) -> Fragment | None:
    """The words of a list as one command; None where they are lines of their own."""
    words = [child for child in node.value if isinstance(child, ScalarNode)]
    if len(words) != len(node.value) or any(" " in word.value for word in words):
        return None
    letters: list[str] = []
    offsets: list[int] = []
    for word in words:
        part = _fragment(text, word)
        letters += [*part.text, " "]
        offsets += part.offsets
    end = node.end_mark.index
    return Fragment("".join(letters), (*offsets, end))


def _is_label(place: _Place) -> bool:
    if place.key == "tasks":
        return place.names[0].lower() == "taskfile"
    return place.key in ("jobs", "services")


def _names(node: MappingNode) -> Iterator[str]:
    keys = {key.value for key, _ in node.value if isinstance(key, ScalarNode)}
    for key, value in node.value:
        if isinstance(value, ScalarNode) and key.value in _NAMING_KEYS:
            yield value.value
            if key.value in _DEPLOYING_KEYS:
                yield "deploy"
        elif key.value == "env" and isinstance(value, MappingNode) and _is_local(value):
            yield OWN_DATABASE
    is_beside = any(
        key.value in _BESIDE and _brings_database(value)
        for key, value in node.value
        if isinstance(key, ScalarNode)
    )
    if ("services" in keys and "steps" in keys) or (is_beside and keys & {"steps", "script"}):
        yield OWN_DATABASE


def _brings_database(node: Node) -> bool:
    """Whether some container of a list is a database."""
    if not isinstance(node, SequenceNode):
        return False
    images = (
        value
        for one in node.value
        for value in ([part for _, part in one.value] if isinstance(one, MappingNode) else [one])
    )
    return any(
        isinstance(image, ScalarNode) and any(name in image.value for name in _DATABASES)
        for image in images
    )


def _is_local(environment: MappingNode) -> bool:
    """Whether a variable holds the address of a database on the same machine."""
    return any(
        isinstance(value, ScalarNode) and any(host in value.value for host in _LOCAL_HOSTS)
        for _, value in environment.value
    )


def _fragment(text: str, node: ScalarNode) -> Fragment:
    """The scalar's value, each word placed where it stands in the file, folding undone."""
    value: str = node.value
    position = node.start_mark.index
    offsets: list[int] = []
    at = 0
    while at < len(value):
        if value[at].isspace():
            offsets.append(position)
            at += 1
            continue
        stop = at
        while stop < len(value) and not value[stop].isspace():
            stop += 1
        found = text.find(value[at:stop], position, node.end_mark.index)
        start = position if found < 0 else found
        offsets.extend(range(start, start + stop - at))
        position = start + stop - at
        at = stop
    return Fragment(value, (*offsets, position))
