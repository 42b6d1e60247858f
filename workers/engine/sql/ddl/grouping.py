"""Aggregates: where they may not stand, and what may not stand beside them.

Follows check_agglevels_and_constraints and parseCheckAggregates of src/backend/parser/parse_agg.c,
for a query without GROUP BY.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workers.engine.sql.ddl.outputs import Levels, held
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings

_AGGREGATES = frozenset(
    ("array_agg", "avg", "bit_and", "bit_or", "bool_and", "bool_or", "count", "every", "json_agg",
     "json_object_agg", "jsonb_agg", "jsonb_object_agg", "max", "min", "stddev", "string_agg",
     "sum", "variance")
)  # fmt: skip
_GROUPS = ("groupClause", "groupDistinct", "groupByAll")


def check_groups(fields: Node, levels: Levels) -> None:
    """Refuse aggregates in WHERE, and columns beside aggregates where nothing is grouped."""
    if len(levels) > 1:
        return  # an aggregate may belong to a query further out
    if any(kind == "aggregate" for kind, _ in _parts(fields.get("whereClause"), False)):
        raise RefusedError("42803", "aggregate functions are not allowed in WHERE")
    if any(fields.get(part) for part in _GROUPS):
        return
    parts = list(_parts(fields.get("targetList"), False))
    if any(kind == "nested" for kind, _ in parts):
        raise RefusedError("42803", "aggregate function calls cannot be nested")
    if not fields.get("havingClause") and all(kind != "aggregate" for kind, _ in parts):
        return
    for kind, reference in parts:
        path = strings(reference["fields"]) if kind == "column" else ()
        if path and held(path, levels) is not None:
            label = path[-2] if len(path) > 1 else _label(path[0], levels)
            raise RefusedError(
                "42803",
                f'column "{label}.{path[-1]}" must appear in the GROUP BY clause or be used in an'
                " aggregate function",
                reference.get("location", 0),
            )


def _label(name: str, levels: Levels) -> str:
    return next(
        (
            label
            for label, output in levels[0].items()
            if any(column.name == name for column in output.columns)
        ),
        "",
    )


def _parts(node: Any, is_inside: bool) -> Iterator[tuple[str, Node]]:
    """Aggregates ("nested" inside of one), and the columns outside of any; no subqueries."""
    if isinstance(node, list):
        for one in node:
            yield from _parts(one, is_inside)
    elif isinstance(node, dict):
        for kind, fields in node.items():
            if kind == "SubLink" or not isinstance(fields, (dict, list)):
                continue
            if kind == "ColumnRef" and isinstance(fields, dict):
                if not is_inside:
                    yield "column", fields
            elif kind == "FuncCall" and isinstance(fields, dict) and _is_aggregate(fields):
                yield "nested" if is_inside else "aggregate", fields
                yield from _parts([fields.get("args"), fields.get("agg_filter")], True)
            else:
                yield from _parts(fields, is_inside)


def _is_aggregate(fields: Node) -> bool:
    path = strings(fields["funcname"])
    is_plain = len(path) == 1 or path[0] == "pg_catalog"
    return is_plain and path[-1] in _AGGREGATES and not fields.get("over")
