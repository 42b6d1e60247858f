"""Aggregates over the catalogue's rows."""

from __future__ import annotations

from typing import Any

from workers.engine.sql.ddl.figure import column_label
from workers.engine.sql.plpgsql import calls
from workers.engine.sql.plpgsql.catalogue import Row
from workers.engine.sql.plpgsql.evaluate import is_true, value
from workers.engine.sql.plpgsql.world import UnevaluableError, World
from workers.engine.sql.postgres import Node
from workers.engine.sql.resolve import strings

AGGREGATES = frozenset(
    ("count", "min", "max", "sum", "string_agg", "array_agg", "bool_or", "bool_and", "every")
)


def aggregated(world: World, fields: Node, targets: list[Node], kept: list[World]) -> list[Row]:
    """The output rows of a query that groups."""
    clauses = fields.get("groupClause", ())
    groups: dict[Any, list[World]] = {}
    for inner in kept:
        key = tuple(_key(value(inner, one)) for one in clauses)
        groups.setdefault(key, []).append(inner)
    if not clauses and not groups:
        groups[()] = []
    having = fields.get("havingClause")
    found: list[Row] = []
    for members in groups.values():
        if having is not None and _value(world, having, members) is not True:
            continue
        row: Row = {}
        for target in targets:
            name = target.get("name") or column_label(target["val"]) or "?column?"
            row[name] = _value(world, target["val"], members)
        found.append(row)
    return found


def _key(found: Any) -> Any:
    return tuple(found) if isinstance(found, list) else found


def _value(world: World, node: Node, members: list[World]) -> Any:
    """A node over a group: aggregates are replaced by their values, the rest by the first row's."""
    call = node.get("FuncCall")
    if call is not None and call.get("over"):
        raise UnevaluableError("a window function")
    if call is not None and strings(call["funcname"])[-1] in AGGREGATES:
        return _aggregate(call, members)
    inside = {key: _replaced(world, part, members) for key, part in node.items()}
    return value(members[0] if members else world, inside)


def _replaced(world: World, part: Any, members: list[World]) -> Any:
    if isinstance(part, list):
        return [_replaced(world, one, members) for one in part]
    if not isinstance(part, dict):
        return part
    call = part.get("FuncCall")
    if call is not None and strings(call["funcname"])[-1] in AGGREGATES:
        return _constant(_aggregate(call, members))
    return {key: _replaced(world, one, members) for key, one in part.items()}


def _constant(found: Any) -> Node:
    if found is None:
        return {"A_Const": {"isnull": True}}
    if isinstance(found, bool):
        return {"A_Const": {"boolval": {"boolval": found}}}
    if isinstance(found, int):
        return {"A_Const": {"ival": {"ival": found}}}
    if isinstance(found, str):
        return {"A_Const": {"sval": {"sval": found}}}
    if isinstance(found, list):
        return {"A_ArrayExpr": {"elements": [_constant(one) for one in found]}}
    raise UnevaluableError("an aggregate's value inside an expression")


def _aggregate(call: Node, members: list[World]) -> Any:
    name = strings(call["funcname"])[-1]
    if call.get("agg_filter"):
        members = [one for one in members if is_true(one, call["agg_filter"])]
    if call.get("agg_star"):
        return len(members)
    arguments = call["args"]
    if call.get("agg_order"):
        node = call["agg_order"][0]["SortBy"]
        down = node.get("sortby_dir") == "SORTBY_DESC"
        members = sorted(members, key=lambda one: value(one, node["node"]), reverse=down)
    found = [value(one, arguments[0]) for one in members]
    if call.get("agg_distinct"):
        found = [one for number, one in enumerate(found) if one not in found[:number]]
    if name == "array_agg":
        return found or None
    found = [one for one in found if one is not None]
    if name == "count":
        return len(found)
    if not found:
        return None
    if name == "string_agg":
        mark = value(members[0], arguments[1])
        return calls.text(mark).join(calls.text(one) for one in found)
    if name in ("bool_or", "bool_and", "every"):
        return any(found) if name == "bool_or" else all(found)
    if name == "sum":
        return sum(found)
    return min(found) if name == "min" else max(found)
