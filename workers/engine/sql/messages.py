"""Trees as protobuf messages, which libpg_query's printer takes.

They are written without protobuf's library, whose import takes a tenth of a second, a fifth of a
whole check: the fields of each kind of node are read, when one is met, out of the descriptors that
come with the postgast wheel: `pg_query.desc` is a FileDescriptorSet of descriptor.proto.
https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from msgspec import Struct

_VARINT, _FIXED, _BYTES = 0, 1, 2
"""Wire types; the fixed one has eight bytes."""
_DOUBLE, _BOOL, _STRING, _MESSAGE, _ENUM = 1, 8, 9, 11, 14
_BOUNDS = {3: (-(1 << 63), 1 << 63), 4: (0, 1 << 64), 5: (-(1 << 31), 1 << 31), 13: (0, 1 << 32)}
"""The whole numbers: the least of each type, and the first that is too large."""
_REPEATED = 3
_PACKAGE = ".pg_query."

Encode = Callable[[Any], bytes]


class NoMessage(Exception):
    """A tree has a field, or a value of one, that the grammar's messages do not know."""


class _Field(Struct, frozen=True):
    tag: bytes
    encode: Encode
    is_list: bool


class Messages:
    """Writes messages of the kinds that a set of descriptors knows."""

    def __init__(self, descriptors: bytes) -> None:
        self._kinds: dict[str, bytes] = {}
        self._enums: dict[str, bytes] = {}
        self._fields: dict[str, dict[str, _Field]] = {}
        for number, file in _parts(descriptors):
            for inner, data in _parts(file) if number == 1 else ():
                if inner in (4, 5):
                    known = self._kinds if inner == 4 else self._enums
                    known[_PACKAGE + _name(data)] = data

    def write(self, kind: str, node: dict[str, Any]) -> bytes:
        """A node of a kind (`ParseResult`) as a message; raises NoMessage."""
        return self._write(_PACKAGE + kind, node)

    def _write(self, kind: str, node: dict[str, Any]) -> bytes:
        fields = self._fields.get(kind)
        if fields is None:
            fields = self._fields[kind] = dict(self._read(kind))
        found = []
        for key, value in node.items():
            field = fields.get(key)
            if field is None:
                raise NoMessage(f"{kind.removeprefix(_PACKAGE)} has no field {key}")
            try:
                if field.is_list:
                    found += [field.tag + field.encode(one) for one in value]
                else:
                    found.append(field.tag + field.encode(value))
            except (TypeError, ValueError, KeyError, AttributeError) as error:
                told = kind.removeprefix(_PACKAGE)
                raise NoMessage(f"{key} of {told} cannot be {value!r}") from error
        return b"".join(found)

    def _read(self, kind: str) -> Iterator[tuple[str, _Field]]:
        """The fields of a kind of message by their names in JSON."""
        for number, data in _parts(self._kinds[kind]):
            if number != 2:
                continue
            parts = dict(_parts(data))
            type_ = _whole(parts[5])
            wire = {_DOUBLE: _FIXED, _STRING: _BYTES, _MESSAGE: _BYTES}.get(type_, _VARINT)
            tag = _varint(_whole(parts[3]) << 3 | wire)
            encode = self._encoder(type_, parts.get(6, b"").decode())
            yield parts[10].decode(), _Field(tag, encode, _whole(parts[4]) == _REPEATED)

    def _encoder(self, type_: int, name: str) -> Encode:
        if type_ == _MESSAGE:
            return partial(self._message, name)
        if type_ == _ENUM:
            values = {_name(data): _number(data) for n, data in _parts(self._enums[name]) if n == 2}
            return lambda value: _varint(values[value])
        if type_ in _BOUNDS:
            return partial(_integer, *_BOUNDS[type_])
        return {_DOUBLE: _double, _BOOL: _boolean, _STRING: _text}[type_]

    def _message(self, kind: str, value: dict[str, Any]) -> bytes:
        return _sized(self._write(kind, value))


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of a message by number; a number as its varint's bytes."""
    at, length = 0, len(data)
    while at < length:
        start = at
        while data[at] >= 0x80:
            at += 1
        at += 1
        tag = _whole(data[start:at])
        start = at
        while data[at] >= 0x80:
            at += 1
        at += 1
        if tag & 7 == _BYTES:
            start, at = at, at + _whole(data[start:at])
        yield tag >> 3, data[start:at]


def _whole(varint: bytes) -> int:
    value = 0
    for shift, byte in enumerate(varint):
        value |= (byte & 0x7F) << 7 * shift
    return value


def _name(data: bytes) -> str:
    return next((value.decode() for number, value in _parts(data) if number == 1), "")


def _number(data: bytes) -> int:
    return next((_whole(value) for number, value in _parts(data) if number == 2), 0)


def _varint(value: int) -> bytes:
    if value < 0x80:
        return bytes((value,))
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def _sized(data: bytes) -> bytes:
    return _varint(len(data)) + data


def _integer(least: int, bound: int, value: Any) -> bytes:
    number = int(value)
    if not least <= number < bound:
        raise ValueError(value)
    return _varint(number & 0xFFFF_FFFF_FFFF_FFFF)


def _double(value: float) -> bytes:
    return struct.pack("<d", value)


def _boolean(value: Any) -> bytes:
    if not isinstance(value, bool):
        raise TypeError(value)
    return b"\1" if value else b"\0"


def _text(value: str) -> bytes:
    return _sized(value.encode())
