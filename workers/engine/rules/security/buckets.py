"""Storage buckets as the migrations insert them, and policies that show a whole one."""

from __future__ import annotations

from typing import Any

from workers.engine.rules.context import Context
from workers.engine.source import Origin
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse, parse_expression

_BUCKETS = {"schemaname": "storage", "relname": "buckets"}


def public_buckets(context: Context) -> dict[str, Origin]:
    """The buckets that are public after all migrations, with the statement that says so."""
    found: dict[str, Origin] = {}
    for step in context.replay.steps:
        if step.kind not in ("InsertStmt", "UpdateStmt", "DeleteStmt"):
            continue
        source = context.sources.get(step.origin.path)
        span = step.origin.span
        text = source.text[span.start : span.end] if source is not None else ""
        if "buckets" in text:
            _take(text, step.origin, found)
    return found


def _take(text: str, origin: Origin, found: dict[str, Origin]) -> None:
    try:
        statements = parse(text.encode())
    except SqlSyntaxError:
        return
    for statement in statements:
        relation = statement.fields.get("relation", {})
        if any(relation.get(key) != value for key, value in _BUCKETS.items()):
            continue
        if statement.kind == "InsertStmt":
            _inserted(statement.fields, origin, found)
        else:
            _changed(statement.kind, statement.fields, origin, found)


def _inserted(fields: Node, origin: Origin, found: dict[str, Origin]) -> None:
    columns = [one["ResTarget"].get("name") for one in fields.get("cols", ())]
    if "id" not in columns or "public" not in columns:
        return
    select = fields.get("selectStmt", {}).get("SelectStmt", {})
    for row in select.get("valuesLists", ()):
        values = row.get("List", {}).get("items", ())
        by_name = dict(zip(columns, values, strict=False))
        bucket = _text(by_name.get("id", {}))
        if bucket is not None and _is_true(by_name.get("public", {})):
            found[bucket] = origin


def _changed(kind: str, fields: Node, origin: Origin, found: dict[str, Origin]) -> None:
    bucket = _compared(fields.get("whereClause", {}), ("id", "name"))
    if bucket is None:
        return
    if kind == "DeleteStmt":
        found.pop(bucket, None)
    for one in fields.get("targetList", ()):
        target = one.get("ResTarget", {})
        if target.get("name") == "public":
            if _is_true(target.get("val", {})):
                found[bucket] = origin
            else:
                found.pop(bucket, None)


def listable_bucket(using: str | None, bucket: str) -> bool:
    """Whether a policy's condition holds for every object of a bucket."""
    if using is None:
        return True
    try:
        node = parse_expression(using)
    except SqlSyntaxError:
        return False
    return _is_true(node) or _compared(node, ("bucket_id",)) == bucket


def _compared(node: Any, columns: tuple[str, ...]) -> str | None:
    """The text that one of the columns is compared with, where that is all there is."""
    compared = node.get("A_Expr", {}) if isinstance(node, dict) else {}
    left, right = compared.get("lexpr", {}), compared.get("rexpr", {})
    names = compared.get("name", ())
    if not names or names[-1].get("String", {}).get("sval") != "=":
        return None
    for column, value in ((left, right), (right, left)):
        fields = column.get("ColumnRef", {}).get("fields", ())
        if fields and fields[-1].get("String", {}).get("sval") in columns:
            return _text(value)
    return None


def _text(node: Node) -> str | None:
    inner = node.get("TypeCast", {}).get("arg", node)
    value = inner.get("A_Const", {}).get("sval")
    return str(value.get("sval", "")) if isinstance(value, dict) else None


def _is_true(node: Node) -> bool:
    inner = node.get("TypeCast", {}).get("arg", node)
    constant = inner.get("A_Const", {})
    if constant.get("boolval", {}).get("boolval"):
        return True
    return str(constant.get("sval", {}).get("sval", "")).lower() in ("t", "true")
