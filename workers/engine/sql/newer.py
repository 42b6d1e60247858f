"""SQL/JSON on servers that are older than it: what their grammar does not read, or takes for calls.

The constructors and IS JSON are PostgreSQL 16's, JSON_QUERY and its like are 17's
(https://www.postgresql.org/docs/17/release-17.html). An older server takes the plain ones for
calls of functions that are not there.
"""

from __future__ import annotations

from types import MappingProxyType

from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError

_SINCE = MappingProxyType(
    {
        "JsonIsPredicate": (16, ""),
        "JsonArrayConstructor": (16, "json_array"),
        "JsonArrayQueryConstructor": (16, ""),
        "JsonObjectConstructor": (16, ""),
        "JsonArrayAgg": (16, "json_arrayagg"),
        "JsonObjectAgg": (16, ""),
        "JsonScalarExpr": (17, "json_scalar"),
        "JsonSerializeExpr": (17, "json_serialize"),
        "JsonParseExpr": (17, "json"),
        "JsonFuncExpr": (17, "json_query"),
        "JsonTable": (17, ""),
        "MergeSupportFunc": (17, "merge_action"),
    }
)
"""The first version that reads a node, and the function that an older one takes a plain one for."""
_OWN = frozenset(("output", "on_empty", "on_error", "wrapper", "quotes", "passing", "unique"))


def check_age(kind: str, fields: Node, server_version: int) -> None:
    """Refuse a node that a server of a version does not read."""
    if kind not in _SINCE or server_version >= _SINCE[kind][0]:
        return
    name = _SINCE[kind][1]
    inside = {**fields.get("constructor", {}), **fields}
    if name and _OWN.isdisjoint(inside):
        raise RefusedError("42883", f"function {name} does not exist")
    word = "IS JSON" if kind == "JsonIsPredicate" else "JSON"
    raise RefusedError("42601", f'syntax error at or near "{word.split()[-1]}"')
