"""From a parsed statement, and the state before it, to its effects.

The rules draw the conclusions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from workers.engine.schema.model import QualifiedName, Table
from workers.engine.schema.names import make_object_name
from workers.engine.source import Origin
from workers.engine.sql import effects
from workers.engine.sql.effect_alter import alter_effects
from workers.engine.sql.effect_rows import (
    delete_effects,
    insert_effects,
    table_of,
    truncate_effects,
    update_effects,
)
from workers.engine.sql.effects import Effect
from workers.engine.sql.postgres import Node, Parsed
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import find_relation, find_type, lookup, strings
from workers.engine.sql.state import State

_TIMEOUTS = frozenset({"lock_timeout", "statement_timeout"})
_CONCURRENTLY = "Write REINDEX ... CONCURRENTLY, in a file of its own."


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


def _alter_table(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    table = table_of(state, fields.get("relation"))
    if table is not None:
        yield from alter_effects(table, fields.get("cmds", []), origin, state)


def _alter_domain(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    """A constraint on a domain is one on every column of that domain."""
    constraint = fields.get("def", {}).get("Constraint", {})
    if fields.get("subtype") not in ("C", "O") or constraint.get("skip_validation"):
        return
    path = strings(fields["typeName"])
    domain = find_type(state, path)
    for table in state.schema.tables.values():
        for column in table.columns:
            if domain is not None and column.type == domain:
                name = constraint.get("conname", f"NOT NULL of {path[-1]}")
                yield effects.ConstraintAdded(table, origin, "check", name)
                break


def _rename(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    kind = fields.get("renameType", "")
    if kind == "OBJECT_TABLE":
        table = table_of(state, fields.get("relation"))
        if table is not None:
            name = QualifiedName(table.name.schema, fields["newname"])
            yield effects.TableRenamed(table, origin, name)
    elif kind == "OBJECT_COLUMN" and fields.get("relationType") == "OBJECT_TABLE":
        table = table_of(state, fields.get("relation"))
        column = table.column(fields["subname"]) if table is not None else None
        if table is not None and column is not None:
            yield effects.ColumnRenamed(table, origin, column, fields["newname"])
    elif kind == "OBJECT_SCHEMA":
        for table in _tables_in(state, fields["subname"])[:1]:
            yield effects.SchemaRenamed(table, origin, fields["newname"])


def _tables_in(state: State, schema: str) -> list[Table]:
    return [table for table in state.schema.tables.values() if table.name.schema == schema]


def _set_schema(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    table = table_of(state, fields.get("relation"))
    if fields.get("objectType") == "OBJECT_TABLE" and table is not None:
        name = QualifiedName(fields["newschema"], table.name.name)
        yield effects.TableRenamed(table, origin, name)


def _drop(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    kind = fields.get("removeType", "")
    if kind == "OBJECT_SCHEMA":
        for item in fields.get("objects", ()):
            for table in _tables_in(state, item["String"]["sval"]):
                yield effects.TableDropped(table, origin)
        return
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
            indexed = state.schema.tables.get(state.hidden.index_tables[name])
            if indexed is not None:
                is_concurrent = fields.get("concurrent", False)
                yield effects.IndexDropped(indexed, origin, name.name, is_concurrent)


def _index(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    table = table_of(state, fields.get("relation"))
    if table is None:
        return
    keys = [item["IndexElem"].get("name") for item in fields.get("indexParams", ())]
    name = fields.get("idxname") or _index_name(table, keys)
    if fields.get("if_not_exists") and any(index.name == name for index in table.indexes):
        return
    yield effects.IndexCreated(
        table,
        origin,
        name,
        tuple(key for key in keys if key),
        is_unique=fields.get("unique", False),
        is_concurrent=fields.get("concurrent", False),
        has_expression=not all(keys),
        is_partial="whereClause" in fields,
    )


def _index_name(table: Table, keys: list[str | None]) -> str:
    """The name that PostgreSQL gives to an index without one; not told apart from namesakes."""
    return make_object_name(table.name.name, "_".join(key or "expr" for key in keys), "idx")


def _trigger(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    table = table_of(state, fields.get("relation"))
    if table is not None:
        yield effects.TriggerCreated(table, origin, fields["trigname"])


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
        table = table_of(state, item["VacuumRelation"].get("relation"))
        if table is not None:
            yield effects.TableRewritten(table, origin, "VACUUM FULL")


def _cluster(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    table = table_of(state, fields.get("relation"))
    if table is not None:
        yield effects.TableRewritten(table, origin, "CLUSTER")


def _reindex(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    if any(one["DefElem"].get("defname") == "concurrently" for one in fields.get("params", ())):
        return
    kind, relation = fields.get("kind"), fields.get("relation")
    if relation:
        name = find_relation(state, relation)
        if name is not None and kind == "REINDEX_OBJECT_INDEX":
            name = state.hidden.index_tables.get(name)
        table = state.schema.tables.get(name) if name is not None else None
        if table is not None:
            yield effects.TableLocked(table, origin, "REINDEX", _CONCURRENTLY)
        return
    tables = list(state.schema.tables.values())
    if kind == "REINDEX_OBJECT_SCHEMA":
        tables = _tables_in(state, fields.get("name", ""))
    for table in tables:
        if table.indexes:
            yield effects.TableLocked(table, origin, "REINDEX", _CONCURRENTLY)


def _lock(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    # Modes from lockdefs.h: 5 is SHARE, the first that stops writers.
    if fields.get("mode", 8) < 5:
        return
    for item in fields.get("relations", ()):
        table = table_of(state, item["RangeVar"])
        if table is not None:
            remedy = "Take the lock only around what needs it, under a `lock_timeout`."
            yield effects.TableLocked(table, origin, "LOCK TABLE", remedy)


def _refresh(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    name = find_relation(state, fields["relation"])
    if name is not None and not fields.get("concurrent") and not fields.get("skipData"):
        yield effects.ViewRefreshed(name, origin)


def _set(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    if fields.get("name") in _TIMEOUTS and fields.get("kind") == "VAR_SET_VALUE":
        yield effects.TimeoutSet(origin, fields["name"])


def _transaction(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    kind = fields.get("kind", "TRANS_STMT_BEGIN")
    if kind in ("TRANS_STMT_BEGIN", "TRANS_STMT_START"):
        yield effects.TransactionMarked(origin, "BEGIN")
    elif kind in ("TRANS_STMT_COMMIT", "TRANS_STMT_ROLLBACK"):
        verb = kind.removeprefix("TRANS_STMT_")
        yield effects.TransactionMarked(origin, "COMMIT" if verb == "COMMIT" else "ROLLBACK")


def _drop_database(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    yield effects.DatabaseDropped(origin, fields["dbname"])


def _drop_owned(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    for role in fields["roles"]:
        spec = role["RoleSpec"]
        word = spec.get("roletype", "").removeprefix("ROLESPEC_").lower()
        yield effects.OwnedDropped(origin, spec.get("rolename") or word)


_READERS: dict[str, Callable[[Node, Origin, State], Iterator[Effect]]] = {
    "AlterTableStmt": _alter_table,
    "AlterDomainStmt": _alter_domain,
    "RenameStmt": _rename,
    "AlterObjectSchemaStmt": _set_schema,
    "DropStmt": _drop,
    "DropdbStmt": _drop_database,
    "DropOwnedStmt": _drop_owned,
    "IndexStmt": _index,
    "CreateTrigStmt": _trigger,
    "TruncateStmt": truncate_effects,
    "UpdateStmt": update_effects,
    "DeleteStmt": delete_effects,
    "InsertStmt": insert_effects,
    "AlterEnumStmt": _alter_enum,
    "VacuumStmt": _vacuum,
    "ClusterStmt": _cluster,
    "ReindexStmt": _reindex,
    "LockStmt": _lock,
    "RefreshMatViewStmt": _refresh,
    "VariableSetStmt": _set,
    "TransactionStmt": _transaction,
}
