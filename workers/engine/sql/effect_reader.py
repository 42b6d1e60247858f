"""From a parsed statement, and the state before it, to its effects.

Follows PostgreSQL's documentation of ALTER TABLE ("Notes") and of explicit locking for what is
instant, what scans and what rewrites; the rules draw the conclusions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

from workers.engine.schema.model import QualifiedName, Table
from workers.engine.source import Origin
from workers.engine.sql import effects
from workers.engine.sql.effects import ConstraintKind, DefaultKind, Effect
from workers.engine.sql.postgres import Node, Parsed
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import find_relation, lookup, resolve_type, strings
from workers.engine.sql.state import State

_CONSTRAINTS: dict[str, ConstraintKind] = {
    "CONSTR_PRIMARY": "primary key",
    "CONSTR_UNIQUE": "unique",
    "CONSTR_FOREIGN": "foreign key",
    "CONSTR_CHECK": "check",
    "CONSTR_EXCLUSION": "exclusion",
    "CONSTR_NOTNULL": "not null",
}
_STABLE = frozenset(
    {"now", "current_timestamp", "transaction_timestamp", "statement_timestamp", "current_setting"}
)
_REWRITES = {
    "AT_SetLogged": "SET LOGGED",
    "AT_SetUnLogged": "SET UNLOGGED",
    "AT_SetAccessMethod": "SET ACCESS METHOD",
    "AT_AddIdentity": "ADD IDENTITY",
}


def effects_of(statement: Parsed, origin: Origin, state: State) -> Iterator[Effect]:
    """What the statement will do to tables that exist in `state`; none for other statements."""
    reader = _READERS.get(statement.kind)
    if reader is None:
        return
    try:
        yield from reader(statement.fields, origin, state)
    except RefusedError:
        # The statement will be refused; the replay says so.
        return


def _table(state: State, relation: Node | None) -> Table | None:
    name = find_relation(state, relation) if relation else None
    return state.schema.tables.get(name) if name is not None else None


def _alter_table(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    table = _table(state, fields.get("relation"))
    if table is None:
        return
    for action in fields.get("cmds", ()):
        command = action["AlterTableCmd"]
        reader = _ACTIONS.get(command.get("subtype", "AT_AddColumn"))
        if reader is not None:
            yield from reader(table, command, origin, state)
        rewrites = _REWRITES.get(command.get("subtype", ""))
        if rewrites is not None:
            yield effects.TableRewritten(table, origin, rewrites)


def _add_column(table: Table, command: Node, origin: Origin, state: State) -> Iterator[Effect]:
    definition = command["def"]["ColumnDef"]
    name = definition["colname"]
    if command.get("missing_ok") and table.column(name) is not None:
        return
    constraints = [item["Constraint"] for item in definition.get("constraints", ())]
    kinds = {item.get("contype", "CONSTR_NULL"): item for item in constraints}
    default = kinds.get("CONSTR_DEFAULT")
    type_name = strings(definition["typeName"].get("names", []))
    is_serial = type_name[-1:] in (("serial",), ("bigserial",), ("smallserial",))
    yield effects.ColumnAdded(
        table,
        origin,
        name,
        None if is_serial else resolve_type(state, definition["typeName"]),
        is_required="CONSTR_NOTNULL" in kinds or "CONSTR_PRIMARY" in kinds,
        default="volatile" if is_serial else _default_kind(default and default.get("raw_expr")),
        is_generated="CONSTR_GENERATED" in kinds,
        is_identity="CONSTR_IDENTITY" in kinds,
        constraints=tuple(_CONSTRAINTS[kind] for kind in kinds if kind in _CONSTRAINTS),
    )


def _default_kind(expression: Node | None) -> DefaultKind:
    """Whether one value serves all rows (no rewrite) or each row needs its own."""
    if not expression:
        return "none"
    names = list(_function_names(expression))
    if any(name not in _STABLE for name in names):
        return "volatile"
    return "stable" if names or "SQLValueFunction" in expression else "constant"


def _function_names(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for child in node:
            yield from _function_names(child)
    elif isinstance(node, dict):
        call = node.get("FuncCall")
        if call is not None:
            yield strings(call.get("funcname", []))[-1].lower()
        for child in node.values():
            yield from _function_names(child)


def _drop_column(table: Table, command: Node, origin: Origin, state: State) -> Iterator[Effect]:
    column = table.column(command["name"])
    if column is not None:
        yield effects.ColumnDropped(table, origin, column)


def _retype(table: Table, command: Node, origin: Origin, state: State) -> Iterator[Effect]:
    column = table.column(command["name"])
    definition = command["def"]["ColumnDef"]
    if column is not None:
        kind = resolve_type(state, definition["typeName"])
        has_using = "raw_default" in definition
        yield effects.ColumnRetyped(table, origin, column, kind, has_using)


def _set_not_null(table: Table, command: Node, origin: Origin, state: State) -> Iterator[Effect]:
    column = table.column(command["name"])
    if column is None or column.not_null:
        return
    wanted = (f"({column.name} IS NOT NULL)", f'("{column.name}" IS NOT NULL)')
    is_proven = any(
        not check.not_valid and any(text in check.definition for text in wanted)
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


_Action = Callable[[Table, Node, Origin, State], Iterator[Effect]]
_ACTIONS: dict[str, _Action] = {
    "AT_AddColumn": _add_column,
    "AT_DropColumn": _drop_column,
    "AT_AlterColumnType": _retype,
    "AT_SetNotNull": _set_not_null,
    "AT_AddConstraint": _add_constraint,
    "AT_DropConstraint": _drop_constraint,
    "AT_ValidateConstraint": _validate,
}


def _rename(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    kind = fields.get("renameType", "")
    if kind == "OBJECT_TABLE":
        table = _table(state, fields.get("relation"))
        if table is not None:
            name = QualifiedName(table.name.schema, fields["newname"])
            yield effects.TableRenamed(table, origin, name)
    elif kind == "OBJECT_COLUMN" and fields.get("relationType") == "OBJECT_TABLE":
        table = _table(state, fields.get("relation"))
        column = table.column(fields["subname"]) if table is not None else None
        if table is not None and column is not None:
            yield effects.ColumnRenamed(table, origin, column, fields["newname"])


def _set_schema(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    table = _table(state, fields.get("relation"))
    if fields.get("objectType") == "OBJECT_TABLE" and table is not None:
        name = QualifiedName(fields["newschema"], table.name.name)
        yield effects.TableRenamed(table, origin, name)


def _drop(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    kind = fields.get("removeType", "")
    for item in fields.get("objects", ()):
        path = strings(item["List"]["items"]) if "List" in item else ()
        if not path:
            continue
        name = lookup(state, path[-2] if len(path) > 1 else None, path[-1])
        if name is None:
            continue
        if kind == "OBJECT_TABLE" and name in state.schema.tables:
            yield effects.TableDropped(state.schema.tables[name], origin)
        elif kind == "OBJECT_INDEX" and name in state.hidden.index_tables:
            table = state.schema.tables.get(state.hidden.index_tables[name])
            if table is not None:
                is_concurrent = fields.get("concurrent", False)
                yield effects.IndexDropped(table, origin, name.name, is_concurrent)


def _index(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    table = _table(state, fields.get("relation"))
    if table is None:
        return
    keys = [item["IndexElem"].get("name") for item in fields.get("indexParams", ())]
    yield effects.IndexCreated(
        table,
        origin,
        fields.get("idxname", ""),
        tuple(key for key in keys if key),
        is_unique=fields.get("unique", False),
        is_concurrent=fields.get("concurrent", False),
    )


def _trigger(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    table = _table(state, fields.get("relation"))
    if table is not None:
        yield effects.TriggerCreated(table, origin, fields["trigname"])


def _truncate(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    cascades = fields.get("behavior") == "DROP_CASCADE"
    for item in fields.get("relations", ()):
        table = _table(state, item["RangeVar"])
        if table is not None:
            yield effects.TableTruncated(table, origin, cascades)


def _update(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    table = _table(state, fields.get("relation"))
    if table is not None:
        columns = tuple(
            item["ResTarget"].get("name", "")
            for item in fields.get("targetList", ())
            if "ResTarget" in item
        )
        reads = frozenset(_columns_read(fields.get("targetList", ())))
        yield effects.RowsWritten(table, origin, "UPDATE", columns, "whereClause" in fields, reads)


def _insert(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    table = _table(state, fields.get("relation"))
    select = fields.get("selectStmt", {}).get("SelectStmt", {})
    if table is not None and "fromClause" in select:
        reads = frozenset(_columns_read(select.get("targetList", ())))
        yield effects.RowsWritten(table, origin, "INSERT", (), "whereClause" in select, reads)


def _columns_read(node: Any) -> Iterator[str]:
    """The bare names of the columns that an expression takes its value from."""
    if isinstance(node, list | tuple):
        for child in node:
            yield from _columns_read(child)
    elif isinstance(node, dict):
        column = node.get("ColumnRef")
        if column is not None:
            names = [part for part in column.get("fields", ()) if "String" in part]
            if names:
                yield strings(names)[-1]
        for child in node.values():
            yield from _columns_read(child)


def _delete(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    table = _table(state, fields.get("relation"))
    if table is not None:
        yield effects.RowsWritten(table, origin, "DELETE", (), "whereClause" in fields)


def _alter_enum(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    old, new = fields.get("oldVal"), fields.get("newVal")
    if old and new:
        path = strings(fields["typeName"])
        schemas = path[-2:-1] or state.search_path
        names = (QualifiedName(schema, path[-1]) for schema in schemas)
        enum = next((name for name in names if name in state.schema.enums), None)
        if enum is not None:
            yield effects.EnumValueRenamed(enum, origin, cast(str, old), cast(str, new))


def _vacuum(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    options = [item["DefElem"].get("defname") for item in fields.get("options", ())]
    if not fields.get("is_vacuumcmd") or "full" not in options:
        return
    for item in fields.get("rels", ()):
        table = _table(state, item["VacuumRelation"].get("relation"))
        if table is not None:
            yield effects.TableRewritten(table, origin, "VACUUM FULL")


def _cluster(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    table = _table(state, fields.get("relation"))
    if table is not None:
        yield effects.TableRewritten(table, origin, "CLUSTER")


def _reindex(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    params = [item["DefElem"].get("defname") for item in fields.get("params", ())]
    table = _table(state, fields.get("relation"))
    if table is not None and "concurrently" not in params:
        remedy = "Write REINDEX ... CONCURRENTLY, in a file of its own."
        yield effects.TableLocked(table, origin, "REINDEX", remedy)


def _lock(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    # Modes from lockdefs.h: 5 is SHARE, the first that stops writers.
    if fields.get("mode", 8) < 5:
        return
    for item in fields.get("relations", ()):
        table = _table(state, item["RangeVar"])
        if table is not None:
            remedy = "Take the lock only around what needs it, under a `lock_timeout`."
            yield effects.TableLocked(table, origin, "LOCK TABLE", remedy)


_READERS: dict[str, Callable[[Node, Origin, State], Iterator[Effect]]] = {
    "AlterTableStmt": _alter_table,
    "RenameStmt": _rename,
    "AlterObjectSchemaStmt": _set_schema,
    "DropStmt": _drop,
    "IndexStmt": _index,
    "CreateTrigStmt": _trigger,
    "TruncateStmt": _truncate,
    "UpdateStmt": _update,
    "DeleteStmt": _delete,
    "InsertStmt": _insert,
    "AlterEnumStmt": _alter_enum,
    "VacuumStmt": _vacuum,
    "ClusterStmt": _cluster,
    "ReindexStmt": _reindex,
    "LockStmt": _lock,
}
