"""The name that PostgreSQL gives to a column made by an expression.

Follows FigureColnameInternal of src/backend/parser/parse_target.c.
"""

from __future__ import annotations

from workers.engine.sql.postgres import Node
from workers.engine.sql.resolve import strings

_NAMED = {
    "CoalesceExpr": "coalesce",
    "A_ArrayExpr": "array",
    "RowExpr": "row",
    "GroupingFunc": "grouping",
    "XmlSerialize": "xmlserialize",
    "JsonObjectConstructor": "json_object",
    "JsonArrayConstructor": "json_array",
    "JsonArrayQueryConstructor": "json_array",
    "JsonObjectAgg": "json_objectagg",
    "JsonArrayAgg": "json_arrayagg",
    "JsonParseExpr": "json",
    "JsonScalarExpr": "json_scalar",
    "JsonSerializeExpr": "json_serialize",
    "MergeSupportFunc": "merge_action",
}
_SQL_VALUES = {
    "SVFOP_CURRENT_DATE": "current_date",
    "SVFOP_CURRENT_TIME": "current_time",
    "SVFOP_CURRENT_TIME_N": "current_time",
    "SVFOP_CURRENT_TIMESTAMP": "current_timestamp",
    "SVFOP_CURRENT_TIMESTAMP_N": "current_timestamp",
    "SVFOP_LOCALTIME": "localtime",
    "SVFOP_LOCALTIME_N": "localtime",
    "SVFOP_LOCALTIMESTAMP": "localtimestamp",
    "SVFOP_LOCALTIMESTAMP_N": "localtimestamp",
    "SVFOP_CURRENT_ROLE": "current_role",
    "SVFOP_CURRENT_USER": "current_user",
    "SVFOP_USER": "user",
    "SVFOP_SESSION_USER": "session_user",
    "SVFOP_CURRENT_CATALOG": "current_catalog",
    "SVFOP_CURRENT_SCHEMA": "current_schema",
}


def column_label(node: Node) -> str | None:
    """The name, or None where PostgreSQL would say "?column?"."""
    return _figure(node)[0]


def _figure(node: Node) -> tuple[str | None, int]:
    ((kind, fields),) = node.items()
    if kind == "ColumnRef":
        names = [name for name in strings(fields["fields"]) if name != "*"]
        return (names[-1] if names else None), 2
    if kind == "FuncCall":
        return strings(fields["funcname"])[-1], 2
    if kind == "A_Indirection":
        return _indirection(fields)
    if kind == "TypeCast":
        name, strength = _figure(fields["arg"])
        if strength <= 1:
            return strings(fields["typeName"]["names"])[-1], 1
        return name, strength
    if kind == "CollateClause":
        return _figure(fields["arg"])
    if kind == "CaseExpr":
        name, strength = _figure(fields["defresult"]) if fields.get("defresult") else (None, 0)
        return ("case", 1) if strength <= 1 else (name, strength)
    if kind == "MinMaxExpr":
        return ("greatest" if fields.get("op") == "IS_GREATEST" else "least"), 2
    if kind == "SQLValueFunction":
        return _SQL_VALUES.get(fields.get("op", "")), 2
    if kind == "A_Expr" and fields.get("kind") == "AEXPR_NULLIF":
        return "nullif", 2
    if kind in ("XmlExpr", "JsonFuncExpr"):
        # IS_XMLPARSE, JSON_VALUE_OP.
        name = str(fields.get("op", "")).removeprefix("IS_").removesuffix("_OP").lower()
        return (None, 0) if name == "document" else (name or None, 2)
    if kind == "SubLink":
        return _sublink(fields)
    return (_NAMED[kind], 2) if kind in _NAMED else (None, 0)


def _indirection(fields: Node) -> tuple[str | None, int]:
    for one in reversed(fields.get("indirection", ())):
        if "String" in one:
            return str(one["String"].get("sval", "")), 2
    return _figure(fields["arg"])


def _sublink(fields: Node) -> tuple[str | None, int]:
    kind = fields.get("subLinkType")
    if kind == "EXISTS_SUBLINK":
        return "exists", 2
    if kind == "ARRAY_SUBLINK":
        return "array", 2
    if kind == "EXPR_SUBLINK":
        query = fields["subselect"].get("SelectStmt", {})
        while "larg" in query:
            query = query["larg"]
        targets = query.get("targetList", ())
        if targets:
            target = targets[0]["ResTarget"]
            if target.get("name"):
                return target["name"], 2
            return _figure(target["val"])
    return None, 0
