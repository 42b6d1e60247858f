"""Event triggers: by name, each with the function that it runs.

In `hidden.other` as ("event trigger", name) and ("event trigger of", "name<tab>signature"). One
whose function went to another signature is let be.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.schema.model import QualifiedName
from workers.engine.sql import resolve
from workers.engine.sql.ddl.named import is_dark
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run
from workers.engine.sql.state import State

_WORD, _OF = "event trigger", "event trigger of"
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
    forget(state, name)
    state.hidden.other[_WORD, name] = True
    if signature is not None:
        state.hidden.other[_OF, f"{name}\t{signature}"] = True


def _function(run: Run, path: tuple[str, ...]) -> str | None:
    """The signature of the function that is run; None where only an extension knows it."""
    state = run.state
    schema, name = resolve.split_path(path)
    if schema is not None and not state.has_schema(schema):
        raise RefusedError("3F000", f'schema "{schema}" does not exist')
    for place in (schema,) if schema is not None else tuple(resolve.searched(state)):
        for signature in state.hidden.overloads.get(QualifiedName(place, name), ()):
            function = state.schema.functions[signature]
            if function.arguments:
                continue
            state.log.needs.add(signature)
            if function.returns not in ("event_trigger", ""):
                raise RefusedError("42P17", f"function {name} must return type event_trigger")
            return signature
    if is_dark(state):
        return None
    state.log.needs.add(f"{schema or resolve.first_schema(state)}.{name}()")
    raise RefusedError("42883", f"function {resolve.dotted(path)}() does not exist")


def _stands(state: State, name: str) -> bool:
    """Whether it is certain that there is one of that name."""
    if (_WORD, name) not in state.hidden.other:
        return False
    return any(one in state.schema.functions for one in _functions_of(state, name))


def _functions_of(state: State, name: str) -> Iterator[str]:
    for word, key in state.hidden.other:
        if word == _OF and key.startswith(f"{name}\t"):
            yield key[len(name) + 1 :]


def need(run: Run, name: str) -> None:
    """Refuse a name of which it is certain that no event trigger has it."""
    if (_WORD, name) not in run.state.hidden.other and not is_dark(run.state):
        run.state.log.needs.add(name)
        raise RefusedError("42704", f'event trigger "{name}" does not exist')


def alter(run: Run, node: Node) -> None:
    """ALTER EVENT TRIGGER ... ENABLE and DISABLE."""
    need(run, node["trigname"])


def rename(run: Run, node: Node) -> None:
    """ALTER EVENT TRIGGER ... RENAME TO."""
    state = run.state
    old, new = resolve.value_text(node["object"]), node["newname"]
    need(run, old)
    if _stands(state, new):
        raise RefusedError("42710", f'event trigger "{new}" already exists')
    functions = list(_functions_of(state, old))
    if (_WORD, old) in state.hidden.other:
        forget(state, old)
        state.hidden.other[_WORD, new] = True
        for one in functions:
            state.hidden.other[_OF, f"{new}\t{one}"] = True


def drop(run: Run, node: Node) -> None:
    """DROP EVENT TRIGGER."""
    for one in node.get("objects", ()):
        name = resolve.value_text(one)
        if not node.get("missing_ok"):
            need(run, name)
        forget(run.state, name)


def running(state: State, signature: str) -> list[str]:
    """The event triggers that run a function."""
    tail = f"\t{signature}"
    found = [key for word, key in state.hidden.other if word == _OF and key.endswith(tail)]
    return [key.removesuffix(tail) for key in found]


def forget(state: State, name: str) -> None:
    """Take an event trigger away."""
    for signature in list(_functions_of(state, name)):
        del state.hidden.other[_OF, f"{name}\t{signature}"]
    state.hidden.other.pop((_WORD, name), None)
