"""Partitioned tables and partitions: keys, bounds, and what comes from the parent."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from workers.engine.schema.model import (
    CheckConstraint,
    Index,
    KeyConstraint,
    QualifiedName,
    Table,
)
from workers.engine.schema.names import join_columns, quote
from workers.engine.sql import printing
from workers.engine.sql.ddl import indexing
from workers.engine.sql.ddl.aggregation import ALONE, refuse_in
from workers.engine.sql.ddl.bounds import check_bound, shown_value
from workers.engine.sql.ddl.collations import collation_name, need_collatable
from workers.engine.sql.ddl.columns import default_text
from workers.engine.sql.ddl.heritage import children_of, same_condition
from workers.engine.sql.ddl.touch import by_name, need_column, put_column, swap, update
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run


def describe_partition(
    run: Run, name: QualifiedName, node: Node, parents: tuple[Table, ...]
) -> None:
    """Set the partition key and the bound that CREATE TABLE names."""
    changes: dict[str, Any] = {}
    if node.get("partbound"):
        check_bound(run, parents[0], name, node["partbound"])
        changes["partition_bound"] = bound(run, parents[0], node["partbound"])
    if node.get("partspec"):
        changes["partition_key"] = _key(run, run.state.schema.tables[name], node["partspec"])
    if changes:
        update(run, name, **changes)


_STRATEGIES = {
    "PARTITION_STRATEGY_LIST": "LIST",
    "PARTITION_STRATEGY_RANGE": "RANGE",
    "PARTITION_STRATEGY_HASH": "HASH",
}


def _key(run: Run, table: Table, spec: Node) -> str:
    shown = []
    for one in spec.get("partParams", ()):
        element = one["PartitionElem"]
        if element.get("name"):
            column = need_column(table, element["name"])
            given = element.get("collation")
            named = collation_name(run, strings(given)) if given else column.collation
            if given:
                need_collatable(run, column.type)
            collated = f" COLLATE {quote(named or 'default')}" if named != column.collation else ""
            shown.append(quote(element["name"]) + collated)
        else:
            scope = printing.scope_of(run.state, table.name.name, table.columns)
            printing.check(run, element["expr"], scope)
            refuse_in(element["expr"], ALONE, "partition key expressions")
            shown.append(printing.printed(run, element["expr"], scope))
            message = "functions in partition key expression must be marked IMMUTABLE"
            printing.need_immutable(run, element["expr"], scope, message)
    return f"{_STRATEGIES.get(spec.get('strategy', ''), 'RANGE')} ({', '.join(shown)})"


def bound(run: Run, parent: Table, spec: Node) -> str:
    """A partition's bound as `pg_get_expr` prints it."""
    if spec.get("is_default"):
        return "DEFAULT"
    if spec.get("strategy") == "h":
        return (
            f"FOR VALUES WITH (modulus {spec.get('modulus', 0)}, "
            f"remainder {spec.get('remainder', 0)})"
        )
    if spec.get("listdatums"):
        values = [shown_value(run, parent, 0, one) or _datum(one) for one in spec["listdatums"]]
        return f"FOR VALUES IN ({', '.join(values)})"
    lower, upper = (
        ", ".join(
            shown_value(run, parent, number, one) or _datum(one)
            for number, one in enumerate(spec.get(part, ()))
        )
        for part in ("lowerdatums", "upperdatums")
    )
    return f"FOR VALUES FROM ({lower}) TO ({upper})"


def _datum(node: Node) -> str:
    ((kind, fields),) = node.items()
    if kind == "ColumnRef":
        return strings(fields["fields"])[-1].upper()
    if kind == "TypeCast":
        return _datum(fields["arg"])
    if kind == "A_Const":
        if "ival" in fields:
            return str(fields["ival"].get("ival", 0))
        if "sval" in fields:
            return "'" + str(fields["sval"].get("sval", "")).replace("'", "''") + "'"
        if "boolval" in fields:
            return "true" if fields["boolval"].get("boolval") else "false"
        return "NULL" if fields.get("isnull") else str(fields.get("fval", {}).get("fval", ""))
    return "..."


def inherit_parts(
    run: Run, name: QualifiedName, parents: tuple[Table, ...], *, is_partition: bool
) -> None:
    """Give a child its parents' checks, and a partition all keys and indexes besides."""
    for parent in parents:
        parent = run.state.schema.tables[parent.name]
        for check in parent.checks:
            if not check.no_inherit:
                _inherit_check(run, name, check)
        if is_partition:
            for index in parent.indexes:
                inherit_index(run, name, parent, index)
            _inherit_foreign_keys(run, name, parent)


def _inherit_check(run: Run, name: QualifiedName, check: CheckConstraint) -> None:
    table = run.state.schema.tables[name]
    known = by_name(table.checks, check.name)
    if known is None:
        made = replace(
            check,
            is_inherited=True,
            not_valid=check.definition.endswith(" NOT ENFORCED"),
            definition=check.definition.removesuffix(" NOT VALID"),
            history=(run.origin,),
        )
        update(run, name, checks=(*table.checks, made))
    elif not same_condition(known.definition, check.definition):
        shown = f'constraint "{check.name}" for relation "{name.name}" already exists'
        raise RefusedError("42710", shown)


