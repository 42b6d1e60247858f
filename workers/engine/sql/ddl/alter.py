"""ALTER TABLE: its actions, carried out in PostgreSQL's passes and not as written.

ATRewriteCatalogs (src/backend/commands/tablecmds.c) runs all drops first, then type changes and new
columns; only then is made again what stood on other types, and are the constraints as written read.
Each waits for its pass behind what the new columns brought: column attributes, indexes and
constraints, and the rest.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from workers.engine.schema.model import Column, QualifiedName
from workers.engine.source import Origin
from workers.engine.sql import printing, resolve
from workers.engine.sql.ddl import (
    alter_columns,
    alter_rest,
    alter_types,
    constraint_changes,
    typed_tables,
)
from workers.engine.sql.ddl.alter_types import refuse_values
from workers.engine.sql.ddl.columns import need_identity_type
from workers.engine.sql.ddl.constraints import add_check, add_exclusion, add_key, examine_key
from workers.engine.sql.ddl.foreign_keys import add_foreign_key
from workers.engine.sql.ddl.heritage import children_of, heirs_of, need_children, refuse_type_change
from workers.engine.sql.ddl.kinds_of_relation import refuse_other_kind
from workers.engine.sql.ddl.tables import KEY_KINDS, merge_keys
from workers.engine.sql.ddl.touch import need_column
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run
from workers.engine.sql.text import action_spans

DROP, TYPE, ADD_COLUMN, EXPRESSION, CONSTRAINTS, ATTRIBUTES, USING, KEYS, OTHER, MISC = range(10)


class Action(Struct):
    """One action of ALTER TABLE, and where it stands."""

    fields: Node
    origin: Origin


Step = Callable[[Run, QualifiedName, Node, Origin], None]

_STEPS: dict[str, tuple[int, Step]] = {
    "AT_DropColumn": (DROP, alter_columns.drop_column),
    "AT_DropConstraint": (DROP, constraint_changes.drop_constraint),
    "AT_DropNotNull": (DROP, alter_columns.drop_not_null),
    "AT_DropIdentity": (DROP, alter_columns.drop_identity),
    "AT_DropExpression": (DROP, alter_columns.drop_expression),
    "AT_AlterColumnType": (TYPE, alter_types.alter_type),
    "AT_SetExpression": (EXPRESSION, alter_columns.set_expression),
    "AT_SetNotNull": (ATTRIBUTES, alter_columns.set_not_null),
    "AT_SetIdentity": (ATTRIBUTES, alter_columns.set_identity),
    "AT_AddIdentity": (OTHER, alter_columns.add_identity),
    "AT_AlterConstraint": (MISC, constraint_changes.alter_constraint),
    "AT_ValidateConstraint": (MISC, constraint_changes.validate_constraint),
}


def alter_table(run: Run, node: Node) -> None:
    """ALTER TABLE, and what is written like it for views, sequences and indexes."""
    state = run.state
    relation = node["relation"]
    name = resolve.find_relation(state, relation)
    if name is None:
        if node.get("missing_ok"):
            return
        if resolve.is_system(relation):
            return
        name = resolve.need_relation(state, relation)
    if name not in state.schema.tables:
        alter_rest.alter_other(run, name, node)
        return
    refuse_other_kind(run, name, node.get("objtype", ""))
    _refuse_in_block(run, node)
    actions = _actions(run, node)
    if not relation.get("inh"):
        actions = [Action({**one.fields, "alone": True}, one.origin) for one in actions]
    _prepare(run, name, actions)
    by_pass: dict[int, list[Action]] = {}
    for action in actions:
        by_pass.setdefault(_pass_of(action.fields), []).append(action)
    retyped: Retyped = {}
    for number in range(DROP, MISC + 1):
        waiting = by_pass.get(number, [])
        step = _EXAMINED.get(number)
        if number == (CONSTRAINTS if state.server_version >= 17 else ADD_COLUMN):
            _rebuild(run, retyped)
        if step is None:
            if number == TYPE and waiting:
                retyped = _change_types(run, name, waiting)
            else:
                _run_pass(run, name, waiting)
            continue
        for action in waiting:
            for fields in step(run, name, action):
                if "subtype" not in fields:
                    wrapped = {"subtype": "AT_AddConstraint", "def": {"Constraint": fields}}
                    later = by_pass.setdefault(_pass_of_constraint(fields), [])
                elif action.fields.get("alone"):
                    continue
                else:
                    wrapped, later = fields, by_pass.setdefault(ATTRIBUTES, [])
                later.append(Action(wrapped, action.origin))


def _prepare(run: Run, name: QualifiedName, actions: list[Action]) -> None:
    """ATPrepCmd: what is refused of each action before the first one is carried out."""
    seen: set[str] = set()
    for action in actions:
        typed_tables.refuse_action(run, name, action.fields["subtype"])
        step = _PREPARED.get(action.fields["subtype"])
        if step is not None:
            step(run, name, action.fields, seen)


def _prepare_type(run: Run, name: QualifiedName, fields: Node, seen: set[str]) -> None:
    """ATPrepAlterColumnType: USING is read, and the column looked for, before the first pass."""
    table = run.state.schema.tables[name]
    wanted = fields["name"]
    using = fields["def"]["ColumnDef"].get("raw_default")
    if using:
        _need_types(run, using)
        printing.check(run, using, printing.scope_of(run.state, name.name, table.columns))
    column = need_column(table, wanted)
    refuse_type_change(run, name, wanted)
    kind = resolve.resolve_type(run.state, fields["def"]["ColumnDef"]["typeName"])
    if column.identity is not None:
        need_identity_type(kind)
    refuse_values(run, table, column, kind, using)
    if fields.get("alone"):
        need_children(run, name, wanted)


def _need_types(run: Run, using: Node) -> None:
    """A cast looks for its type before what it casts is read."""
    while "TypeCast" in using:
        resolve.resolve_type(run.state, using["TypeCast"]["typeName"])
        using = using["TypeCast"]["arg"]


def _prepare_constraint(run: Run, name: QualifiedName, fields: Node, seen: set[str]) -> None:
    """ATPrepAddPrimaryKey, since 18: added ONLY here, its columns must be NOT NULL below."""
    constraint = fields["def"]["Constraint"]
    is_alone = fields.get("alone") and constraint["contype"] == "CONSTR_PRIMARY"
    if not is_alone or run.state.reads_as < 18:
        return
    for child in children_of(run, name):
        for wanted in resolve.strings(constraint.get("keys", [])):
            column = run.state.schema.tables[child].column(wanted)
            if column is None or not column.not_null:
                shown = f'column "{wanted}" of table "{child.name}" is not marked NOT NULL'
                raise RefusedError("XX000", shown)


def _prepare_expression(run: Run, name: QualifiedName, fields: Node, seen: set[str]) -> None:
    """ATPrepDropExpression: the column is looked for before the first pass, IF EXISTS or not."""
    need_column(run.state.schema.tables[name], fields["name"])


def _prepare_partition(run: Run, name: QualifiedName, fields: Node, seen: set[str]) -> None:
    """Since 17 the permission check refuses what is no partitioned table, before 42P17 at last."""
    if run.state.schema.tables[name].kind != "partitioned":
        code = "42809" if run.state.reads_as >= 17 else "42P17"
        raise RefusedError(code, f'"{name.name}" is not partitioned')


_PREPARED: dict[str, Callable[[Run, QualifiedName, Node, set[str]], None]] = {
    "AT_AlterColumnType": _prepare_type,
    "AT_AddConstraint": _prepare_constraint,
    "AT_DropExpression": _prepare_expression,
    "AT_AddInherit": lambda run, name, fields, seen: alter_rest.refuse_heir(run, name),
    "AT_AttachPartition": _prepare_partition,
    "AT_DetachPartition": _prepare_partition,
}


def _add_column(run: Run, name: QualifiedName, action: Action) -> list[Node]:
    """Add a column; its constraints come in their own passes, one said twice but once."""
    given = alter_columns.add_column(run, name, action.fields, action.origin)
    keys = merge_keys([fields for fields in given if fields["contype"] in KEY_KINDS])
    return keys + [fields for fields in given if fields["contype"] not in KEY_KINDS]


def _examine(run: Run, name: QualifiedName, action: Action) -> list[Node]:
    """transformIndexConstraint: a key's columns and its index are looked for first of all."""
    fields = action.fields["def"]["Constraint"]
    if fields["contype"] in KEY_KINDS:
        examine_key(run, run.state.schema.tables[name], fields)
    given = [{**fields, "alone": True}] if action.fields.get("alone") else [fields]
    if fields["contype"] == "CONSTR_PRIMARY" and fields.get("keys"):
        # Its columns are made NOT NULL in a pass of their own.
        given += [
            {"subtype": "AT_SetNotNull", "name": column}
            for column in resolve.strings(fields["keys"])
        ]
    return given


