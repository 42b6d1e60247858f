"""DROP SCHEMA, EXTENSION, FUNCTION, TRIGGER, POLICY, PUBLICATION."""

from __future__ import annotations

from typing import Any

from workers.engine.schema.model import Function, QualifiedName
from workers.engine.schema.names import quote
from workers.engine.sql import resolve
from workers.engine.sql.ddl import granted, named
from workers.engine.sql.ddl.dependents import Blocked, drop_view
from workers.engine.sql.ddl.drop_types import remove_type
from workers.engine.sql.ddl.functions import find_function
from workers.engine.sql.ddl.standing import remove_function, users_of
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import ExtensionsOwnError, RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run
from workers.engine.sql.state import State


def drop_schema(run: Run, node: Node) -> None:
    """DROP SCHEMA."""
    state = run.state
    for one in node.get("objects", ()):
        name = resolve.value_text(one)
        if name not in state.schema.schemas:
            if node.get("missing_ok"):
                continue
            raise RefusedError("3F000", f'schema "{name}" does not exist')
        if node.get("behavior") != "DROP_CASCADE":
            blocked = Blocked()
            for thing in _inside(state, name):
                blocked.add(thing, f"schema {quote(name)}")
            blocked.refuse(f"schema {quote(name)}")
        _empty(run, name)
        del state.schema.schemas[name]
        granted.drop(state.schema, name)
        state.log.drops.add(name)


def _inside(state: State, name: str) -> list[str]:
    schema = state.schema
    found = [
        f"{word} {one}"
        for word, holder in (
            ("table", schema.tables),
            ("view", schema.views),
            ("sequence", schema.sequences),
            ("type", schema.enums),
            ("type", schema.domains),
            ("type", schema.composites),
        )
        for one in holder
        if one.schema == name
    ]
    found += [f"function {key}" for key, one in schema.functions.items() if one.name.schema == name]
    found += [f"extension {one.name}" for one in schema.extensions.values() if one.schema == name]
    return found


def _empty(run: Run, name: str) -> None:
    from workers.engine.sql.ddl.drops import drop_tables, remove_sequence

    state = run.state
    schema = state.schema
    for extension in [one.name for one in schema.extensions.values() if one.schema == name]:
        remove_extension(run, extension)
    for view in [one for one in schema.views if one.schema == name]:
        drop_view(run, view)
    tables = [one for one in schema.tables if one.schema == name]
    if tables:
        drop_tables(run, tables, cascade=True)
    for sequence in [one for one in schema.sequences if one.schema == name]:
        if sequence in schema.sequences:
            remove_sequence(run, sequence)
    for kind in [*schema.enums, *schema.domains, *schema.composites]:
        if kind.schema == name:
            remove_type(run, kind)
    for signature, function in list(schema.functions.items()):
        if function.name.schema == name:
            remove_function(run, signature)
    named.forget_schema(state, name)


def drop_extension(run: Run, node: Node) -> None:
    """DROP EXTENSION takes its types and functions along."""
    state = run.state
    for one in node.get("objects", ()):
        name = resolve.value_text(one)
        if name not in state.schema.extensions:
            if node.get("missing_ok"):
                continue
            raise RefusedError("42704", f'extension "{name}" does not exist')
        if node.get("behavior") != "DROP_CASCADE":
            blocked = Blocked()
            from workers.engine.sql.ddl.drop_types import block_uses

            for kind, owner in state.hidden.types.items():
                if owner == f"extension {name}":
                    block_uses(state, kind, blocked, f"type {resolve.describe(state, kind)}")
            blocked.refuse(f"extension {quote(name)}")
        remove_extension(run, name)


def remove_extension(run: Run, name: str) -> None:
    """Take an extension away with what it brought."""
    state = run.state
    owner = f"extension {name}"
    for kind in [kind for kind, by in state.hidden.types.items() if by == owner]:
        remove_type(run, kind)
    for member in [one for one, by in state.hidden.extension_members.items() if by == name]:
        del state.hidden.extension_members[member]
        if member in state.schema.functions:
            remove_function(run, member)
        state.hidden.other.pop(("function", member), None)
        state.hidden.other.pop(("relation", member), None)
    for key in [key for key, by in state.hidden.operator_owners.items() if by == name]:
        del state.hidden.operator_owners[key]
        state.hidden.operator_classes.pop(key, None)
    state.schema.extensions.pop(name, None)
    state.log.drops.add(name)


