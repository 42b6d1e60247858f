"""What ALTER TABLE does to a table that is there, action by action.

Follows PostgreSQL's documentation of ALTER TABLE ("Notes") and of explicit locking for what is
instant, what scans and what rewrites.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from workers.engine.schema.model import Column, Table
from workers.engine.source import Origin
from workers.engine.sql import effects
from workers.engine.sql.effect_defaults import default_kind
from workers.engine.sql.effects import ConstraintKind, Effect
from workers.engine.sql.partition_proof import is_proven
from workers.engine.sql.postgres import Node
from workers.engine.sql.resolve import find_relation, resolve_type, strings
from workers.engine.sql.state import State

_CONSTRAINTS: dict[str, ConstraintKind] = {
    "CONSTR_PRIMARY": "primary key",
    "CONSTR_UNIQUE": "unique",
    "CONSTR_FOREIGN": "foreign key",
    "CONSTR_CHECK": "check",
    "CONSTR_EXCLUSION": "exclusion",
    "CONSTR_NOTNULL": "not null",
}
_REWRITES = {
    "AT_SetLogged": "SET LOGGED",
    "AT_SetUnLogged": "SET UNLOGGED",
    "AT_SetAccessMethod": "SET ACCESS METHOD",
    "AT_SetTableSpace": "SET TABLESPACE",
    "AT_SetExpression": "SET EXPRESSION",
}
_SERIALS = frozenset({"serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"})
_OFF = frozenset({"false", "off", "0", "no"})


def alter_effects(table: Table, actions: list[Node], origin: Origin, state: State) -> Iterator[Any]:
    """The effects of the actions of one ALTER TABLE, in their order."""
    for action in actions:
        command = action["AlterTableCmd"]
        kind = command.get("subtype", "AT_AddColumn")
        reader = _ACTIONS.get(kind)
        if reader is not None:
            yield from reader(table, command, origin, state)
        if kind in _REWRITES:
            yield effects.TableRewritten(table, origin, _REWRITES[kind])
        elif kind.startswith(("AT_DisableTrig", "AT_EnableTrig")):
            is_enabled = kind.startswith("AT_EnableTrig")
            yield effects.TriggersSwitched(table, origin, command.get("name"), is_enabled)


def _add_column(table: Table, command: Node, origin: Origin, state: State) -> Iterator[Effect]:
    definition = command["def"]["ColumnDef"]
    name = definition["colname"]
    if command.get("missing_ok") and table.column(name) is not None:
        return
    constraints = [item["Constraint"] for item in definition.get("constraints", ())]
    kinds = {item.get("contype", "CONSTR_NULL"): item for item in constraints}
    default = kinds.get("CONSTR_DEFAULT")
    generated = kinds.get("CONSTR_GENERATED", {})
    type_name = strings(definition["typeName"].get("names", []))
    is_serial = type_name[-1] in _SERIALS
    expression = default and default.get("raw_expr")
    yield effects.ColumnAdded(
        table,
        origin,
        name,
        None if is_serial else resolve_type(state, definition["typeName"]),
        is_required="CONSTR_NOTNULL" in kinds or "CONSTR_PRIMARY" in kinds,
        default="volatile" if is_serial else default_kind(expression, state),
        is_generated="CONSTR_GENERATED" in kinds,
        is_identity="CONSTR_IDENTITY" in kinds,
        constraints=tuple(_CONSTRAINTS[kind] for kind in kinds if kind in _CONSTRAINTS),
        is_virtual=generated.get("generated_kind") == "v",
    )


def _drop_column(table: Table, command: Node, origin: Origin, state: State) -> Iterator[Effect]:
    column = table.column(command["name"])
    if column is not None:
        yield effects.ColumnDropped(table, origin, column)


def _retype(table: Table, command: Node, origin: Origin, state: State) -> Iterator[Effect]:
    column = table.column(command["name"])
    definition = command["def"]["ColumnDef"]
    if column is None:
        return
    kind = resolve_type(state, definition["typeName"])
    yield effects.ColumnRetyped(table, origin, column, kind, "raw_default" in definition)
    clause = definition.get("collClause")
    wanted = strings(clause.get("collname", []))[-1:] if clause else ()
    if wanted and wanted != (column.collation,) and _is_indexed(table, column):
        what = f"Giving `{column.name}` another collation"
        remedy = "On a large table: a second column with its indexes, then a switch."
        yield effects.TableLocked(table, origin, what, remedy)


def _is_indexed(table: Table, column: Column) -> bool:
    return any(key.column == column.name for index in table.indexes for key in index.keys)


def _set_not_null(table: Table, command: Node, origin: Origin, state: State) -> Iterator[Effect]:
    column = table.column(command["name"])
    if column is None or column.not_null:
        return
    wanted = (f"({column.name} IS NOT NULL)", f'("{column.name}" IS NOT NULL)')
    is_proven = any(
        not check.not_valid
        and " OR " not in check.definition
        and any(text in check.definition for text in wanted)
        for check in table.checks
    )
    yield effects.NotNullSet(table, origin, column, is_proven)


def _add_constraint(table: Table, command: Node, origin: Origin, state: State) -> Iterator[Effect]:
    constraint = command["def"]["Constraint"]
    kind = _CONSTRAINTS.get(constraint.get("contype", ""))
    if kind is None:
        return
    columns = strings(constraint.get("keys", []) or constraint.get("fk_attrs", []))
    target = constraint.get("pktable")
    yield effects.ConstraintAdded(
        table,
        origin,
        kind,
        constraint.get("conname", ""),
        columns,
        is_valid=not constraint.get("skip_validation", False),
        uses_index="indexname" in constraint,
        referenced=find_relation(state, target) if target else None,
    )


def _drop_constraint(table: Table, command: Node, origin: Origin, state: State) -> Iterator[Effect]:
    name = command["name"]
    yield effects.ConstraintDropped(table, origin, name, constraint_kind(table, name))


def constraint_kind(table: Table, name: str) -> ConstraintKind | None:
    """The kind of a table's constraint of that name, or None."""
    if table.primary_key is not None and table.primary_key.name == name:
        return "primary key"
    groups: tuple[tuple[ConstraintKind, Any], ...] = (
        ("unique", table.uniques),
        ("foreign key", table.foreign_keys),
        ("check", table.checks),
        ("exclusion", table.excludes),
    )
    for kind, group in groups:
        if any(constraint.name == name for constraint in group):
            return kind
    return None


