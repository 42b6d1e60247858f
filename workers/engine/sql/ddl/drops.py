"""DROP of everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workers.engine.schema.model import QualifiedName
from workers.engine.sql import resolve
from workers.engine.sql.ddl import (
    dependents,
    drop_programs,
    drop_types,
    foreign_data,
    granted,
    named,
    standing,
    statistics_objects,
)
from workers.engine.sql.ddl.dependents import (
    Blocked,
    drop_rules,
    drop_view,
    table_label,
    view_label,
)
from workers.engine.sql.ddl.operators import drop_operator
from workers.engine.sql.ddl.touch import by_name, touched
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run


def drop(run: Run, node: Node) -> None:
    """DROP ...; several objects are dropped together, so that they do not block each other."""
    kind = node["removeType"]
    if node.get("concurrent") and run.in_block:
        raise RefusedError("25001", "DROP INDEX CONCURRENTLY cannot run inside a transaction block")
    if kind in _RELATIONS:
        _drop_relations(run, node, *_RELATIONS[kind])
        return
    step = _STEPS.get(kind)
    if step is not None:
        step(run, node)
        return
    if kind in named.WORDS:
        named.drop(run, node)


_RELATIONS: dict[str, tuple[str, str]] = {
    "OBJECT_TABLE": ("table", "table"),
    "OBJECT_FOREIGN_TABLE": ("table", "foreign table"),
    "OBJECT_VIEW": ("view", "view"),
    "OBJECT_MATVIEW": ("view", "materialized view"),
    "OBJECT_SEQUENCE": ("sequence", "sequence"),
    "OBJECT_INDEX": ("index", "index"),
}


def _drop_relations(run: Run, node: Node, kind: str, word: str) -> None:
    state = run.state
    names = []
    for one in node.get("objects", ()):
        path = strings(one["List"]["items"])
        schema, name = resolve.split_path(path)
        found = resolve.lookup(state, schema, name)
        if found is None:
            state.log.needs.add(f"{schema or resolve.first_schema(state)}.{name}")
            if node.get("missing_ok"):
                continue
            if schema is not None and not state.has_schema(schema):
                raise RefusedError("3F000", f'schema "{schema}" does not exist')
            sqlstate = "42704" if word == "index" else "42P01"
            raise RefusedError(sqlstate, f'{word} "{name}" does not exist')
        state.log.needs.add(str(found))
        _need_kind(run, found, kind, word)
        if found not in names:
            names.append(found)
    cascade = node.get("behavior") == "DROP_CASCADE"
    step = {"table": drop_tables, "view": _drop_views, "sequence": _drop_sequences}.get(kind)
    if step is not None:
        step(run, names, cascade=cascade)
        return
    for index in names:
        drop_index(run, index, cascade=cascade)


def _need_kind(run: Run, name: QualifiedName, kind: str, word: str) -> None:
    schema = run.state.schema
    found = run.state.relation_kind(name)
    view = schema.views.get(name)
    if view is not None:
        found = "materialized view" if view.kind == "matview" else "view"
        if found == word:
            return
    elif found == kind:
        return
    article = "an" if word.startswith("i") else "a"
    raise RefusedError("42809", f'"{name.name}" is not {article} {word}')


def _drop_cast(run: Run, node: Node) -> None:
    from workers.engine.sql.ddl import casts

    casts.drop(run, node)


def _drop_event_trigger(run: Run, node: Node) -> None:
    from workers.engine.sql.ddl import event_triggers

    event_triggers.drop(run, node)


def drop_tables(run: Run, names: list[QualifiedName], *, cascade: bool) -> None:
    """Drop tables with all that is theirs."""
    state = run.state
    names = _with_partitions(run, names)
    going = set(names)
    blocked = Blocked()
    for name in names:
        _block_table(run, name, going, blocked)
    if blocked.lines and not cascade:
        what = table_label(state, names[0]) if len(names) == 1 else "desired object(s)"
        blocked.refuse(what)
    for name in names:
        if name in state.schema.tables:
            _remove_table(run, name)


def _with_partitions(run: Run, names: list[QualifiedName]) -> list[QualifiedName]:
    found = dict.fromkeys(names)
    count = 0
    while count != len(found):
        count = len(found)
        for table in run.state.schema.tables.values():
            if table.partition_bound is not None and any(one in found for one in table.parents):
                found[table.name] = None
    return list(found)


def _block_table(
    run: Run, name: QualifiedName, going: set[QualifiedName], blocked: Blocked
) -> None:
    state = run.state
    label = table_label(state, name)
    key = str(name)
    for other in state.schema.tables.values():
        if other.name in going:
            continue
        for foreign in other.foreign_keys:
            if foreign.ref_table == name:
                blocked.add(f"constraint {foreign.name} on {table_label(state, other.name)}", label)
        if name in other.parents:
            blocked.add(table_label(state, other.name), label)
    for other, column, _ in drop_types.using_columns(state, name):
        if other.name not in going:
            blocked.add(f"column {column.name} of {table_label(state, other.name)}", label)
    for view in state.schema.views.values():
        if key in view.depends_on:
            blocked.add(view_label(state, view.name), label)
    for policy in state.schema.policies.values():
        if key in policy.depends_on and policy.table not in going:
            blocked.add(f"policy {policy.name} on {table_label(state, policy.table)}", label)
    for function in drop_types.functions_using(state, name):
        blocked.add(f"function {function.signature}", f"type {resolve.describe(state, name)}")
    for shown, _ in standing.functions_on(run, key):
        blocked.add(shown, label)
    for sequence in state.schema.sequences.values():
        if sequence.owned_by is not None and sequence.owned_by[0] == name:
            for owner, column_name in dependents.default_users(state, sequence.name):
                if owner not in going:
                    blocked.add(
                        f"default value for column {column_name} of {table_label(state, owner)}",
                        f"sequence {resolve.describe(state, sequence.name)}",
                    )
            for shown, _ in standing.readers(run, str(sequence.name)):
                blocked.add(shown, f"sequence {resolve.describe(state, sequence.name)}")


def _remove_table(run: Run, name: QualifiedName) -> None:
    state = run.state
    state.remove_table(name)
    key = str(name)
    for view in [one.name for one in state.schema.views.values() if key in one.depends_on]:
        drop_view(run, view)
    for other in list(state.schema.tables.values()):
        for foreign in other.foreign_keys:
            if foreign.ref_table == name:
                dependents.drop_foreign_key(run, other.name, foreign, run.origin)
        if name in other.parents:
            _remove_table(run, other.name)
    drop_rules(run, name)
    for place, policy in list(state.schema.policies.items()):
        if place[0] == name or key in policy.depends_on:
            del state.schema.policies[place]
    for holder in (state.schema.triggers, state.hidden.trigger_columns):
        for place in [place for place in holder if place[0] == name]:
            del holder[place]
    for sequence in list(state.schema.sequences.values()):
        if sequence.owned_by is not None and sequence.owned_by[0] == name:
            remove_sequence(run, sequence.name)
    for _, drop in list(standing.functions_on(run, key)):
        drop()
    drop_types.drop_uses(run, name)
    drop_grants(run, key)


def drop_grants(run: Run, key: str) -> None:
    """Privileges fall with their object."""
    granted.drop(run.state.schema, key)


def remove_sequence(run: Run, name: QualifiedName) -> None:
    """Take a sequence away; defaults that draw from it go with it."""
    from workers.engine.sql.ddl.touch import put_column

    state = run.state
    for owner, column_name in dependents.default_users(state, name):
        table = state.schema.tables.get(owner)
        column = table.column(column_name) if table is not None else None
        if column is not None:
            from msgspec.structs import replace

            put_column(run, owner, replace(column, default=None), run.origin)
    for _, drop in list(standing.readers(run, str(name))):
        drop()
    state.remove(state.schema.sequences[name])
    drop_grants(run, str(name))


def _drop_views(run: Run, names: list[QualifiedName], *, cascade: bool) -> None:
    state = run.state
    blocked = Blocked()
    for name in names:
        for view in state.schema.views.values():
            if str(name) in view.depends_on and view.name not in names:
                blocked.add(view_label(state, view.name), view_label(state, name))
        for function in drop_types.functions_using(state, name):
            blocked.add(f"function {function.signature}", f"type {resolve.describe(state, name)}")
        for policy in state.schema.policies.values():
            if str(name) in policy.depends_on:
                shown = f"policy {policy.name} on {table_label(state, policy.table)}"
                blocked.add(shown, view_label(state, name))
        for shown, _ in standing.functions_on(run, str(name)):
            blocked.add(shown, view_label(state, name))
    if not cascade and blocked.lines:
        blocked.refuse(view_label(state, names[0]) if len(names) == 1 else "desired object(s)")
    for name in names:
        drop_view(run, name)


def _drop_sequences(run: Run, names: list[QualifiedName], *, cascade: bool) -> None:
    state = run.state
    blocked = Blocked()
    for name in names:
        if name in state.hidden.owned:
            owner = state.schema.sequences[name].owned_by
            assert owner is not None
            label = f"column {owner[1]} of {table_label(state, owner[0])}"
            raise RefusedError(
                "2BP01",
                f"cannot drop sequence {resolve.describe(state, name)} because {label} requires it",
            )
        for owner_name, column in dependents.default_users(state, name):
            blocked.add(
                f"default value for column {column} of {table_label(state, owner_name)}",
                f"sequence {resolve.describe(state, name)}",
            )
        for shown, _ in standing.readers(run, str(name)):
            blocked.add(shown, f"sequence {resolve.describe(state, name)}")
    if not cascade and blocked.lines:
        label = f"sequence {resolve.describe(state, names[0])}"
        blocked.refuse(label if len(names) == 1 else "desired object(s)")
    for name in names:
        remove_sequence(run, name)


def drop_index(run: Run, name: QualifiedName, *, cascade: bool) -> None:
    """Drop an index that is no constraint's."""
    from msgspec.structs import replace

    state = run.state
    owner = state.hidden.index_tables[name]
    view = state.schema.views.get(owner)
    if view is not None:
        left = tuple(one for one in view.indexes if one.name != name.name)
        history = touched(view.history, run.origin)
        state.put_view(replace(view, indexes=left, history=history))
        return
    table = state.schema.tables[owner]
    index = by_name(table.indexes, name.name)
    label = f"index {resolve.describe(state, name)}"
    if index.is_constraint:
        shown = f"constraint {name.name} on {table_label(state, owner)}"
        raise RefusedError("2BP01", f"cannot drop {label} because {shown} requires it")
    if index.is_inherited:
        raise RefusedError("2BP01", f"cannot drop {label} because its parent's requires it")
    falling = dependents.keys_on_index(state, owner, name.name)
    if falling and not cascade:
        blocked = Blocked()
        for holder, key in falling:
            blocked.add(f"constraint {key.name} on {table_label(state, holder)}", label)
        blocked.refuse(label)
    for holder, key in falling:
        dependents.drop_foreign_key(run, holder, key, run.origin)
    table = state.schema.tables[owner]
    left = tuple(one for one in table.indexes if one.name != name.name)
    history = touched(table.history, run.origin)
    state.put_table(replace(table, indexes=left, history=history))
    state.log.drops.add(str(name))
    for child in list(state.schema.tables.values()):
        if owner in child.parents:
            twins = [one for one in child.indexes if one.is_inherited and one.keys == index.keys]
            state.put_table(
                replace(child, indexes=tuple(one for one in child.indexes if one not in twins))
            )