def drop_function(run: Run, node: Node) -> None:
    """DROP FUNCTION, PROCEDURE, ROUTINE and AGGREGATE."""
    state = run.state
    word = node["removeType"][7:].lower()
    found: list[Function] = []
    for one in node.get("objects", ()):
        try:
            found.append(find_function(run, one["ObjectWithArgs"], word))
        except ExtensionsOwnError:
            continue
        except RefusedError as refusal:
            if not node.get("missing_ok") or refusal.sqlstate not in (
                "42883",
                "3F000",
                "42704",
            ):
                raise
    for function in found:
        signature = function.signature
        if node.get("behavior") != "DROP_CASCADE":
            blocked, label = Blocked(), f"function {_label(state, function)}"
            for user, _ in users_of(run, function):
                blocked.add(user, label)
            blocked.refuse(label)
        remove_function(run, signature)


def _label(state: State, function: Function) -> str:
    arguments = ",".join(function.arguments)
    schema = function.name.schema
    shown = quote(function.name.name)
    if schema not in state.search_path:
        shown = f"{quote(schema)}.{shown}"
    return f"{shown}({arguments})"


def _on_table(run: Run, node: Node, word: str) -> list[tuple[QualifiedName, str]]:
    found = []
    for one in node.get("objects", ()):
        path = strings(one["List"]["items"])
        schema, name = resolve.split_path(path[:-1])
        table = resolve.lookup(run.state, schema, name)
        if table is None:
            if node.get("missing_ok"):
                continue
            if schema is not None and not run.state.has_schema(schema):
                raise RefusedError("3F000", f'schema "{schema}" does not exist')
            raise RefusedError("42P01", f'relation "{resolve.dotted(path[:-1])}" does not exist')
        run.state.log.needs.add(str(table))
        made = run.state.schema
        holders: dict[str, Any] = {"policy": made.policies, "rule": run.state.hidden.rules}
        if (table, path[-1]) not in holders.get(word, made.triggers):
            if node.get("missing_ok"):
                continue
            raise RefusedError(
                "42704", f'{word} "{path[-1]}" for table "{table.name}" does not exist'
            )
        found.append((table, path[-1]))
    return found


def drop_trigger(run: Run, node: Node) -> None:
    """DROP TRIGGER."""
    for key in _on_table(run, node, "trigger"):
        del run.state.schema.triggers[key]
        run.state.hidden.trigger_columns.pop(key, None)
        run.state.log.drops.add(f"{key[0]}.{key[1]}")


def drop_rule(run: Run, node: Node) -> None:
    """DROP RULE."""
    for key in _on_table(run, node, "rule"):
        del run.state.hidden.rules[key]


def drop_policy(run: Run, node: Node) -> None:
    """DROP POLICY."""
    for key in _on_table(run, node, "policy"):
        del run.state.schema.policies[key]
        run.state.log.drops.add(f"{key[0]}.{key[1]}")


def drop_publication(run: Run, node: Node) -> None:
    """DROP PUBLICATION."""
    for one in node.get("objects", ()):
        name = resolve.value_text(one)
        if name not in run.state.hidden.publications and not node.get("missing_ok"):
            raise RefusedError("42704", f'publication "{name}" does not exist')
        run.state.hidden.publications.pop(name, None)
        for key in [key for key in run.state.hidden.published if key[0] == name]:
            del run.state.hidden.published[key]


def forget_extension(run: Run, name: str) -> None:
    """Take away what an extension brought without touching what uses it."""
    state = run.state
    owner = f"extension {name}"
    for kind in [kind for kind, by in state.hidden.types.items() if by == owner]:
        del state.hidden.types[kind]
    for member in [one for one, by in state.hidden.extension_members.items() if by == name]:
        del state.hidden.extension_members[member]
        if member in state.schema.functions:
            state.remove_function(member)
        state.hidden.other.pop(("function", member), None)
        state.hidden.other.pop(("relation", member), None)
    for key in [key for key, by in state.hidden.operator_owners.items() if by == name]:
        del state.hidden.operator_owners[key]
        state.hidden.operator_classes.pop(key, None)
