"""A replayed state as bytes and back: what a memo keeps. Nothing in it is ever executed.

The bytes are MessagePack, read back into the very types that were written: a value that has
another shape, whoever put it there, is refused whole.
"""

from __future__ import annotations

import gc
from functools import cache

from msgspec import MsgspecError, Struct, msgpack

from workers.engine.errors import Diagnostic
from workers.engine.schema.model import Schema
from workers.engine.sql.replay import Failure, Step
from workers.engine.sql.state import Hidden, State


class Kept(Struct, frozen=True, array_like=True):
    """What is kept of a history: the state after it, and what was told on the way to it."""

    schema: Schema
    hidden: Hidden
    failures: list[Failure]
    diagnostics: list[Diagnostic]
    steps: list[Step]


@cache
def decoder() -> msgpack.Decoder[Kept]:
    """Made once, and only where something was remembered: to read the types takes 5 ms."""
    return msgpack.Decoder(Kept)


def encode(
    state: State, failures: list[Failure], diagnostics: list[Diagnostic], steps: list[Step]
) -> bytes | None:
    """The state and what was told on the way to it; None for a name that is no Unicode."""
    try:
        return msgpack.encode(Kept(state.schema, state.hidden, failures, diagnostics, steps))
    except UnicodeEncodeError:
        return None


def decode(data: bytes, state: State) -> Kept | None:
    """Put what was encoded into a state; None, and the state untouched, where it is broken."""
    is_collecting = gc.isenabled()
    gc.disable()  # it would look through all that is being made, again and again
    try:
        kept = decoder().decode(data)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    finally:
        if is_collecting:
            gc.enable()
    state.schema, state.hidden = kept.schema, kept.hidden
    return kept
