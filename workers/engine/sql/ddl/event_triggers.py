"""Event triggers: by name, each with the function that it runs.

What runs behind CREATE TABLE is carried out, since such functions turn row-level security on. What
they refuse is believed to be ours, and not the database's.
"""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.sql import resolve
from workers.engine.sql.ddl.functions import bare_function, no_bare_function
from workers.engine.sql.ddl.named import is_dark
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run
from workers.engine.sql.state import EventTrigger, State

_EVENTS = ("ddl_command_start", "ddl_command_end", "sql_drop", "table_rewrite", "login")


def create(run: Run, node: Node) -> None:
    """CREATE EVENT TRIGGER."""
    state, name = run.state, node["trigname"]
    event = node["eventname"]
    if event not in _EVENTS or (event == "login" and state.reads_as < 17):
        raise RefusedError("42601", f'unrecognized event name "{event}"')
    for one in node.get("whenclause", ()):
        if one["DefElem"]["defname"] != "tag":
            shown = one["DefElem"]["defname"]
            raise RefusedError("42601", f'unrecognized filter variable "{shown}"')
    if _stands(state, name):
        raise RefusedError("42710", f'event trigger "{name}" already exists')
    signature = _function(run, resolve.strings(node["funcname"]))
    tags = (_tags(node) or ("",)) if event == "ddl_command_end" else ()
    state.hidden.event_triggers[name] = EventTrigger(signature, tags)


def _tags(node: Node) -> tuple[str, ...]:
    items = [one["DefElem"]["arg"]["List"]["items"] for one in node.get("whenclause", ())]
    return tuple(resolve.value_text(one).upper() for some in items for one in some)


def fire(run: Run, tag: str, node: Node) -> None:
    """Carry out what runs at the end of a command that has made a table."""
    state = run.state
    made = resolve.find_relation(state, node)
    if run.commands is not None or made is None or str(made) not in state.log.creates:
        return
    from workers.engine.sql.blocks import run_event

    for _, trigger in sorted(state.hidden.event_triggers.items()):
        function = state.schema.functions.get(trigger.function or "")
        is_wanted = trigger.is_enabled and ("" in trigger.tags or tag in trigger.tags)
        if function is not None and is_wanted:
            run_event(run, function, tag, made)


def _function(run: Run, path: tuple[str, ...]) -> str | None:
    """The signature of the function that is run; None where only an extension knows it."""
    function = bare_function(run, path)
    if function is None:
        if is_dark(run.state):
            return None
        raise no_bare_function(run, path)
    if function.returns not in ("event_trigger", ""):
        shown = f"function {function.name.name} must return type event_trigger"
        raise RefusedError("42P17", shown)
    return function.signature


def _stands(state: State, name: str) -> bool:
    """Whether it is certain that there is one of that name."""
    found = state.hidden.event_triggers.get(name)
    return found is not None and found.function in state.schema.functions


def need(run: Run, name: str) -> None:
    """Refuse a name of which it is certain that no event trigger has it."""
    if name not in run.state.hidden.event_triggers and not is_dark(run.state):
        run.state.log.needs.add(name)
        raise RefusedError("42704", f'event trigger "{name}" does not exist')


def alter(run: Run, node: Node) -> None:
    """ALTER EVENT TRIGGER ... ENABLE and DISABLE."""
    name, known = node["trigname"], run.state.hidden.event_triggers
    need(run, name)
    if name in known:
        known[name] = replace(known[name], is_enabled=node.get("tgenabled") != "D")


def rename(run: Run, node: Node) -> None:
    """ALTER EVENT TRIGGER ... RENAME TO."""
    state = run.state
    old, new = resolve.value_text(node["object"]), node["newname"]
    need(run, old)
    if _stands(state, new):
        raise RefusedError("42710", f'event trigger "{new}" already exists')
    known = state.hidden.event_triggers
    if old in known:
        known[new] = known.pop(old)


def drop(run: Run, node: Node) -> None:
    """DROP EVENT TRIGGER."""
    for one in node.get("objects", ()):
        name = resolve.value_text(one)
        if not node.get("missing_ok"):
            need(run, name)
        run.state.hidden.event_triggers.pop(name, None)
