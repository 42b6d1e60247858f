"""The values that keys take: how each kind is read off a YAML node, and how it is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from workers.engine.config.configuration import Value
from workers.engine.config.keys import (
    OFF,
    SEVERITIES,
    Choice,
    Day,
    Kind,
    Name,
    Names,
    Number,
    Path,
    Paths,
    RuleName,
    Sentence,
    Subjects,
    Switch,
)
from workers.engine.yaml_nodes import Node, ScalarNode, SequenceNode

_TAG = "tag:yaml.org,2002:"
_NEGATIVE = frozenset({"off", "false", "no"})
_POSITIVE = frozenset({"on", "true", "yes"})


def value_of(kind: Kind, node: Node) -> Value | None:
    """The value of a node as a key takes it, None where it is something else."""
    if isinstance(kind, Paths | Names):
        return _list(node, Path() if isinstance(kind, Paths) else Subjects())
    if not isinstance(node, ScalarNode):
        return None
    text: str = node.value
    match kind:
        case Choice(words):
            return text if text in words else None
        case Switch():
            return text.lower() in _POSITIVE if _is(node, "bool") else None
        case Number(least, most):
            is_number = _is(node, "int") and text.isascii() and text.isdecimal() and len(text) < 9
            return int(text) if is_number and least <= int(text) <= most else None
        case Path():
            return text.strip().strip("/") or None if _is(node, "str") else None
        case Name() | Subjects() | RuleName() | Sentence():
            is_word = _is(node, "str") or (isinstance(kind, Sentence) and not _is(node, "null"))
            return text.strip() or None if is_word else None
        case Day():
            return text if day(text) is not None else None
    return None


def _list(node: Node, kind: Kind) -> Value | None:
    if not isinstance(node, SequenceNode):
        return None
    items = [value_of(kind, item) for item in node.value]
    return None if None in items else tuple(str(item) for item in items)


def day(text: str) -> date | None:
    """The day that a text names, as `2027-01-31`."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def severity_word(node: Node) -> str | None:
    """A severity's word, or `off`; YAML reads a bare `off` as false, and so may be meant."""
    if not isinstance(node, ScalarNode):
        return None
    text: str = node.value
    if text in SEVERITIES or text == OFF:
        return text
    return OFF if _is(node, "bool") and text.lower() in _NEGATIVE else None


def is_null(node: Node) -> bool:
    """Whether nothing is written behind a key."""
    return _is(node, "null")


def is_blank(node: Node) -> bool:
    """Whether nothing but blanks is written."""
    return is_null(node) or (isinstance(node, ScalarNode) and not node.value.strip())


def words_of(kind: Kind) -> tuple[str, ...]:
    """The words that a kind knows, where it knows any."""
    return kind.words if isinstance(kind, Choice) else ()


def wanted_by(kind: Kind) -> str:
    """What a kind takes, to stand behind "must be"."""
    match kind:
        case Choice(words):
            return listed(words)
        case Switch():
            return "true or false"
        case Number(least, most):
            return f"a whole number from {least} to {most}"
        case Name():
            return "a name"
        case Path():
            return "a path"
        case Paths():
            return "a list of paths"
        case Names():
            return "a list of names"
        case RuleName(of):
            return f"the name of a {of}"
        case Subjects():
            return "a name such as `public.User.email`, with `*` for any characters"
        case Day():
            return "a day such as 2027-01-31"
        case _:
            return "a sentence"


def listed(words: Sequence[str]) -> str:
    """Words to choose from: `error`, `warning` or `never`."""
    *first, last = (f"`{word}`" for word in words)
    return f"{', '.join(first)} or {last}" if first else last


def _is(node: Node, kind: str) -> bool:
    return bool(node.tag == _TAG + kind)
