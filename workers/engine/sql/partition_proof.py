"""Whether the valid checks of a table prove that all its rows lie within a partition's bounds.

PostgreSQL looks at no row where they do (ALTER TABLE, "ATTACH PARTITION"): the key must be known
not to be NULL, and the checks must imply both bounds, or the list of values. Read here for a key
of one column; for others a check on the columns of the key is taken as proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from workers.engine.numerals import is_whole
from workers.engine.schema.model import Table
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse_expression

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


def is_proven(part: Table, key: str, bound: Node) -> bool:
    """Whether attaching `part` needs no scan; `key` as in `Table.partition_key`."""
    terms = list(_terms(part))
    column = key.partition("(")[2].rpartition(")")[0].strip().strip('"')
    known = part.column(column)
    if known is None or bound.get("is_default") or bound.get("strategy") not in ("r", "l"):
        return _speaks_of(part, key)
    if not known.not_null and not any(_is_not_null(term, column) for term in terms):
        return False
    said = [one for term in terms for one in _comparisons(term, column)]
    if bound["strategy"] == "l":
        wanted = {_constant(one) for one in bound.get("listdatums", ())}
        return any(sign == "=" and values and set(values) <= wanted for sign, values in said)
    lower, upper = bound.get("lowerdatums", ()), bound.get("upperdatums", ())
    return _is_bounded(said, lower, ">") and _is_bounded(said, upper, "<")


def _speaks_of(part: Table, key: str) -> bool:
    return any(
        not check.not_valid and check.columns and all(column in key for column in check.columns)
        for check in part.checks
    )


def _terms(part: Table) -> Iterator[Node]:
    """The conditions that every row fulfils: those of valid checks, split at AND."""
    for check in part.checks:
        text = check.definition.removeprefix("CHECK ").removesuffix(" NO INHERIT")
        if check.not_valid:
            continue
        try:
            yield from _split(parse_expression(text))
        except SqlSyntaxError:
            continue


def _split(node: Node) -> Iterator[Node]:
    both = node.get("BoolExpr", {})
    if both.get("boolop") != "AND_EXPR":
        yield node
        return
    for one in both["args"]:
        yield from _split(one)


def _is_not_null(term: Node, column: str) -> bool:
    test = term.get("NullTest", {})
    return test.get("nulltesttype") == "IS_NOT_NULL" and _column(test.get("arg", {})) == column


def _comparisons(term: Node, column: str) -> Iterator[tuple[str, tuple[str | None, ...]]]:
    """A comparison of the column with constants: its sign, with the column at the left."""
    compared = term.get("A_Expr", {})
    names = compared.get("name", ())
    sign = names[-1].get("String", {}).get("sval", "") if names else ""
    left, right = compared.get("lexpr", {}), compared.get("rexpr", {})
    if sign not in _MIRRORED or not isinstance(left, dict) or not isinstance(right, dict):
        return
    if _column(left) == column:
        yield sign, _constants(right)
    elif _column(right) == column:
        yield _MIRRORED[sign], _constants(left)


def _column(node: Node) -> str | None:
    inner = node.get("TypeCast", {}).get("arg", node)
    fields = inner.get("ColumnRef", {}).get("fields", ())
    return fields[-1].get("String", {}).get("sval") if fields else None


def _constants(node: Node) -> tuple[str | None, ...]:
    inner = node.get("TypeCast", {}).get("arg", node)
    many = inner.get("A_ArrayExpr", {}).get("elements") or inner.get("List", {}).get("items")
    return tuple(_constant(one) for one in many) if many else (_constant(inner),)


def _constant(node: Node) -> str | None:
    inner = node.get("TypeCast", {}).get("arg", node)
    constant = inner.get("A_Const", {})
    for kind in ("sval", "ival", "fval"):
        if kind in constant:
            return str(constant[kind].get(kind, 0 if kind == "ival" else ""))
    return None


def _is_bounded(
    said: list[tuple[str, tuple[str | None, ...]]], datums: list[Node], direction: str
) -> bool:
    """Whether some comparison keeps to a bound; MINVALUE and MAXVALUE keep nobody out."""
    if not datums or "ColumnRef" in datums[0]:
        return True
    wanted = _constant(datums[0])
    return any(
        sign[0] in (direction, "=")
        and values
        and all(_keeps(sign, value, wanted, direction) for value in values)
        for sign, values in said
    )


def _keeps(sign: str, value: str | None, wanted: str | None, direction: str) -> bool:
    order = _order(value, wanted)
    if order is None:
        return False
    if direction == ">":
        return order >= 0
    return order < 0 or (order == 0 and sign == "<")


def _order(one: str | None, other: str | None) -> int | None:
    """How two constants compare: as numbers, or as days and times; None where that is unsure."""
    if one is None or other is None:
        return None
    try:
        a, b = Decimal(one), Decimal(other)
    except InvalidOperation:
        first, second = _moment(one), _moment(other)
        if first == second:
            return 0
        if not (is_whole(first[:4]) and is_whole(second[:4])):
            return None
        return 1 if first > second else -1
    return (a > b) - (a < b)


def _moment(text: str) -> str:
    """A day without a midnight behind it: `2025-01-01 00:00:00` is `2025-01-01`."""
    return text.replace("T", " ").removesuffix("+00").removesuffix(" 00:00:00")
