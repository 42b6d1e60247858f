"""What stands on an object knows it by name, and follows it to another one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from workers.engine.schema.model import Function
from workers.engine.sql.run import Run

Renaming = Callable[[frozenset[str]], frozenset[str]]


def rename_dependencies(run: Run, before: str, renamed: Renaming) -> None:
    """What views, policies, triggers and functions stand on, where a name begins with `before`."""
    schema = run.state.schema
    for holder in (schema.views, schema.policies, schema.triggers, schema.functions):
        kept: dict[Any, Any] = holder
        for key, one in list(kept.items()):
            if any(name.startswith(before) for name in one.depends_on):
                kept[key] = replace(one, depends_on=renamed(one.depends_on))


def rename_key(run: Run, old: str, new: str) -> None:
    """The same where one object is known by this very name."""
    rename_dependencies(
        run, old, lambda names: frozenset(new if one == old else one for one in names)
    )


def follow_function(run: Run, function: Function, made: Function) -> None:
    """Put a function in the place of one of another signature; all that stands on it follows."""
    state, old, new = run.state, function.signature, made.signature
    outputs = state.hidden.outputs.get(old)
    state.remove_function(old)
    state.put_function(made)
    if outputs is not None:
        state.hidden.outputs[new] = outputs
    operators = state.hidden.operators
    for operator in [one for one, under in operators.items() if under == old]:
        operators[operator] = new
    triggers = state.hidden.event_triggers
    for name in [name for name, one in triggers.items() if one.function == old]:
        triggers[name] = replace(triggers[name], function=new)
    rename_key(run, old, new)
