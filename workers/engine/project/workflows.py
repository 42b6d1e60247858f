"""Shell inside workflow, compose and platform files, with its places.

PyYAML's node graph keeps where each scalar begins and resolves anchors without building objects.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

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
    {"run", "command", "entrypoint", "script", "startCommand", "buildCommand", "preDeployCommand"}
)
_NAMING_KEYS = ("name", "environment", "id")
_MOST_NODES = 20_000


class NamedCommand(Struct, frozen=True):
    """A command with the names around it, outermost first: file, workflow, job, step."""

    names: tuple[str, ...]
    body: Fragment


def yaml_commands(text: str, name: str) -> Iterator[NamedCommand]:
    """The commands of a YAML file; none if it does not parse (its own tools will say so)."""
    try:
        root = compose(text)
    except NotYaml:
        return
    if root is None:
        return
    seen = 0
    waiting: list[tuple[Node, str, tuple[str, ...]]] = [(root, "", (name,))]
    while waiting and seen < _MOST_NODES:
        node, key, names = waiting.pop()
        seen += 1
        if isinstance(node, MappingNode):
            told = (*names, *_names(node))
            waiting.extend(
                (value, label.value, (*told, label.value) if _is_label(key) else told)
                for label, value in reversed(node.value)
                if isinstance(label, ScalarNode)
            )
        elif isinstance(node, SequenceNode):
            waiting.extend((child, key, names) for child in reversed(node.value))
        elif isinstance(node, ScalarNode) and key in _COMMAND_KEYS:
            yield NamedCommand(names, _fragment(text, node))


def _is_label(key: str) -> bool:
    return key in ("jobs", "services")


def _names(node: MappingNode) -> Iterator[str]:
    keys = {key.value for key, _ in node.value if isinstance(key, ScalarNode)}
    for key, value in node.value:
        if isinstance(value, ScalarNode) and key.value in _NAMING_KEYS:
            yield value.value
            if key.value == "environment":
                yield "deploy"
    # A job that brings its own database server runs its commands against that one.
    if "services" in keys and "steps" in keys:
        yield "test"


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