_EXAMINED = {ADD_COLUMN: _add_column, CONSTRAINTS: _examine}
"""The passes that only find out which constraints there are to be made in later ones."""


Retyped = dict[QualifiedName, tuple[Column, ...]]
"""The columns that tables had before some of them changed their types."""


def _change_types(run: Run, name: QualifiedName, actions: list[Action]) -> Retyped:
    tables = run.state.schema.tables
    before = {one: tables[one].columns for one in (name, *heirs_of(run, name))}
    seen: set[str] = set()
    for action in actions:
        wanted = action.fields["name"]
        if wanted in seen:
            raise RefusedError("0A000", f'cannot alter type of column "{wanted}" twice')
        seen.add(wanted)
        _run_pass(run, name, [action])
    return before


def _rebuild(run: Run, retyped: Retyped) -> None:
    """What stood on columns of another type is made again: since 17, when new columns are there."""
    for name, columns in retyped.items():
        from workers.engine.sql.ddl.rebuilding import rebuild

        rebuild(run, name, columns)


def _run_pass(run: Run, name: QualifiedName, actions: list[Action]) -> None:
    for action in actions:
        kind = action.fields["subtype"]
        known = _STEPS.get(kind)
        if known is not None:
            known[1](run, name, action.fields, action.origin)
        elif kind == "AT_ColumnDefault":
            alter_columns.set_default(run, name, action.fields, action.origin)
        elif kind == "AT_AddConstraint":
            _add_constraint(run, name, action)
        else:
            alter_rest.alter_table_rest(run, name, action.fields, action.origin)


