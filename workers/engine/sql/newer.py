"""What older servers do not read: SQL/JSON, which some take for calls, and `1_000`.

The constructors and IS JSON are PostgreSQL 16's, JSON_QUERY and its like are 17's
(https://www.postgresql.org/docs/17/release-17.html). An older server takes the plain ones for
calls of functions that are not there.
"""

from __future__ import annotations

from types import MappingProxyType

from workers.engine.sql.postgres import Node, SqlSyntaxError, scan
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


def grouped_number(data: bytes, server_version: int) -> tuple[int, str] | None:
    """The first number with underscores among its digits, where PostgreSQL 15 reads the text.

    From 16 on they are read; what a server before 15 makes of one depends on where it stands.
    """
    if server_version != 15 or not _may_group(data):
        return None
    try:
        tokens = scan(data)
    except SqlSyntaxError:
        return None
    for token in tokens:
        word = data[token.start : token.end]
        if b"_" in word and word[:1].isdigit():
            return token.start, word.decode()
    return None


def _may_group(data: bytes) -> bool:
    """Whether an underscore stands between digits that no letter or underscore begins."""
    for digit in b"0123456789":
        pair = bytes((digit, 95))
        at = data.find(pair)
        while at >= 0:
            if data[at + 2 : at + 3].isdigit() and _begins_a_number(data, at):
                return True
            at = data.find(pair, at + 1)
    return False


def _begins_a_number(data: bytes, start: int) -> bool:
    """Whether the digits and underscores up to there follow no letter."""
    while start > 0 and (data[start - 1 : start].isdigit() or data[start - 1] == 95):
        start -= 1
    return data[start : start + 1].isdigit() and not data[start - 1 : start].isalpha()