def _inherit_foreign_keys(run: Run, name: QualifiedName, parent: Table) -> None:
    table = run.state.schema.tables[name]
    keys = tuple(
        replace(key, is_inherited=True, history=(run.origin,)) for key in parent.foreign_keys
    )
    if keys:
        update(run, name, foreign_keys=table.foreign_keys + keys)


def inherit_index(run: Run, name: QualifiedName, parent: Table, index: Index) -> None:
    """Give a partition the counterpart of its parent's index, unless it has one that fits."""
    table = run.state.schema.tables[name]
    for own in table.indexes:
        is_part = own.is_constraint or not index.is_constraint
        if same_definition(own, index) and is_part and not own.is_inherited:
            take_index(run, table, own, is_constraint=index.is_constraint)
            return
    columns = [key.column or "expr" for key in index.keys]
    primary = parent.primary_key is not None and parent.primary_key.name == index.name
    label = "pkey" if primary else "key" if index.is_constraint else "idx"
    joined = None if primary else join_columns(indexing.distinct_names(columns))
    chosen = indexing.choose_index_name(
        run.state, name, joined, label, is_constraint=index.is_constraint
    )
    made = replace(index, name=chosen, is_inherited=True, history=(run.origin,))
    changes: dict[str, Any] = {"indexes": (*table.indexes, made)}
    if primary and parent.primary_key is not None:
        changes["primary_key"] = _inherited(run, parent.primary_key, chosen)
        changes["columns"] = tuple(
            replace(one, not_null=True, inherits_not_null=True)
            if one.name in parent.primary_key.columns and not one.not_null
            else one
            for one in table.columns
        )
    else:
        unique = by_name(parent.uniques, index.name)
        if unique is not None:
            changes["uniques"] = (*table.uniques, _inherited(run, unique, chosen))
    update(run, name, **changes)


def take_index(run: Run, table: Table, index: Index, *, is_constraint: bool) -> None:
    """Make a partition's own index a part of its parent's, and its constraint of a constraint."""
    changes: dict[str, Any] = {
        "indexes": swap(table.indexes, index, replace(index, is_inherited=True))
    }
    key = table.primary_key
    if is_constraint and key is not None and key.name == index.name:
        changes["primary_key"] = replace(key, is_inherited=True)
    unique = by_name(table.uniques, index.name)
    if is_constraint and unique is not None:
        changes["uniques"] = swap(table.uniques, unique, replace(unique, is_inherited=True))
    update(run, table.name, run.origin, **changes)


def same_definition(one: Index, other: Index) -> bool:
    """CompareIndexInfo: whether an index may be a part of a partitioned one.

    The directions of the keys do not matter.
    """
    return _definition(one) == _definition(other)


def _definition(index: Index) -> tuple[Any, ...]:
    keys = tuple(replace(key, descending=False, nulls_first=None) for key in index.keys)
    return keys, index.include, index.is_unique, index.nulls_not_distinct, index.method, index.where


def hand_index_down(run: Run, name: QualifiedName, index: Index) -> None:
    """Give the partitions of a table, and theirs, the counterparts of a new index."""
    for child in children_of(run, name):
        parent = run.state.schema.tables[name]
        before = run.state.schema.tables[child].indexes
        inherit_index(run, child, parent, index)
        table = run.state.schema.tables[child]
        made = [one for one in table.indexes if one not in before]
        if table.kind == "partitioned" and made:
            hand_index_down(run, child, made[0])


def _inherited(run: Run, key: KeyConstraint, name: str) -> KeyConstraint:
    return replace(key, name=name, is_inherited=True, history=(run.origin,))


def typed_constraints(run: Run, name: QualifiedName, definition: Node) -> list[Node]:
    """The constraints of a column that a partition or typed table only adds to."""
    column_name = definition["colname"]
    found = []
    for one in definition.get("constraints", ()):
        fields = one["Constraint"]
        kind = fields["contype"]
        column = need_column(run.state.schema.tables[name], column_name)
        if kind == "CONSTR_NOTNULL":
            own = replace(column, not_null=True, inherits_not_null=False)
            put_column(run, name, own, run.at(fields))
        elif kind == "CONSTR_DEFAULT":
            text = default_text(run, column, fields["raw_expr"])
            put_column(run, name, replace(column, default=text), run.at(fields))
        elif kind in ("CONSTR_PRIMARY", "CONSTR_UNIQUE"):
            found.append({**fields, "keys": [{"String": {"sval": column_name}}]})
        elif kind == "CONSTR_FOREIGN":
            found.append({**fields, "fk_attrs": [{"String": {"sval": column_name}}]})
        else:
            found.append(fields)
    return found


def set_not_null(run: Run, name: QualifiedName, fields: Node) -> None:
    """A NOT NULL constraint written at the table, as PostgreSQL 18 allows."""
    for column_name in strings(fields.get("keys", [])):
        column = need_column(run.state.schema.tables[name], column_name)
        own = replace(column, not_null=True, inherits_not_null=False)
        put_column(run, name, own, run.at(fields))