def _add_constraint(run: Run, name: QualifiedName, action: Action) -> None:
    fields = action.fields["def"]["Constraint"]
    kind = fields["contype"]
    if kind == "CONSTR_NOTNULL":
        from workers.engine.sql.ddl.partitions import set_not_null

        set_not_null(run, name, fields)
        return
    step = _MAKERS.get(kind)
    if step is not None:
        step(run, name, fields, action.origin)


_MAKERS: dict[str, Step] = {
    "CONSTR_CHECK": add_check,
    "CONSTR_FOREIGN": add_foreign_key,
    "CONSTR_EXCLUSION": add_exclusion,
    "CONSTR_PRIMARY": add_key,
    "CONSTR_UNIQUE": add_key,
}


def _pass_of(fields: Node) -> int:
    kind = fields["subtype"]
    known = _STEPS.get(kind)
    if known is not None:
        return known[0]
    if kind == "AT_AddColumn":
        return ADD_COLUMN
    if kind == "AT_ColumnDefault":
        return OTHER if fields.get("def") else DROP
    return CONSTRAINTS if kind == "AT_AddConstraint" else MISC


def _pass_of_constraint(fields: Node) -> int:
    if fields["contype"] in KEY_KINDS:
        return USING if fields.get("indexname") else KEYS
    return ATTRIBUTES if fields["contype"] == "CONSTR_NOTNULL" else OTHER


def _refuse_in_block(run: Run, node: Node) -> None:
    for one in node.get("cmds", ()):
        part = one["AlterTableCmd"].get("def", {}).get("PartitionCmd", {})
        if part.get("concurrent") and run.in_block:
            what = "ALTER TABLE ... DETACH CONCURRENTLY"
            raise RefusedError("25001", f"{what} cannot run inside a transaction block")


def _actions(run: Run, node: Node) -> list[Action]:
    commands = [one["AlterTableCmd"] for one in node.get("cmds", ())]
    if len(commands) == 1:
        return [Action(commands[0], run.origin)]
    location = node["relation"].get("location", -1)
    spans = action_spans(run.text.data, location + run.base, run.end) if location >= 0 else []
    if len(spans) != len(commands):
        return [Action(fields, run.origin) for fields in commands]
    return [
        Action(fields, run.text.origin(start, end))
        for fields, (start, end) in zip(commands, spans, strict=True)
    ]
