"""Statements on rows: what they name must exist; what they do to rows is nobody's business."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workers.engine.schema.model import Column, QualifiedName, Table
from workers.engine.sql import resolve
from workers.engine.sql.ddl import scoping, storing
from workers.engine.sql.ddl.aggregation import refuse_in
from workers.engine.sql.ddl.arbiters import need_arbiter
from workers.engine.sql.ddl.columns import unsafe_value
from workers.engine.sql.ddl.heritage import heirs_of
from workers.engine.sql.ddl.kinds_of_relation import kind_of
from workers.engine.sql.ddl.outputs import Levels, Output, Sources
from workers.engine.sql.ddl.query import add_source, is_extension_relation
from workers.engine.sql.ddl.queues import make_queues
from workers.engine.sql.ddl.settings import set_config
from workers.engine.sql.ddl.typing import Typing
from workers.engine.sql.ddl.views import select_into
from workers.engine.sql.healing import note_copies
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import walk
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.registered import need_sequences
from workers.engine.sql.run import Run


def select(run: Run, node: Node) -> None:
    """SELECT: its relations must exist; `set_config` may set the search path."""
    if node.get("intoClause"):
        select_into(run, node)
        return
    scoping.Reader(run).select(node, (), {})
    _check_rest(run, node)
    if not node.get("fromClause") and not node.get("whereClause"):
        need_sequences(run.state, node)
    set_config(run, node)
    make_queues(run, node)


def insert(run: Run, node: Node) -> None:
    """INSERT."""
    read_write(scoping.Reader(run), "InsertStmt", node, (), {})
    _check_rest(run, node)
    refuse_other_kind(run, node["relation"])
    table = target(run, node["relation"])
    if table is not None and node.get("onConflictClause"):
        # Looked for when the statement is planned: not where it stands in a new function.
        need_arbiter(table, node["onConflictClause"])
    if table is not None:
        storing.need_values(run, table, node)
    _fill(run, node["relation"])


def update_rows(run: Run, node: Node) -> None:
    """UPDATE."""
    read_write(scoping.Reader(run), "UpdateStmt", node, (), {})
    refuse_other_kind(run, node["relation"])
    name = resolve.find_relation(run.state, node["relation"])
    if name is not None:
        note_copies(run, name, node)
    _check_rest(run, node)


def delete(run: Run, node: Node) -> None:
    """DELETE."""
    read_write(scoping.Reader(run), "DeleteStmt", node, (), {})
    _check_rest(run, node)
    refuse_other_kind(run, node["relation"])
    if not node.get("whereClause"):
        _empty(run, node["relation"])


def merge(run: Run, node: Node) -> None:
    """MERGE: its target, its source, and the columns that it names must exist."""
    reader = scoping.Reader(run)
    ctes = reader.ctes(node, (), {})
    relation = node["relation"]
    table = target(run, relation)
    columns = table.columns if table is not None else _of_view(run, relation)
    name = relation.get("alias", {}).get("aliasname") or relation["relname"]
    sources: Sources = {name: Output(list(columns or ()), columns is not None)}
    add_source(run, node["sourceRelation"], sources, ctes)
    reader.names(node.get("joinCondition"), (sources,), ctes)
    for one in node.get("mergeWhenClauses", ()):
        clause = one["MergeWhenClause"]
        for part in ("condition", "targetList", "values"):
            reader.names(clause.get(part), (sources,), ctes)
        for wanted in clause.get("targetList", ()):
            _need(columns, wanted["ResTarget"], relation)


def read_only(run: Run, node: Node) -> None:
    """EXPLAIN, DECLARE and COPY of a query: its names must be there."""
    if "SelectStmt" in node.get("query", {}):
        scoping.Reader(run).query(node["query"], (), {})


def read_write(reader: scoping.Reader, kind: str, node: Node, outer: Levels, ctes: Sources) -> None:
    """Read an INSERT, UPDATE or DELETE: its target, the columns it sets, and what it reads."""
    ctes = reader.ctes(node, outer, ctes)
    relation = node["relation"]
    table = target(reader.run, relation)
    columns = table.columns if table is not None else _of_view(reader.run, relation)
    for one in node.get("cols", ()):
        _need(columns, one["ResTarget"], relation)
    _refuse_twice(node.get("cols", ()))
    sources: Sources = {}
    name = relation.get("alias", {}).get("aliasname") or relation["relname"]
    sources[name] = Output(list(columns or ()), columns is not None)
    if kind == "InsertStmt":
        if node.get("selectStmt"):
            reader.query(node["selectStmt"], outer, ctes)
        sources["excluded"] = sources[name]
    for one in (*node.get("fromClause", ()), *node.get("usingClause", ())):
        add_source(reader.run, one, sources, ctes)
    levels = (sources, *outer)
    typing = Typing(reader.run, levels, ctes)
    for part in ("whereClause", "onConflictClause", "returningClause", "targetList"):
        is_condition = part == "whereClause" and part in node
        with typing.in_order((node[part],) if is_condition else ()):
            reader.names(node.get(part), levels, ctes)
        if is_condition:
            refuse_in(node[part], levels, "WHERE")
            typing.condition(node[part], "WHERE")
    for one in node.get("targetList", ()):
        _need(columns, one["ResTarget"], relation)
    if kind == "UpdateStmt":
        _refuse_again(node.get("targetList", ()))
    try:
        refuse_in(node.get("targetList"), levels, "UPDATE")
    except RefusedError:
        # A function is looked for before it is asked whether it may stand there.
        for one in node["targetList"]:
            typing.expression(one["ResTarget"].get("val", {}))
        raise
    refuse_in(node.get("returningClause"), levels, "RETURNING", allows_sets=True)
    if table is not None and kind == "InsertStmt":
        rows = node.get("selectStmt", {}).get("SelectStmt", {}).get("valuesLists")
        refuse_in(rows, ({}, *outer), "VALUES", allows_sets=True)
        storing.check_insert(table, node, Typing(reader.run, outer, ctes))
    elif table is not None and kind == "UpdateStmt":
        storing.check_update(table, node, typing)
    if table is not None and kind != "DeleteStmt":
        storing.refuse_generated(table, kind, node)
    for one in node.get("fromClause", ()):
        reader.names(one.get("JoinExpr", {}).get("quals"), levels, ctes)


def _refuse_twice(nodes: Iterable[Node]) -> None:
    named = [one["ResTarget"] for one in nodes]
    names = [one["name"] for one in named if not one.get("indirection")]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise RefusedError("42701", f'column "{name}" specified more than once')


def _refuse_again(nodes: Iterable[Node]) -> None:
    named = [one["ResTarget"] for one in nodes]
    names = [one.get("name", "") for one in named if not one.get("indirection")]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise RefusedError("42601", f'multiple assignments to same column "{name}"')


def copy(run: Run, node: Node) -> None:
    """COPY."""
    read_only(run, node)
    if node.get("relation"):
        if node.get("is_from"):
            _fill(run, node["relation"])
        table = target(run, node["relation"])
        for one in node.get("attlist", ()):
            name = resolve.value_text(one)
            if table is not None and all(column.name != name for column in table.columns):
                raise RefusedError(
                    "42703",
                    f'column "{name}" of relation "{table.name.name}" does not exist',
                )


def _fill(run: Run, relation: Node) -> None:
    name = resolve.find_relation(run.state, relation)
    if name is not None:
        run.state.hidden.filled[name] = True


def _empty(run: Run, relation: Node) -> None:
    name = resolve.find_relation(run.state, relation)
    if name is not None:
        run.state.hidden.filled.pop(name, None)


def truncate(run: Run, node: Node, *, is_emptied: bool = True) -> None:
    """TRUNCATE and LOCK: the tables must exist."""
    named = []
    for one in node.get("relations", ()):
        if not resolve.is_system(one["RangeVar"]):
            name = resolve.need_relation(run.state, one["RangeVar"])
            if kind_of(run, name) not in ("table", "") and (
                is_emptied or kind_of(run, name) != "view"
            ):
                raise RefusedError("42809", f'"{name.name}" is not a table')
            if is_emptied:
                _empty(run, one["RangeVar"])
                named.append(name)
    if named and node.get("behavior") != "DROP_CASCADE":
        _refuse_referred(run, named)


def _refuse_referred(run: Run, names: list[QualifiedName]) -> None:
    """heap_truncate_check_FKs: a table that others refer to is not emptied without them."""
    going = {*names, *(heir for name in names for heir in heirs_of(run, name))}
    for table in run.state.schema.tables.values():
        if table.name not in going and any(key.ref_table in going for key in table.foreign_keys):
            what = "cannot truncate a table referenced in a foreign key constraint"
            raise RefusedError("0A000", what)


def lock(run: Run, node: Node) -> None:
    """LOCK TABLE."""
    if not run.in_block:
        raise RefusedError("25P01", "LOCK TABLE can only be used in transaction blocks")
    truncate(run, node, is_emptied=False)


def target(run: Run, relation: Node) -> Table | None:
    """The table that is written to; None for a view or what is not known in detail."""
    name = resolve.find_relation(run.state, relation)
    if name is None:
        if resolve.is_system(relation) or is_extension_relation(run, relation):
            return None
        path = resolve.range_path(relation)
        raise RefusedError(
            "42P01",
            f'relation "{resolve.dotted(path)}" does not exist',
            relation.get("location", 0),
        )
    view = run.state.schema.views.get(name)
    if view is not None and view.kind == "matview" and view.columns:
        return Table(name, view.columns)
    return run.state.schema.tables.get(name)


def _of_view(run: Run, relation: Node) -> tuple[Column, ...] | None:
    name = resolve.find_relation(run.state, relation)
    view = run.state.schema.views.get(name) if name is not None else None
    return (view.columns or None) if view is not None else None


def refuse_other_kind(run: Run, relation: Node) -> None:
    """CheckValidResultRel: rows are written to tables, and through views alone."""
    name = resolve.find_relation(run.state, relation)
    if name is None:
        return
    kind = kind_of(run, name)
    if kind in ("matview", "sequence"):
        word = "materialized view" if kind == "matview" else kind
        raise RefusedError("42809", f'cannot change {word} "{name.name}"')


def _need(columns: tuple[Column, ...] | None, fields: Node, relation: Node) -> None:
    name = fields.get("name", "")
    if columns is not None and all(column.name != name for column in columns):
        raise RefusedError(
            "42703",
            f'column "{name}" of relation "{relation["relname"]}" does not exist',
            fields.get("location", 0),
        )


def _check_rest(run: Run, node: Any) -> None:
    """A value that this transaction added to an enum may not be used yet."""
    if not run.state.hidden.fresh_values:
        return
    for kind, fields in walk(node):
        constant = fields["arg"].get("A_Const", {}) if kind == "TypeCast" else {}
        if "sval" in constant:
            made = resolve.resolve_type(run.state, fields["typeName"])
            value = constant["sval"].get("sval", "")
            if made.schema is not None:
                key = (QualifiedName(made.schema, made.name), value)
                if key in run.state.hidden.fresh_values:
                    raise unsafe_value(run.state, made, value)
