"""Aggregates: where they may not stand, and what may not stand beside them.

Follows check_agglevels_and_constraints and parseCheckAggregates of src/backend/parser/parse_agg.c,
for a query without GROUP BY.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workers.engine.sql.builtin.functions import is_builtin_function
from workers.engine.sql.ddl.outputs import Levels, held
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings

_AGGREGATES = frozenset(
    ("any_value", "array_agg", "avg", "bit_and", "bit_or", "bit_xor", "bool_and", "bool_or",
     "corr", "count", "covar_pop", "covar_samp", "every", "json_agg", "json_agg_strict",
     "json_object_agg", "json_object_agg_strict", "json_object_agg_unique",
     "json_object_agg_unique_strict", "jsonb_agg", "jsonb_agg_strict", "jsonb_object_agg",
     "jsonb_object_agg_strict", "jsonb_object_agg_unique", "jsonb_object_agg_unique_strict",
     "max", "min", "mode", "percentile_cont", "percentile_disc", "range_agg",
     "range_intersect_agg", "regr_avgx", "regr_avgy", "regr_count", "regr_intercept", "regr_r2",
     "regr_slope", "regr_sxx", "regr_sxy", "regr_syy", "stddev", "stddev_pop", "stddev_samp",
     "string_agg", "sum", "var_pop", "var_samp", "variance", "xmlagg")
)  # fmt: skip
"""All of pg_catalog's, to 18; the hypothetical ones are known by WITHIN GROUP."""
_AGGREGATE_NODES = frozenset(("JsonArrayAgg", "JsonObjectAgg", "GroupingFunc"))
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


def _parts(node: Any, is_inside: bool, is_hidden: bool = False) -> Iterator[tuple[str, Node]]:
    """Aggregates ("nested" inside of one), and the columns outside of any; no subqueries.

    What stands within a call of a function that may be somebody's own aggregate is `is_hidden`:
    its columns are not told, and no aggregate is taken to be nested.
    """
    if isinstance(node, list):
        for one in node:
            yield from _parts(one, is_inside, is_hidden)
    elif isinstance(node, dict):
        for kind, fields in node.items():
            if kind == "SubLink" or not isinstance(fields, (dict, list)):
                continue
            if kind == "ColumnRef" and isinstance(fields, dict):
                if not is_inside and not is_hidden:
                    yield "column", fields
            elif kind in _AGGREGATE_NODES and isinstance(fields, dict):
                yield "aggregate", fields
            elif kind == "FuncCall" and isinstance(fields, dict) and _is_aggregate(fields):
                yield "nested" if is_inside and not is_hidden else "aggregate", fields
                yield from _parts([fields.get("args"), fields.get("agg_filter")], True, is_hidden)
            elif kind == "FuncCall" and isinstance(fields, dict):
                yield from _parts(fields, is_inside, is_hidden or not _is_plain(fields))
            else:
                yield from _parts(fields, is_inside, is_hidden)


def _is_aggregate(fields: Node) -> bool:
    if fields.get("over"):
        return False
    return bool(fields.get("agg_within_group")) or (
        _is_of_catalogue(fields) and strings(fields["funcname"])[-1] in _AGGREGATES
    )


def _is_plain(fields: Node) -> bool:
    """Certainly no aggregate: a window's, or a function of pg_catalog's."""
    name = strings(fields["funcname"])[-1]
    return bool(fields.get("over")) or (_is_of_catalogue(fields) and is_builtin_function(name))


def _is_of_catalogue(fields: Node) -> bool:
    path = strings(fields["funcname"])
    return len(path) == 1 or path[0] == "pg_catalog"