Step = Callable[[Run, Node], Any]

_STEPS: dict[str, Step] = {
    "OBJECT_TYPE": drop_types.drop_type,
    "OBJECT_DOMAIN": drop_types.drop_type,
    "OBJECT_SCHEMA": drop_programs.drop_schema,
    "OBJECT_EXTENSION": drop_programs.drop_extension,
    "OBJECT_FUNCTION": drop_programs.drop_function,
    "OBJECT_PROCEDURE": drop_programs.drop_function,
    "OBJECT_ROUTINE": drop_programs.drop_function,
    "OBJECT_AGGREGATE": drop_programs.drop_function,
    "OBJECT_TRIGGER": drop_programs.drop_trigger,
    "OBJECT_POLICY": drop_programs.drop_policy,
    "OBJECT_RULE": drop_programs.drop_rule,
    "OBJECT_OPERATOR": drop_operator,
    "OBJECT_CAST": _drop_cast,
    "OBJECT_EVENT_TRIGGER": _drop_event_trigger,
    "OBJECT_FOREIGN_SERVER": foreign_data.drop_server,
    "OBJECT_FDW": foreign_data.drop_wrapper,
    "OBJECT_STATISTIC_EXT": statistics_objects.drop,
    "OBJECT_PUBLICATION": drop_programs.drop_publication,
}