def _validate(table: Table, command: Node, origin: Origin, state: State) -> Iterator[Effect]:
    yield effects.ConstraintValidated(table, origin, command["name"], added_here=False)


def _detach(table: Table, command: Node, origin: Origin, state: State) -> Iterator[Effect]:
    part = command["def"]["PartitionCmd"]
    if part.get("concurrent"):
        return
    what = f"Detaching the partition `{part['name']['relname']}`"
    remedy = "Write DETACH PARTITION ... CONCURRENTLY, alone in a migration of its own."
    yield effects.TableLocked(table, origin, what, remedy)


def _attach(table: Table, command: Node, origin: Origin, state: State) -> Iterator[Effect]:
    command = command["def"]["PartitionCmd"]
    name = find_relation(state, command["name"])
    part = state.schema.tables.get(name) if name is not None else None
    if part is None:
        return
    proven = is_proven(part, table.partition_key or "", command.get("bound", {}))
    yield effects.PartitionAttached(part, origin, table.name, proven)


def _replica(table: Table, command: Node, origin: Origin, state: State) -> Iterator[Effect]:
    kind = command["def"]["ReplicaIdentityStmt"].get("identity_type")
    if kind in ("f", "n"):
        yield effects.ReplicaIdentitySet(table, origin, "FULL" if kind == "f" else "NOTHING")


def _options(table: Table, command: Node, origin: Origin, state: State) -> Iterator[Effect]:
    for item in command["def"]["List"]["items"]:
        option = item["DefElem"]
        if option["defname"] != "autovacuum_enabled" or "defnamespace" in option:
            continue
        value = option.get("arg", {})
        word = value.get("String", {}).get("sval") or "".join(
            strings(value.get("TypeName", {}).get("names", []))
        )
        if word.lower() in _OFF or "Integer" in value:
            yield effects.AutovacuumSwitchedOff(table, origin)


_Action = Callable[[Table, Node, Origin, State], Iterator[Effect]]
_ACTIONS: dict[str, _Action] = {
    "AT_AddColumn": _add_column,
    "AT_DropColumn": _drop_column,
    "AT_AlterColumnType": _retype,
    "AT_SetNotNull": _set_not_null,
    "AT_AddConstraint": _add_constraint,
    "AT_DropConstraint": _drop_constraint,
    "AT_ValidateConstraint": _validate,
    "AT_DetachPartition": _detach,
    "AT_AttachPartition": _attach,
    "AT_ReplicaIdentity": _replica,
    "AT_SetRelOptions": _options,
}
