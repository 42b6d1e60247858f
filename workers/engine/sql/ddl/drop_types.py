"""DROP TYPE and DROP DOMAIN, and what uses a type."""

from __future__ import annotations

from typing import Any

from workers.engine.schema.model import Column, Function, QualifiedName, SqlType, Table
from workers.engine.schema.names import quote
from workers.engine.sql import resolve
from workers.engine.sql.ddl import dependents
from workers.engine.sql.ddl.dependents import Blocked, table_label, view_label
from workers.engine.sql.ddl.enums import refuse_other_type
from workers.engine.sql.ddl.named import move_casts
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run
from workers.engine.sql.state import State


def drop_type(run: Run, node: Node) -> None:
    """DROP TYPE and DROP DOMAIN."""
    state = run.state
    names = []
    for one in node.get("objects", ()):
        path = strings(one["TypeName"]["names"])
        kind = resolve.find_type(state, path)
        if kind is None or kind.schema is None:
            _refuse_missing(run, path, missing_ok=bool(node.get("missing_ok")))
            continue
        name = QualifiedName(kind.schema, kind.name)
        state.log.needs.add(str(name))
        refuse_other_type(run, name, path, node.get("removeType", ""))
        if name in state.schema.tables or name in state.schema.views:
            raise RefusedError(
                "2BP01",
                f"cannot drop type {resolve.describe(state, name)} because "
                f"{table_label(state, name)} requires it",
            )
        names.append(name)
    if node.get("behavior") != "DROP_CASCADE":
        blocked = Blocked()
        for name in names:
            block_uses(state, name, blocked, f"type {_describe(state, name)}")
            block_bodies(run, name, blocked, f"type {_describe(state, name)}")
        if blocked.lines:
            what = f"type {_describe(state, names[0])}" if len(names) == 1 else "desired object(s)"
            blocked.refuse(what)
    for name in names:
        remove_type(run, name)


def _describe(state: State, name: QualifiedName) -> str:
    return resolve.format_visible(state, SqlType(name.name, schema=name.schema))


def _refuse_missing(run: Run, path: tuple[str, ...], *, missing_ok: bool) -> None:
    schema, name = resolve.split_path(path)
    run.state.log.needs.add(f"{schema or resolve.first_schema(run.state)}.{name}")
    if missing_ok:
        return
    if schema is not None and not run.state.has_schema(schema):
        raise RefusedError("3F000", f'schema "{schema}" does not exist')
    raise RefusedError("42704", f'type "{resolve.dotted(path)}" does not exist')


def remove_type(run: Run, name: QualifiedName) -> None:
    """Take a type away, with what uses it."""
    state = run.state
    schema = state.schema
    for holder in (schema.enums, schema.domains, schema.composites):
        found: Any = holder.get(name)
        if found is not None:
            state.remove(found)
    state.hidden.types.pop(name, None)
    move_casts(state, name, None)
    drop_uses(run, name)


def is_of(kind: SqlType, name: QualifiedName) -> bool:
    """Whether a column type is a type or its array."""
    return kind.schema == name.schema and kind.name == name.name


def using_columns(state: State, name: QualifiedName) -> list[tuple[Table, Column, bool]]:
    """The columns of a type (True), and those whose default casts to it (False)."""
    found = []
    mention = f"::{quote(name.schema)}.{quote(name.name)}"
    for table in state.schema.tables.values():
        for column in table.columns:
            kind = column.type
            if kind.schema is not None and kind.name == name.name and kind.schema == name.schema:
                found.append((table, column, True))
            elif (
                column.default is not None
                and mention in column.default
                and dependents.mentions_type(column.default, name)
            ):
                found.append((table, column, False))
    return found


def functions_using(state: State, name: QualifiedName) -> list[Function]:
    """The functions that take or return a type."""
    if not state.schema.functions:
        return []
    shown = f"{quote(name.schema)}.{quote(name.name)}"
    wanted = {shown, f"{shown}[]", f"SETOF {shown}", f"SETOF {shown}[]"}
    return [
        function
        for function in state.schema.functions.values()
        if function.returns in wanted or not wanted.isdisjoint(function.arguments)
    ]


