"""Statements on rows: what they name must exist; what they do to rows is nobody's business."""

from __future__ import annotations

from typing import Any

from workers.engine.schema.model import Column, QualifiedName, Table
from workers.engine.sql import resolve
from workers.engine.sql.ddl.columns import unsafe_value
from workers.engine.sql.ddl.query import is_extension_relation
from workers.engine.sql.ddl.reading import relation_columns
from workers.engine.sql.ddl.views import select_into
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import references, walk
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run


def select(run: Run, node: Node) -> None:
    """SELECT: its relations must exist; `set_config` may set the search path."""
    if node.get("intoClause"):
        select_into(run, node)
        return
    _check(run, node, {})
    from workers.engine.sql.ddl.settings import set_config

    set_config(run, node)


def insert(run: Run, node: Node) -> None:
    """INSERT."""
    table = target(run, node["relation"])
    columns = table.columns if table is not None else None
    for one in node.get("cols", ()):
        _need(columns, one["ResTarget"], node["relation"])
    _check(run, node, {})


def update_rows(run: Run, node: Node) -> None:
    """UPDATE."""
    table = target(run, node["relation"])
    columns = table.columns if table is not None else None
    for one in node.get("targetList", ()):
        _need(columns, one["ResTarget"], node["relation"])
    _check(run, node, {})


def delete(run: Run, node: Node) -> None:
    """DELETE and MERGE."""
    target(run, node["relation"])
    _check(run, node, {})


def copy(run: Run, node: Node) -> None:
    """COPY."""
    if node.get("relation"):
        table = target(run, node["relation"])
        for one in node.get("attlist", ()):
            name = resolve.value_text(one)
            if table is not None and all(column.name != name for column in table.columns):
                raise RefusedError(
                    "42703",
                    f'column "{name}" of relation "{table.name.name}" does not exist',
                )


def truncate(run: Run, node: Node) -> None:
    """TRUNCATE and LOCK: the tables must exist."""
    for one in node.get("relations", ()):
        if not resolve.is_system(one["RangeVar"]):
            resolve.need_relation(run.state, one["RangeVar"])


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
    return run.state.schema.tables.get(name)


def _need(columns: tuple[Column, ...] | None, fields: Node, relation: Node) -> None:
    name = fields.get("name", "")
    if columns is not None and all(column.name != name for column in columns):
        raise RefusedError(
            "42703",
            f'column "{name}" of relation "{relation["relname"]}" does not exist',
            fields.get("location", 0),
        )


def _check(run: Run, node: Any, known: dict[str, bool]) -> None:
    """Every relation must exist, and every plainly named column be in one of them."""
    found = references(node)
    names = _ctes(node)
    reach: list[QualifiedName] | None = []
    aliases: dict[str, QualifiedName | None] = {}
    for fields in found.relations:
        if not fields.get("schemaname") and fields.get("relname") in names:
            reach = None
            continue
        name = resolve.find_relation(run.state, fields)
        alias = fields.get("alias", {}).get("aliasname") or fields.get("relname", "")
        if name is None:
            target(run, fields)
            reach = None
            aliases[alias] = None
            continue
        aliases[alias] = name if aliases.get(alias, name) == name else None
        if reach is not None:
            reach.append(name)
    _check_columns(run, node, found, reach, aliases)
    for path, fields in found.functions:
        from workers.engine.sql.printing import check_function

        check_function(run.state, path, fields)
    _check_casts(run, node)


def _check_casts(run: Run, node: Any) -> None:
    """Types must exist; a value that this transaction added to an enum may not be used yet."""
    for kind, fields in walk(node):
        if kind == "TypeCast":
            made = resolve.resolve_type(run.state, fields["typeName"])
            constant = fields["arg"].get("A_Const", {})
            if made.schema is not None and "sval" in constant:
                value = constant["sval"].get("sval", "")
                key = (QualifiedName(made.schema, made.name), value)
                if key in run.state.hidden.fresh_values:
                    raise unsafe_value(run.state, made, value)


_OPAQUE = frozenset(
    ("RangeSubselect", "RangeFunction", "RangeTableFunc", "JsonTable", "CommonTableExpr",
     "RangeTableSample", "MergeStmt")
)  # fmt: skip


def _ctes(node: Any) -> set[str]:
    return {fields.get("ctename", "") for kind, fields in walk(node) if kind == "CommonTableExpr"}


def _check_columns(
    run: Run,
    node: Any,
    found: Any,
    reach: list[QualifiedName] | None,
    aliases: dict[str, QualifiedName | None],
) -> None:
    opaque = any(kind in _OPAQUE for kind, _ in walk(node))
    labels = {fields.get("name", "") for kind, fields in walk(node) if kind == "ResTarget"}
    for path, location in found.columns:
        if len(path) == 2 and path[0] in aliases and not opaque:
            place = aliases[path[0]]
            if place is not None and path[1] != "*" and not _has(run, place, path[1]):
                raise RefusedError(
                    "42703", f"column {resolve.dotted(path)} does not exist", location
                )
        elif len(path) == 1 and reach is not None and not opaque and path[0] not in labels:
            if path[0] in aliases or path[0] == "*" or path[0] == "excluded":
                continue
            if not any(_has(run, place, path[0]) for place in reach):
                raise RefusedError("42703", f'column "{path[0]}" does not exist', location)


_SYSTEM = frozenset(("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid"))


def _has(run: Run, place: QualifiedName, name: str) -> bool:
    columns = relation_columns(run.state, place)
    return not columns or name in _SYSTEM or any(column.name == name for column in columns)
