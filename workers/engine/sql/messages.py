"""Trees as protobuf messages, which libpg_query's printer takes.

`google.protobuf.json_format` does the same five times slower: it looks at all 270 kinds of node for
every node.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from msgspec import Struct

_MESSAGE, _ENUM, _REPEATED = 11, 14, 3
"""Types and a label in google/protobuf/descriptor.proto."""
_WHOLE = frozenset((3, 4, 5, 13))


class _Field(Struct, frozen=True):
    name: str
    kind: int
    is_list: bool
    numbers: dict[str, int]
    """The values of an enumeration by name."""


class NoMessage(Exception):
    """A tree has a field, or a value of one, that the grammar's messages do not know."""


def fill(message: Any, node: dict[str, Any]) -> None:
    """Put a node's fields into a message; raises NoMessage."""
    fields = _fields(message.DESCRIPTOR)
    for key, value in node.items():
        field = fields.get(key)
        if field is None:
            raise NoMessage(f"{type(message).__name__} has no field {key}")
        try:
            _put(message, field, value)
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise NoMessage(f"{key} of {type(message).__name__} cannot be {value!r}") from error


@cache
def _fields(descriptor: Any) -> dict[str, _Field]:
    found = {}
    for one in descriptor.fields:
        numbers = {v.name: v.number for v in one.enum_type.values} if one.enum_type else {}
        found[one.json_name] = _Field(one.name, one.type, _is_list(one), numbers)
    return found


def _is_list(descriptor: Any) -> bool:
    """Protobuf before 6.31 has no `is_repeated`; later ones want `label` no more."""
    if hasattr(descriptor, "is_repeated"):
        return bool(descriptor.is_repeated)
    return bool(descriptor.label == _REPEATED)


def _put(message: Any, field: _Field, value: Any) -> None:
    if field.kind == _MESSAGE and field.is_list:
        items = getattr(message, field.name)
        for one in value:
            fill(items.add(), one)
    elif field.kind == _MESSAGE:
        inner = getattr(message, field.name)
        inner.SetInParent()
        fill(inner, value)
    elif field.is_list:
        getattr(message, field.name).extend(_plain(field, one) for one in value)
    else:
        setattr(message, field.name, _plain(field, value))


def _plain(field: _Field, value: Any) -> Any:
    if field.kind == _ENUM:
        return field.numbers[value]
    return int(value) if field.kind in _WHOLE else value
