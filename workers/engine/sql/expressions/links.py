"""Subqueries in expressions: EXISTS, IN, ARRAY and scalar ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engine.sql.expressions import operators
from workers.engine.sql.expressions.kinds import BOOLEAN, TEXT, UNKNOWN, array
from workers.engine.sql.expressions.queries import analyse
from workers.engine.sql.expressions.typed import Link, Typed, UnprintableError, Var
from workers.engine.sql.postgres import Node
from workers.engine.sql.resolve import strings

if TYPE_CHECKING:
    from workers.engine.sql.expressions.analysis import Analysis


def link(analysis: Analysis, fields: Node) -> Typed:
    """A SubLink."""
    query = analyse(analysis.scope, fields["subselect"])
    kind = fields.get("subLinkType", "EXISTS_SUBLINK")
    if kind == "EXISTS_SUBLINK":
        return Link(BOOLEAN, query, "EXISTS ")
    first = query.targets[0].value.type
    item = TEXT if first == UNKNOWN else first
    if kind == "EXPR_SUBLINK":
        return Link(item, query, modifiers=query.targets[0].value.modifiers)
    if kind == "ARRAY_SUBLINK":
        return Link(array(item), query, "ARRAY")
    if kind not in ("ANY_SUBLINK", "ALL_SUBLINK") or len(query.targets) != 1:
        raise UnprintableError(f"a {kind}")
    name = strings(fields.get("operName", ()))[-1:] or ("=",)
    left = analysis.expression(fields["testexpr"])
    compared = operators.binary(name[0], left, Var(item, ("column",)), analysis.scope)
    if kind == "ANY_SUBLINK" and name[0] == "=":
        return Link(BOOLEAN, query, "IN ", compared.operands[0])
    word = "ANY " if kind == "ANY_SUBLINK" else "ALL "
    return Link(BOOLEAN, query, word, compared.operands[0], f"{name[0]} ")
