"""RENAME of everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from workers.engine.schema.model import Policy, QualifiedName, Table, Trigger
from workers.engine.sql import resolve
from workers.engine.sql.ddl import (
    event_triggers,
    foreign_data,
    labels,
    moves,
    named,
    statistics_objects,
    typed_tables,
)
from workers.engine.sql.ddl.constraint_changes import heirs_of_check
from workers.engine.sql.ddl.enums import find_enum, refuse_other_type
from workers.engine.sql.ddl.heritage import heirs_of, parents_with_check, refuse_rename
from workers.engine.sql.ddl.indexing import refuse_taken
from workers.engine.sql.ddl.kinds_of_relation import refuse_other_kind
from workers.engine.sql.ddl.touch import by_name, touched, update
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run
from workers.engine.sql.state import constraint_names


def rename(run: Run, node: Node) -> None:
    """ALTER ... RENAME."""
    step = _STEPS.get(node["renameType"])
    if step is None:
        run.mention("rename-unread", f"A rename of {node['renameType'][7:].lower()} was not read.")
        return
    step(run, node)


def _relation(run: Run, node: Node) -> QualifiedName | None:
    if node.get("missing_ok") and resolve.find_relation(run.state, node["relation"]) is None:
        return None
    return resolve.need_relation(run.state, node["relation"])


def _rename_relation(run: Run, node: Node) -> None:
    name = _relation(run, node)
    if name is None:
        return
    refuse_other_kind(run, name, node.get("renameType", ""))
    new = QualifiedName(name.schema, node["newname"])
    refuse_taken(run.state, name.schema, new.name)
    if name not in run.state.hidden.index_tables and run.state.is_type(new):
        raise RefusedError("42710", f'type "{new.name}" already exists')
    moves.move_relation(run, name, new)


def _rename_column(run: Run, node: Node) -> None:
    name = _relation(run, node)
    if name is None:
        return
    old, new = node["subname"], node["newname"]
    schema = run.state.schema
    if name in schema.views:
        _rename_view_column(run, name, old, new)
        return
    if name in schema.composites:
        typed_tables.rename_attribute(run, name, node)
        return
    table = resolve.need_table(run.state, node["relation"])
    typed_tables.refuse_rename(run, name)
    refuse_rename(run, name, old, new, alone=not node["relation"].get("inh"))
    if table.column(old) is None:
        run.state.log.needs.add(f"{name}.{old}")
        raise RefusedError("42703", f'column "{old}" does not exist')
    if table.column(new) is not None:
        raise RefusedError("42701", f'column "{new}" of relation "{name.name}" already exists')
    for one in (name, *heirs_of(run, name)):
        if run.state.schema.tables[one].column(old) is not None:
            moves.rename_column(run, one, old, new)


def _rename_view_column(run: Run, name: QualifiedName, old: str, new: str) -> None:
    view = run.state.schema.views[name]
    if by_name(view.columns, old) is None:
        raise RefusedError("42703", f'column "{old}" does not exist')
    if by_name(view.columns, new) is not None:
        raise RefusedError("42701", f'column "{new}" of relation "{name.name}" already exists')
    columns = tuple(replace(one, name=new) if one.name == old else one for one in view.columns)
    history = touched(view.history, run.origin)
    indexes = tuple(moves.index_renamed(one, old, new) for one in view.indexes)
    run.state.put_view(replace(view, columns=columns, indexes=indexes, history=history))
    labels.rename_column(run, name, old, new)


def _rename_constraint(run: Run, node: Node) -> None:
    name = _relation(run, node)
    if name is None:
        return
    old, new = node["subname"], node["newname"]
    table = run.state.schema.tables.get(name)
    if table is None or old not in constraint_names(table):
        run.state.log.needs.add(f"{name}.{old}")
        raise RefusedError("42704", f'constraint "{old}" for table "{name.name}" does not exist')
    _refuse_inherited_check(run, table, old, alone=not node["relation"].get("inh"))
    index = by_name(table.indexes, old)
    if index is not None and index.is_constraint:
        refuse_taken(run.state, name.schema, new)
    elif new in constraint_names(table):
        raise RefusedError("42710", f'constraint "{new}" for relation "{name.name}" already exists')
    heirs = heirs_of_check(run, table, old)
    for heir in heirs:
        heirs += [one for one in heirs_of_check(run, heir, old) if one not in heirs]
        if new in constraint_names(heir):
            shown = f'constraint "{new}" for relation "{heir.name.name}" already exists'
            raise RefusedError("42710", shown)
    for one in (table, *heirs):
        rename_constraint(run, one, old, new)


def _refuse_inherited_check(run: Run, table: Table, name: str, *, alone: bool) -> None:
    """rename_constraint_internal: a check that is handed down has one name everywhere."""
    check = by_name(table.checks, name)
    if check is None or check.no_inherit:
        return
    shown = f'inherited constraint "{name}"'
    if alone and heirs_of_check(run, table, name):
        raise RefusedError("42P16", f"{shown} must be renamed in child tables too")
    if parents_with_check(run.state, table, name):
        raise RefusedError("42P16", f"cannot rename {shown}")


def rename_constraint(run: Run, table: Table, old: str, new: str) -> None:
    """Give a constraint, and the index under it, another name."""

    def named(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            replace(one, name=new, history=touched(one.history, run.origin))
            if one.name == old
            else one
            for one in items
        )

    primary = table.primary_key
    if primary is not None and primary.name == old:
        primary = replace(primary, name=new, history=touched(primary.history, run.origin))
    indexes = tuple(
        replace(one, name=new, history=touched(one.history, run.origin))
        if one.name == old and one.is_constraint
        else one
        for one in table.indexes
    )
    update(
        run,
        table.name,
        primary_key=primary,
        uniques=named(table.uniques),
        checks=named(table.checks),
        excludes=named(table.excludes),
        foreign_keys=named(table.foreign_keys),
        indexes=indexes,
    )


def _rename_type(run: Run, node: Node) -> None:
    state = run.state
    path = strings(node["object"]["List"]["items"])
    kind = resolve.find_type(state, path)
    if kind is None or kind.schema is None:
        find_enum(run, path)
        return
    old = QualifiedName(kind.schema, kind.name)
    refuse_other_type(run, old, path, node["renameType"])
    state.log.needs.add(str(old))
    new = QualifiedName(old.schema, node["newname"])
    if old in state.schema.composites:
        refuse_taken(state, new.schema, new.name)
    if state.is_type(new):
        raise RefusedError("42710", f'type "{new.name}" already exists')
    moves.move_type(run, old, new)


def _rename_schema(run: Run, node: Node) -> None:
    state = run.state
    old, new = node["subname"], node["newname"]
    if old not in state.schema.schemas:
        raise RefusedError("3F000", f'schema "{old}" does not exist')
    if new in state.schema.schemas:
        raise RefusedError("42P06", f'schema "{new}" already exists')
    history = state.schema.schemas.pop(old)
    state.schema.schemas[new] = touched(history, run.origin)
    moves.move_schema(run, old, new)


def _keyed(run: Run, node: Node, holder: dict[Any, Any], word: str) -> None:
    name = resolve.need_relation(run.state, node["relation"])
    old, new = node["subname"], node["newname"]
    found: Policy | Trigger | None = holder.get((name, old))
    if found is not None and old == new and word == "trigger":
        return  # it has the name already
    if (name, new) in holder:
        raise RefusedError("42710", f'{word} "{new}" for table "{name.name}" already exists')
    if found is None:
        raise RefusedError("42704", f'{word} "{old}" for table "{name.name}" does not exist')
    del holder[name, old]
    holder[name, new] = replace(found, name=new, history=touched(found.history, run.origin))


def _rename_policy(run: Run, node: Node) -> None:
    _keyed(run, node, run.state.schema.policies, "policy")


def _rename_trigger(run: Run, node: Node) -> None:
    _keyed(run, node, run.state.schema.triggers, "trigger")


def _rename_function(run: Run, node: Node) -> None:
    from workers.engine.sql.ddl.functions import find_function, word_of

    function = find_function(run, node["object"]["ObjectWithArgs"], word_of(node["renameType"]))
    moves.move_function(run, function, QualifiedName(function.name.schema, node["newname"]))


def _rename_domain_constraint(run: Run, node: Node) -> None:
    from workers.engine.sql.ddl.types import find_domain, need_check

    domain = find_domain(run, strings(node["object"]["List"]["items"]))
    old, new = node["subname"], node["newname"]
    need_check(domain, old)
    if by_name(domain.checks, new) is not None:
        raise RefusedError(
            "42710", f'constraint "{new}" for domain "{domain.name.name}" already exists'
        )
    checks = tuple(replace(one, name=new) if one.name == old else one for one in domain.checks)
    run.state.put(replace(domain, checks=checks))


def _rename_rule(run: Run, node: Node) -> None:
    name = resolve.need_relation(run.state, node["relation"])
    rules, old, new = run.state.hidden.rules, node["subname"], node["newname"]
    if (name, old) not in rules:
        if old == "_RETURN":
            return
        shown = f'rule "{old}" for relation "{name.name}" does not exist'
        raise RefusedError("42704", shown)
    if (name, new) in rules:
        shown = f'rule "{new}" for relation "{name.name}" already exists'
        raise RefusedError("42710", shown)
    rules[name, new] = rules.pop((name, old))


def _ignore(run: Run, node: Node) -> None:
    """Roles, databases and the like are outside of the schema."""


_STEPS: dict[str, Callable[[Run, Node], None]] = {
    "OBJECT_TABLE": _rename_relation,
    "OBJECT_FOREIGN_TABLE": _rename_relation,
    "OBJECT_VIEW": _rename_relation,
    "OBJECT_MATVIEW": _rename_relation,
    "OBJECT_SEQUENCE": _rename_relation,
    "OBJECT_INDEX": _rename_relation,
    "OBJECT_COLUMN": _rename_column,
    "OBJECT_ATTRIBUTE": _rename_column,
    "OBJECT_TABCONSTRAINT": _rename_constraint,
    "OBJECT_DOMCONSTRAINT": _rename_domain_constraint,
    "OBJECT_TYPE": _rename_type,
    "OBJECT_DOMAIN": _rename_type,
    "OBJECT_SCHEMA": _rename_schema,
    "OBJECT_POLICY": _rename_policy,
    "OBJECT_TRIGGER": _rename_trigger,
    "OBJECT_FUNCTION": _rename_function,
    "OBJECT_PROCEDURE": _rename_function,
    "OBJECT_AGGREGATE": _rename_function,
    "OBJECT_ROUTINE": _rename_function,
    "OBJECT_STATISTIC_EXT": statistics_objects.rename,
    "OBJECT_FOREIGN_SERVER": foreign_data.rename_server,
    **dict.fromkeys(named.WORDS, named.rename),
    "OBJECT_EVENT_TRIGGER": event_triggers.rename,
    "OBJECT_RULE": _rename_rule,
    "OBJECT_ROLE": _ignore,
    "OBJECT_DATABASE": _ignore,
    "OBJECT_PUBLICATION": _ignore,
}
