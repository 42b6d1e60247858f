"""Names in queries that are run: every relation and every column must exist where it is read.

A column is refused only where that is certain: each relation in reach, at this level and around
it, is known with all of its columns, and none has one of that name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workers.engine.schema.model import Column
from workers.engine.sql import resolve
from workers.engine.sql.ddl.query import Output, Sources, add_source, with_queries
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run

Levels = tuple[Sources, ...]
"""What can be named, the innermost query first."""

_SYSTEM = frozenset(("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid"))


def check_query(run: Run, node: Node, outer: Levels = (), ctes: Sources | None = None) -> None:
    """Check a SELECT, VALUES, INSERT, UPDATE or DELETE node and all within it."""
    ((kind, fields),) = node.items()
    if kind == "SelectStmt":
        check_select(run, fields, outer, dict(ctes or {}))
    elif kind in ("InsertStmt", "UpdateStmt", "DeleteStmt"):
        from workers.engine.sql.ddl import data

        data.check_write(run, kind, fields, outer, dict(ctes or {}))


def check_ctes(run: Run, fields: Node, outer: Levels, ctes: Sources) -> Sources:
    """Check the WITH queries, and answer with all that are in reach."""
    clause = fields.get("withClause", {})
    known = with_queries(run, fields, ctes)
    for one in clause.get("ctes", ()):
        check_query(run, one["CommonTableExpr"]["ctequery"], outer, known)
    return known


def check_select(run: Run, fields: Node, outer: Levels, ctes: Sources) -> None:
    """Check the fields of a SelectStmt."""
    ctes = check_ctes(run, fields, outer, ctes)
    if fields.get("op", "SETOP_NONE") != "SETOP_NONE":
        for side in _operands(fields):
            check_select(run, side, outer, ctes)
        return
    sources: Sources = {}
    for one in fields.get("fromClause", ()):
        add_source(run, one, sources, ctes)
    levels = (sources, *outer)
    _check_from(run, fields.get("fromClause", ()), levels, ctes)
    labels = _labels(fields)
    for part in ("targetList", "whereClause", "havingClause", "valuesLists", "limitCount"):
        check_names(run, fields.get(part), levels, ctes)
    for part in ("groupClause", "sortClause", "distinctClause", "windowClause"):
        check_names(run, fields.get(part), levels, ctes, labels)


def _operands(fields: Node) -> list[Node]:
    """The SELECTs of a chain of UNIONs, without recursion on its left side."""
    found = []
    while fields.get("op", "SETOP_NONE") != "SETOP_NONE":
        found.append(fields["rarg"])
        fields = fields["larg"]
    return [fields, *reversed(found)]


def _labels(fields: Node) -> frozenset[str]:
    return frozenset(one["ResTarget"].get("name", "") for one in fields.get("targetList", ()))


def _check_from(run: Run, nodes: Iterable[Node], levels: Levels, ctes: Sources) -> None:
    stack = list(nodes)
    while stack:
        ((kind, fields),) = stack.pop().items()
        if kind == "JoinExpr":
            stack += [fields["larg"], fields["rarg"]]
            check_names(run, fields.get("quals"), levels, ctes)
        elif kind == "RangeSubselect":
            reach = levels if fields.get("lateral") else levels[1:]
            check_query(run, fields["subquery"], reach, ctes)
        elif kind == "RangeFunction":
            check_names(run, fields.get("functions"), levels, ctes)


def check_names(
    run: Run, node: Any, levels: Levels, ctes: Sources, labels: frozenset[str] = frozenset()
) -> None:
    """Check the columns in expressions; subqueries are checked with what is around them."""
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, list):
            stack.extend(reversed(current))
            continue
        if not isinstance(current, dict):
            continue
        for key, value in current.items():
            if key == "ColumnRef":
                _check_column(value, levels, labels)
            elif key == "SelectStmt" and isinstance(value, dict):
                check_select(run, value, levels, ctes)
            elif isinstance(value, (dict, list)):
                stack.append(value)


def _check_column(fields: Node, levels: Levels, labels: frozenset[str]) -> None:
    path = strings(fields["fields"])
    name = path[-1]
    if name == "*" or name in _SYSTEM or any(_is_unsure(sources) for sources in levels):
        return
    location = fields.get("location", 0)
    if len(path) == 1:
        if name in labels:
            return
        for sources in levels:
            if name in sources or any(_has(one, name) for one in sources.values()):
                return
        raise RefusedError("42703", f'column "{name}" does not exist', location)
    source = next((sources[path[-2]] for sources in levels if path[-2] in sources), None)
    if source is None:
        if len(path) == 2 and not any(path[0] in _names(sources) for sources in levels):
            raise RefusedError(
                "42P01", f'missing FROM-clause entry for table "{path[0]}"', location
            )
        return
    if len(path) == 2 and not _has(source, name):
        raise RefusedError("42703", f"column {resolve.dotted(path)} does not exist", location)


def _names(sources: Sources) -> frozenset[str]:
    """Names by which a column of a composite type might be meant instead of a relation."""
    return frozenset(column.name for one in sources.values() for column in one.columns)


def _is_unsure(sources: Sources) -> bool:
    return any(not output.is_certain for output in sources.values())


def _has(output: Output, name: str) -> bool:
    columns: list[Column] = output.all_columns or output.columns
    return any(column.name == name for column in columns)
