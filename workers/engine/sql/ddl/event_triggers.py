"""Event triggers: by name, each with the function that it runs.

In `hidden.other` as ("event trigger", name) and ("event trigger of", "name<tab>signature"), and,
where it runs at the end of commands, ("event trigger at", "name<tab>tag") for each tag, "" for all.
One whose function went to another signature is let be.

What runs behind CREATE TABLE is carried out, since such functions turn row-level security on. What
they refuse is believed to be ours, and not the database's.
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

_WORD, _OF, _AT = "event trigger", "event trigger of", "event trigger at"
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
        if event == "ddl_command_end":
            for tag in _tags(node) or ("",):
                state.hidden.other[_AT, f"{name}\t{tag}"] = True


def _tags(node: Node) -> list[str]:
    items = [one["DefElem"]["arg"]["List"]["items"] for one in node.get("whenclause", ())]
    return [resolve.value_text(one).upper() for some in items for one in some]


def fire(run: Run, tag: str, node: Node) -> None:
    """Carry out what runs at the end of a command that has made a table."""
    state = run.state
    found = [key.split("\t") for word, key in state.hidden.other if word == _AT]
    names = [name for name, wanted in found if wanted in ("", tag)]
    made = resolve.find_relation(state, node) if names else None
    if run.commands is not None or made is None or str(made) not in state.log.creates:
        return
    from workers.engine.sql.blocks import run_event

    for name in sorted(names):
        for signature in _functions_of(state, name):
            function = state.schema.functions.get(signature)
            if function is not None:
                run_event(run, function, tag, made)


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
        if word == _OF and _is_of(key, name):
            yield key[len(name) + 1 :]


def need(run: Run, name: str) -> None:
    """Refuse a name of which it is certain that no event trigger has it."""
    if (_WORD, name) not in run.state.hidden.other and not is_dark(run.state):
        run.state.log.needs.add(name)
        raise RefusedError("42704", f'event trigger "{name}" does not exist')


def alter(run: Run, node: Node) -> None:
    """ALTER EVENT TRIGGER ... ENABLE and DISABLE."""
    need(run, node["trigname"])
    if node.get("tgenabled") == "D":
        _forget(run.state, node["trigname"], _AT)


def rename(run: Run, node: Node) -> None:
    """ALTER EVENT TRIGGER ... RENAME TO."""
    state = run.state
    old, new = resolve.value_text(node["object"]), node["newname"]
    need(run, old)
    if _stands(state, new):
        raise RefusedError("42710", f'event trigger "{new}" already exists')
    other = state.hidden.other
    parts = [(word, key) for word, key in other if word in (_OF, _AT) and _is_of(key, old)]
    if (_WORD, old) in other:
        forget(state, old)
        other[_WORD, new] = True
        for word, key in parts:
            other[word, f"{new}{key[len(old) :]}"] = True


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
    _forget(state, name, _OF)
    _forget(state, name, _AT)
    state.hidden.other.pop((_WORD, name), None)


def _forget(state: State, name: str, word: str) -> None:
    for kind, key in list(state.hidden.other):
        if kind == word and _is_of(key, name):
            del state.hidden.other[kind, key]


def _is_of(key: str, name: str) -> bool:
    return key.startswith(f"{name}\t")
