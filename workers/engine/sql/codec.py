"""A replayed state as JSON and back: what a memo keeps. Nothing in it is ever executed.

An object is a list of its class's letter and its fields, without those at the end that have their
default; places are numbers of a table, since many objects share one.
"""

from __future__ import annotations

import json
from typing import Any

from msgspec import NODEFAULT as MISSING
from msgspec.structs import fields

from workers.engine.errors import Diagnostic, Effect
from workers.engine.schema import model
from workers.engine.schema.model import QualifiedName, Schema
from workers.engine.source import Origin, Span
from workers.engine.sql.replay import Failure, Step
from workers.engine.sql.state import Hidden, State

_CLASSES: tuple[type, ...] = (
    model.SqlType, model.Column, model.KeyConstraint, model.IndexKey, model.Index,
    model.ForeignKey, model.CheckConstraint, model.Table, model.EnumValue, model.EnumType,
    model.Domain, model.CompositeType, model.Sequence, model.View, model.Function, model.Trigger,
    model.Policy, model.Grant, model.Extension, Failure, Diagnostic,
    Step,
)  # fmt: skip
_TUPLE, _NAME, _SET, _ORIGIN, _EFFECT, _FIRST = range(6)


def _defaults(kind: type) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in fields(kind))


_FIELDS = {kind: _defaults(kind) for kind in _CLASSES}
_NUMBERS = {kind: number + _FIRST for number, kind in enumerate(_CLASSES)}
_PARTS = tuple(name for name in Schema.__struct_fields__ if name not in ("provider", "grants"))
_HIDDEN = tuple(Hidden.__struct_fields__)


class _Writer:
    def __init__(self) -> None:
        self.origins: dict[Origin, int] = {}

    def value(self, given: Any) -> Any:
        if given is None or isinstance(given, (str, int)):
            return given
        if isinstance(given, QualifiedName):
            return [_NAME, given.schema, given.name]
        if isinstance(given, tuple):
            return [_TUPLE, *[self.value(one) for one in given]]
        if isinstance(given, Origin):
            return [_ORIGIN, self.origins.setdefault(given, len(self.origins))]
        if isinstance(given, frozenset):
            return [_SET, *sorted(given)]
        if isinstance(given, Effect):
            return [_EFFECT, given.value]
        return self._object(given)

    def _object(self, given: Any) -> list[Any]:
        kind = type(given)
        made = [_NUMBERS[kind]]
        last = 1
        for name, default in _FIELDS[kind]:
            value = getattr(given, name)
            made.append(self.value(value))
            if value != default or default is MISSING:
                last = len(made)
        return made[:last]

    def pairs(self, given: dict[Any, Any]) -> list[Any]:
        return [[self.value(key), self.value(value)] for key, value in given.items()]


def encode(
    state: State, failures: list[Failure], diagnostics: list[Diagnostic], steps: list[Step]
) -> bytes:
    """The state and what was told on the way to it."""
    writer = _Writer()
    body = {
        "schema": [writer.pairs(getattr(state.schema, name)) for name in _PARTS],
        "grants": writer.value(state.schema.grants),
        "hidden": [writer.pairs(getattr(state.hidden, name)) for name in _HIDDEN],
        "failures": [writer.value(one) for one in failures],
        "diagnostics": [writer.value(one) for one in diagnostics],
        "steps": [writer.value(one) for one in steps],
    }
    paths: dict[str, int] = {}
    places = []
    for origin in writer.origins:
        path = paths.setdefault(origin.path, len(paths))
        places += [path, origin.span.start, origin.span.end]
    body["paths"], body["places"] = list(paths), places
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )


class _Reader:
    def __init__(self, body: dict[str, Any]) -> None:
        paths, places = body["paths"], body["places"]
        self.origins = [
            Origin(paths[places[at]], Span(places[at + 1], places[at + 2]))
            for at in range(0, len(places), 3)
        ]

    def value(self, given: Any) -> Any:
        if not isinstance(given, list):
            return given
        number = given[0]
        if number >= _FIRST:
            return _CLASSES[number - _FIRST](*[self.value(one) for one in given[1:]])
        if number == _TUPLE:
            return tuple([self.value(one) for one in given[1:]])
        if number == _ORIGIN:
            return self.origins[given[1]]
        if number == _NAME:
            return QualifiedName(given[1], given[2])
        if number == _SET:
            return frozenset(given[1:])
        return Effect(given[1])

    def pairs(self, given: list[Any]) -> dict[Any, Any]:
        value = self.value
        return {value(key): value(one) for key, one in given}


def decode(data: bytes, state: State) -> tuple[list[Failure], list[Diagnostic], list[Step]] | None:
    """Put what was encoded into a state; None, and the state untouched, where it is broken."""
    try:
        body = json.loads(data)
        reader = _Reader(body)
        parts = [reader.pairs(part) for part in body["schema"]]
        hidden = [reader.pairs(part) for part in body["hidden"]]
        grants = reader.value(body["grants"])
        failures = [reader.value(one) for one in body["failures"]]
        diagnostics = [reader.value(one) for one in body["diagnostics"]]
        steps = [reader.value(one) for one in body["steps"]]
    except (ValueError, KeyError, IndexError, TypeError):
        return None
    if len(parts) != len(_PARTS) or len(hidden) != len(_HIDDEN):
        return None
    for name, part in zip(_PARTS, parts, strict=True):
        setattr(state.schema, name, part)
    for name, part in zip(_HIDDEN, hidden, strict=True):
        setattr(state.hidden, name, part)
    state.schema.grants = grants
    return failures, diagnostics, steps
