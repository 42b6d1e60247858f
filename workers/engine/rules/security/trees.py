"""Syntax trees of policies, as libpg_query prints them."""

from __future__ import annotations

from typing import Any

from workers.engine.fixes.tree import Statement, bare
from workers.engine.schema.model import QualifiedName
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import walk
from workers.engine.sql.resolve import strings

_CALLER = ("auth", "uid")


def column(*path: str) -> Node:
    """A column by its name, with the table before it where there are two."""
    return {"ColumnRef": {"fields": [{"String": {"sval": part}} for part in path]}}


def equal(left: Node, right: Node) -> Node:
    """`left = right`."""
    name = [{"String": {"sval": "="}}]
    return {"A_Expr": {"kind": "AEXPR_OP", "name": name, "lexpr": left, "rexpr": right}}


def conjunction(parts: list[Node]) -> Node:
    """The parts joined with AND."""
    return parts[0] if len(parts) == 1 else {"BoolExpr": {"boolop": "AND_EXPR", "args": parts}}


def exists(tables: list[QualifiedName], condition: Node) -> Node:
    """EXISTS (SELECT 1 FROM tables WHERE condition)."""
    select: Node = {
        "targetList": [{"ResTarget": {"val": {"A_Const": {"ival": {"ival": 1}}}}}],
        "fromClause": [{"RangeVar": _relation(table)} for table in tables],
        "whereClause": condition,
        "limitOption": "LIMIT_OPTION_DEFAULT",
        "op": "SETOP_NONE",
    }
    return {"SubLink": {"subLinkType": "EXISTS_SUBLINK", "subselect": {"SelectStmt": select}}}


def _relation(name: QualifiedName) -> Node:
    return {"schemaname": name.schema, "relname": name.name, "inh": True, "relpersistence": "p"}


def create_policy(
    title: str, table: QualifiedName, command: str, roles: tuple[str, ...], condition: Node
) -> Statement:
    """CREATE POLICY."""
    clause = "with_check" if command == "INSERT" else "qual"
    fields: Node = {
        "policy_name": title,
        "table": _relation(table),
        "cmd_name": command.lower(),
        "permissive": True,
        "roles": [_role(role) for role in roles],
        clause: condition,
    }
    return Statement("CreatePolicyStmt", bare(fields))


def _role(role: str) -> Node:
    if role == "public":
        return {"RoleSpec": {"roletype": "ROLESPEC_PUBLIC"}}
    return {"RoleSpec": {"roletype": "ROLESPEC_CSTRING", "rolename": role}}


def owner_comparison(condition: Node) -> tuple[str, Node] | None:
    """The column and the caller of `column = auth.uid()`, however it is wrapped or cast."""
    compared = condition.get("A_Expr", {})
    if strings(compared.get("name", []))[-1:] != ("=",):
        return None
    left, right = compared.get("lexpr", {}), compared.get("rexpr", {})
    for own, caller in ((left, right), (right, left)):
        inner = own.get("TypeCast", {}).get("arg", own)
        fields = inner.get("ColumnRef", {}).get("fields")
        if fields and "TypeCast" not in own and _names_caller(caller):
            return strings(fields)[-1], without_alias(caller)
    return None


def _names_caller(node: Node) -> bool:
    return any(
        kind == "FuncCall" and strings(fields.get("funcname", [])) == _CALLER
        for kind, fields in walk(node)
    )


def without_alias(node: Any) -> Any:
    """`( SELECT auth.uid() AS uid)` as somebody would write it."""
    if isinstance(node, list):
        return [without_alias(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {"val": without_alias(value["val"])} if key == "ResTarget" else without_alias(value)
        for key, value in node.items()
    }