def block_uses(state: State, name: QualifiedName, blocked: Blocked, label: str) -> None:
    """Note all that stands on a type."""
    for table, column, is_typed in using_columns(state, name):
        shown = f"column {column.name} of {table_label(state, table.name)}"
        blocked.add(shown if is_typed else f"default value for {shown}", label)
    for table in state.schema.tables.values():
        for check in table.checks:
            if name.name in check.definition and dependents.mentions_type(
                _inside(check.definition), name
            ):
                blocked.add(f"constraint {check.name} on {table_label(state, table.name)}", label)
        for index in table.indexes:
            texts = [key.expression for key in index.keys] + [index.where]
            if any(dependents.mentions_type(text, name) for text in texts):
                shown = resolve.describe(state, QualifiedName(table.name.schema, index.name))
                blocked.add(f"index {shown}", label)
    for view in state.schema.views.values():
        if any(is_of(column.type, name) for column in view.columns) or str(name) in view.depends_on:
            blocked.add(view_label(state, view.name), label)
    for table_name, kind in state.hidden.typed.items():
        if kind == name:
            blocked.add(table_label(state, table_name), label)
    for domain in state.schema.domains.values():
        if is_of(domain.type, name):
            blocked.add(f"type {resolve.describe(state, domain.name)}", label)
    for composite in state.schema.composites.values():
        for attribute in composite.attributes:
            if is_of(attribute.type, name):
                shown = resolve.describe(state, composite.name)
                blocked.add(f"column {attribute.name} of composite type {shown}", label)
    owner = state.hidden.types.get(name, "").removeprefix("extension ")
    for function in functions_using(state, name):
        if function.language == "internal" and (
            function.name == name or name in state.hidden.types
        ):
            continue  # a constructor of the type's own, or of its multirange
        if not owner or state.hidden.extension_members.get(function.signature) != owner:
            blocked.add(f"function {function.signature}", label)
    for policy in state.schema.policies.values():
        if str(name) in policy.depends_on:
            blocked.add(f"policy {policy.name} on {table_label(state, policy.table)}", label)


def block_bodies(run: Run, name: QualifiedName, blocked: Blocked, label: str) -> None:
    """Note the functions whose body of standard SQL stands on a type."""
    from workers.engine.sql.ddl.standing import functions_on

    for shown, _ in functions_on(run, str(name)):
        blocked.add(shown, label)


def _inside(definition: str) -> str:
    return definition.partition("(")[2].rpartition(")")[0]


def drop_uses(run: Run, name: QualifiedName) -> None:
    """CASCADE: columns of the type, views and functions fall."""
    from msgspec.structs import replace

    from workers.engine.sql.ddl.touch import put_column

    state = run.state
    for table, column, is_typed in using_columns(state, name):
        if is_typed:
            dependents.drop_column(run, table.name, column.name, cascade=True, origin=run.origin)
        else:
            put_column(run, table.name, replace(column, default=None), run.origin)
    for view in list(state.schema.views.values()):
        if any(is_of(column.type, name) for column in view.columns) or str(name) in view.depends_on:
            dependents.drop_view(run, view.name)
    from workers.engine.sql.ddl.standing import functions_on, remove_function

    for _, drop in list(functions_on(run, str(name))):
        drop()
    for function in functions_using(state, name):
        remove_function(run, function.signature)
        if function.name != name and state.hidden.types.get(function.name) == "range":
            # The constructor of the range's multirange, which has its name.
            remove_type(run, function.name)
    typed = [table for table, kind in state.hidden.typed.items() if kind == name]
    if typed:
        from workers.engine.sql.ddl.drops import drop_tables

        drop_tables(run, typed, cascade=True)
    for domain in list(state.schema.domains.values()):
        if is_of(domain.type, name):
            remove_type(run, domain.name)
    for composite in list(state.schema.composites.values()):
        left = tuple(one for one in composite.attributes if not is_of(one.type, name))
        if left != composite.attributes:
            state.put(replace(composite, attributes=left))
    for key, policy in list(state.schema.policies.items()):
        if str(name) in policy.depends_on:
            del state.schema.policies[key]
