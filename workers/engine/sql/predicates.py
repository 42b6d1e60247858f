"""What a policy's expression does, read off its syntax tree.

The questions are those of Supabase's splinter lints 0003, 0015 and 0024, asked of the tree and not
of the text, so that a name in a string or a comment does not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from workers.engine.sql.postgres import Node, SqlSyntaxError, parse_expression

_PER_ROW = frozenset(
    {
        "auth.uid",
        "auth.jwt",
        "auth.role",
        "auth.email",
        "current_setting",
        "pg_catalog.current_setting",
    }
)
_METADATA = frozenset({"user_metadata", "raw_user_meta_data"})


class Predicate(Struct, frozen=True):
    """Facts about one USING or WITH CHECK expression.

    `bare_calls` are calls that PostgreSQL evaluates again for every row because no scalar
    sub-select wraps them; `is_read` is False where the expression could not be parsed.
    """

    is_always_true: bool = False
    bare_calls: tuple[str, ...] = ()
    wrapped_calls: tuple[str, ...] = ()
    reads_user_metadata: bool = False
    calls: frozenset[str] = field(default_factory=frozenset)
    is_read: bool = True


def predicate(text: str | None) -> Predicate | None:
    """The facts of an expression; None where there is none."""
    if text is None:
        return None
    try:
        node = parse_expression(text)
    except SqlSyntaxError:
        return Predicate(is_read=False)
    calls = list(_calls(node, is_wrapped=False))
    return Predicate(
        is_always_true=_is_true(node),
        bare_calls=tuple(name for name, wrapped in calls if name in _PER_ROW and not wrapped),
        wrapped_calls=tuple(name for name, wrapped in calls if name in _PER_ROW and wrapped),
        reads_user_metadata=_reads_metadata(node),
        calls=frozenset(name for name, _ in calls),
    )


def _calls(node: Any, *, is_wrapped: bool) -> Iterator[tuple[str, bool]]:
    if isinstance(node, list):
        for child in node:
            yield from _calls(child, is_wrapped=is_wrapped)
    elif isinstance(node, dict):
        call = node.get("FuncCall")
        if call is not None:
            yield _dotted(call.get("funcname", ())), is_wrapped
        link = node.get("SubLink")
        wraps = link is not None and _is_scalar(link)
        for key, child in node.items():
            inner = wraps if key == "SubLink" else is_wrapped and key != "FuncCall"
            yield from _calls(child, is_wrapped=inner or (is_wrapped and key == "FuncCall"))


def _is_scalar(link: Node) -> bool:
    """`(SELECT f())` without FROM: planned once, as an InitPlan."""
    if link.get("subLinkType") != "EXPR_SUBLINK":
        return False
    select = link.get("subselect", {}).get("SelectStmt", {})
    return not select.get("fromClause")


def _dotted(names: list[Node]) -> str:
    parts = [name["String"].get("sval", "") for name in names if "String" in name]
    return ".".join(parts).lower()


def _is_true(node: Node) -> bool:
    """`true`, `1 = 1` and what is an AND or OR of such."""
    constant = node.get("A_Const")
    if constant is not None:
        return bool(constant.get("boolval", {}).get("boolval"))
    cast = node.get("TypeCast")
    if cast is not None:
        return _is_true(cast.get("arg", {}))
    expression = node.get("A_Expr")
    if expression is not None:
        left, right = expression.get("lexpr", {}), expression.get("rexpr", {})
        names = expression.get("name", [])
        is_equal = bool(names) and names[-1].get("String", {}).get("sval") == "="
        return is_equal and "A_Const" in left and _value(left) == _value(right)
    logic = node.get("BoolExpr")
    if logic is not None:
        parts = [_is_true(part) for part in logic.get("args", ())]
        if logic.get("boolop") == "OR_EXPR":
            return any(parts)
        return logic.get("boolop") == "AND_EXPR" and all(parts)
    return False


def _value(node: Node) -> object:
    constant = node.get("A_Const")
    if constant is None:
        return object()
    return {key: value for key, value in constant.items() if key != "location"}


def _reads_metadata(node: Any) -> bool:
    if isinstance(node, list):
        return any(_reads_metadata(child) for child in node)
    if not isinstance(node, dict):
        return False
    constant = node.get("A_Const")
    if isinstance(constant, dict) and constant.get("sval", {}).get("sval") in _METADATA:
        return True
    column = node.get("ColumnRef")
    if isinstance(column, dict):
        names = _dotted([part for part in column.get("fields", ()) if "String" in part])
        if names.rpartition(".")[2] in _METADATA:
            return True
    return any(_reads_metadata(child) for child in node.values())
