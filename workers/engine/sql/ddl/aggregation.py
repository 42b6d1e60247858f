"""Aggregates and window functions in expressions: where they stand, and whose they are.

An aggregate belongs to the innermost query whose columns it reads (check_agg_arguments of
src/backend/parser/parse_agg.c).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from workers.engine.sql import printing
from workers.engine.sql.builtin.functions import is_builtin_function
from workers.engine.sql.ddl.outputs import Levels
from workers.engine.sql.ddl.sameness import place
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import walk
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.state import State

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
_AGGREGATE_NODES = frozenset(("JsonArrayAgg", "JsonObjectAgg"))

_SETS = frozenset(
    ("generate_series", "generate_subscripts", "json_array_elements", "json_array_elements_text",
     "json_each", "json_each_text", "json_object_keys", "jsonb_array_elements",
     "jsonb_array_elements_text", "jsonb_each", "jsonb_each_text", "jsonb_object_keys",
     "jsonb_path_query", "regexp_matches", "regexp_split_to_table", "string_to_table", "unnest")
)  # fmt: skip
"""Functions of pg_catalog's that answer with rows in every signature."""

_WINDOWS = frozenset(
    ("row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead",
     "first_value", "last_value", "nth_value")
)  # fmt: skip
"""Functions of pg_catalog's that stand with OVER alone, or WITHIN GROUP."""
_ONLY_AGGREGATES = {"agg_distinct": "DISTINCT", "agg_order": "ORDER BY", "agg_filter": "FILTER"}

ALONE: Levels = ({},)
"""The names around an expression that is in no query."""

Part = Literal["aggregate", "nested", "window", "column", "hidden", "query", "set"]


def parts(
    node: Any, is_inside: bool = False, is_hidden: bool = False
) -> Iterator[tuple[Part, Node]]:
    """Aggregates ("nested" inside of one), windows, the columns outside of any, and subqueries.

    What stands within a call of a function that may be somebody's own aggregate is `is_hidden`:
    its columns are told as "hidden", and no aggregate is taken to be nested. Subqueries are
    answered with, not looked into.
    """
    if isinstance(node, list):
        for one in node:
            yield from parts(one, is_inside, is_hidden)
    elif isinstance(node, dict):
        for kind, fields in node.items():
            if not isinstance(fields, (dict, list)):
                continue
            if isinstance(fields, list):
                yield from parts(fields, is_inside, is_hidden)
            elif kind == "SubLink":
                yield "query", fields
                yield from parts(fields.get("testexpr"), is_inside, is_hidden)
            elif kind == "ColumnRef":
                if not is_inside:
                    yield "hidden" if is_hidden else "column", fields
            elif kind in _AGGREGATE_NODES:
                yield "nested" if is_inside and not is_hidden else "aggregate", fields
            elif kind == "FuncCall":
                yield from _call(fields, is_inside, is_hidden)
            elif kind != "GroupingFunc":
                yield from parts(fields, is_inside, is_hidden)


def _call(fields: Node, is_inside: bool, is_hidden: bool) -> Iterator[tuple[Part, Node]]:
    if fields.get("over"):
        yield "window", fields
        yield from parts([fields.get("args"), fields["over"]], is_inside, is_hidden)
    elif is_aggregate(fields):
        yield "nested" if is_inside and not is_hidden else "aggregate", fields
        yield from parts([fields.get("args"), fields.get("agg_filter")], True, is_hidden)
    else:
        if _is_of_catalogue(fields) and strings(fields["funcname"])[-1] in _SETS:
            yield "set", fields
        yield from parts(fields.get("args"), is_inside, is_hidden or not _is_plain(fields))


def is_aggregate(fields: Node) -> bool:
    """Whether a call certainly is an aggregate's, and no window's."""
    if fields.get("over"):
        return False
    return bool(fields.get("agg_within_group")) or (
        _is_of_catalogue(fields) and strings(fields["funcname"])[-1] in _AGGREGATES
    )


def _is_plain(fields: Node) -> bool:
    """Certainly no aggregate: a function of pg_catalog's."""
    return _is_of_catalogue(fields) and is_builtin_function(strings(fields["funcname"])[-1])


def _is_of_catalogue(fields: Node) -> bool:
    path = strings(fields["funcname"])
    return len(path) == 1 or path[0] == "pg_catalog"


def is_own(fields: Node, levels: Levels) -> bool:
    """Whether an aggregate certainly belongs to the innermost query."""
    if len(levels) == 1:
        return True
    found = [
        place(strings(one["fields"]), levels) for kind, one in walk(fields) if kind == "ColumnRef"
    ]
    return not found or any(one is not None and one.depth == 0 for one in found)


def refuse_in(
    node: Any, levels: Levels, where: str, *, allows_sets: bool = False, allows_groups: bool = False
) -> None:
    """Refuse aggregates, windows and functions that answer with rows where none may stand."""
    for kind, fields in parts(node):
        if kind == "window":
            raise RefusedError("42P20", f"window functions are not allowed in {where}")
        if kind == "set" and not allows_sets:
            raise RefusedError("0A000", f"set-returning functions are not allowed in {where}")
        if kind == "aggregate" and not allows_groups and is_own(fields, levels):
            raise RefusedError("42803", f"aggregate functions are not allowed in {where}")


def refuse_sets(node: Any) -> None:
    """Refuse functions that answer with rows in CASE and COALESCE."""
    for kind, fields in walk(node):
        word = {"CaseExpr": "CASE", "CoalesceExpr": "COALESCE"}.get(kind)
        if word is not None and any(part == "set" for part, _ in parts(fields)):
            raise RefusedError("0A000", f"set-returning functions are not allowed in {word}")


def check_shape(state: State, fields: Node) -> None:
    """Refuse OVER, DISTINCT, FILTER and the like with a function that does not take them."""
    name = strings(fields["funcname"])[-1]
    if not _is_plain(fields) or printing.TableScope(state, {}).has_function((name,)):
        return
    if name in _WINDOWS:
        if not fields.get("over") and not fields.get("agg_within_group"):
            raise RefusedError("42809", f"window function {name} requires an OVER clause")
    elif name in _AGGREGATES:
        if fields.get("over") and fields.get("agg_distinct"):
            raise RefusedError("0A000", "DISTINCT is not implemented for window functions")
        is_bare = not fields.get("args") and not fields.get("agg_star")
        if is_bare and not fields.get("agg_within_group"):
            what = f"{name}(*) must be used to call a parameterless aggregate function"
            raise RefusedError("42809", what)
    elif not fields.get("agg_within_group"):
        for part, word in _ONLY_AGGREGATES.items():
            if fields.get(part):
                what = f"{word} specified, but {name} is not an aggregate function"
                raise RefusedError("42809", what)
        if fields.get("over"):
            what = f"{name} is not a window function nor an aggregate function"
            raise RefusedError("42809", f"OVER specified, but {what}")
