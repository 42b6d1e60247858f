"""Operators: which one is meant, and what the forms without an operator's name stand for.

Follows make_op of src/backend/parser/parse_oper.c and the transformAExpr functions of
parse_expr.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engine.schema.model import SqlType
from workers.engine.schema.types import format_type
from workers.engine.sql.expressions import candidates
from workers.engine.sql.expressions.coercion import to_type
from workers.engine.sql.expressions.kinds import (
    BOOLEAN,
    POLYMORPHIC,
    UNKNOWN,
    array,
    base,
    element,
)
from workers.engine.sql.expressions.polymorphic import common_type, resolved, substitute
from workers.engine.sql.expressions.typed import (
    Array,
    ArrayTest,
    Listed,
    Logic,
    MismatchError,
    Operation,
    Test,
    Typed,
    UnprintableError,
    Var,
)
from workers.engine.sql.postgres import Node
from workers.engine.sql.resolve import strings
from workers.engine.sql.scope import Scope

if TYPE_CHECKING:
    from workers.engine.sql.expressions.analysis import Analysis


_ANY_ENUM = SqlType("anyenum")


def binary(name: str, left: Typed, right: Typed, scope: Scope) -> Operation:
    """`left name right` with the operator that the types choose."""
    return _make(name, (left, right), scope)


def _make(name: str, operands: tuple[Typed, ...], scope: Scope) -> Operation:
    types = tuple(one.type for one in operands)
    chosen = _choose(name, types, scope)
    arguments, result = _settled(chosen, types, scope)
    if chosen.is_variadic:
        raise UnprintableError("an operator cannot be variadic")
    cast = tuple(to_type(o, a, scope) for o, a in zip(operands, arguments, strict=True))
    return Operation(result, name, cast, chosen.schema)


def _settled(
    chosen: candidates.Candidate, types: candidates.Types, scope: Scope
) -> tuple[candidates.Types, SqlType]:
    """The actual argument types and result of a candidate."""
    if not any(kind in POLYMORPHIC for kind in (*chosen.arguments, chosen.result)):
        return chosen.arguments, chosen.result
    found = resolved(types, chosen.arguments, scope)
    if found is None:
        raise UnprintableError("polymorphic types that do not agree")
    arguments = tuple(substitute(kind, found) for kind in chosen.arguments)
    return arguments, substitute(chosen.result, found)


def _choose(name: str, types: candidates.Types, scope: Scope) -> candidates.Candidate:
    if all(kind.schema is None for kind in types):
        found = candidates.plain_operator(name, types)
        return found if found is not None else _none(name, types, scope)
    own = _own(name, types, scope)
    if own is not None:
        return own
    if any(kind.schema is not None and _is_foreign(kind, scope) for kind in types):
        raise UnprintableError("an operator on a type that an extension brings")
    known = [one for one in candidates.builtin_operators(name) if len(one.arguments) == len(types)]
    if len({kind for kind in types if kind != UNKNOWN}) == 1 and not types[0].is_array:
        # Two of one enum: only the operator on any enum takes them.
        enums = candidates.exact(known, (_ANY_ENUM, _ANY_ENUM))
        if enums is not None and any(scope.enum(kind) is not None for kind in types):
            return enums
    found = _exact(known, types, scope)
    if found is None:
        found = candidates.select(candidates.matching(known, types, scope), types, scope)
    return found if found is not None else _none(name, types, scope)


COMMON = frozenset(
    (
        "smallint", "integer", "bigint", "numeric", "double precision", "text", "boolean",
        "character varying", "timestamp without time zone", "timestamp with time zone", "date",
        "jsonb", "json", "uuid", "unknown",
    )
)  # fmt: skip
"""Types of which all functions and operators of pg_catalog's are known here."""


def _none(name: str, types: candidates.Types, scope: Scope) -> candidates.Candidate:
    """No operator, or no one operator: refused where all operators of the types are known."""
    own = _own(name, types, scope)
    if own is not None:
        return own
    known = [one for one in candidates.builtin_operators(name) if len(one.arguments) == len(types)]
    under = (kind if kind == UNKNOWN else base(kind, scope) for kind in types)
    is_sure = all(
        kind.name in COMMON if kind.schema is None else scope.enum(kind) is not None
        for kind in under
    )
    if is_sure and not candidates.matching(known, types, scope) and not scope.has_operator(name):
        shown = f" {name} ".join(format_type(kind) for kind in types)
        raise MismatchError("42883", f"operator does not exist: {shown}")
    raise UnprintableError(f"no one operator {name} for the types")


def _own(name: str, types: candidates.Types, scope: Scope) -> candidates.Candidate | None:
    """binary_oper_exact, of the history's own; a literal is first taken for the other's type."""
    if len(types) == 2 and UNKNOWN in types:
        types = tuple(types[1 - at] if kind == UNKNOWN else kind for at, kind in enumerate(types))
    found = scope.own_operator(name, types)
    if found is None:
        return None
    place, operands, result = found
    return candidates.Candidate(operands, result, schema=place)


def _is_foreign(kind: SqlType, scope: Scope) -> bool:
    item = base(element(kind), scope)
    return item.schema is not None and scope.enum(item) is None


def _exact(
    known: list[candidates.Candidate], types: candidates.Types, scope: Scope
) -> candidates.Candidate | None:
    plain = tuple(kind if kind == UNKNOWN else base(kind, scope) for kind in types)
    return candidates.exact_operator(known, types) or candidates.exact_operator(known, plain)


def operation(analysis: Analysis, fields: Node) -> Typed:
    """An A_Expr of any kind."""
    kind = fields.get("kind", "AEXPR_OP")
    path = strings(fields.get("name", ()))
    if len(path) > 1 and path[0] != "pg_catalog":
        raise UnprintableError("an operator of another schema")
    name = path[-1] if path else ""
    if kind in ("AEXPR_OP", "AEXPR_LIKE", "AEXPR_ILIKE", "AEXPR_SIMILAR"):
        return _plain(analysis, name, fields)
    if kind in ("AEXPR_OP_ANY", "AEXPR_OP_ALL"):
        return _any_or_all(analysis, name, fields, kind.removeprefix("AEXPR_OP_"))
    if kind == "AEXPR_IN":
        return _in(analysis, name, fields)
    if "BETWEEN" in kind:
        return _between(analysis, fields, kind)
    if kind in ("AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT"):
        return _distinct(analysis, fields, kind)
    if kind == "AEXPR_NULLIF":
        compared = binary("=", *_sides(analysis, fields), analysis.scope)
        first = compared.operands[0]
        return Listed(first.type, "NULLIF", compared.operands, first.modifiers)
    raise UnprintableError(f"{kind} is not analysed")


def _sides(analysis: Analysis, fields: Node) -> tuple[Typed, Typed]:
    return analysis.expression(fields["lexpr"]), analysis.expression(fields["rexpr"])


def _plain(analysis: Analysis, name: str, fields: Node) -> Typed:
    if "lexpr" not in fields:
        return _make(name, (analysis.expression(fields["rexpr"]),), analysis.scope)
    left, right = _sides(analysis, fields)
    if "RowExpr" in fields["lexpr"] or "RowExpr" in fields["rexpr"]:
        raise UnprintableError("a comparison of rows")
    return binary(name, left, right, analysis.scope)


def _any_or_all(analysis: Analysis, name: str, fields: Node, word: str) -> Typed:
    left, right = _sides(analysis, fields)
    return _array_test(analysis.scope, name, left, right, word)


def _array_test(scope: Scope, name: str, left: Typed, right: Typed, word: str) -> ArrayTest:
    """make_scalar_array_op: the operator compares the left side with the elements."""
    item = UNKNOWN if right.type == UNKNOWN else element(base(right.type, scope))
    if right.type != UNKNOWN and not base(right.type, scope).is_array:
        if base(right.type, scope).name in COMMON:
            raise MismatchError("42809", "op ANY/ALL (array) requires array on right side")
        raise UnprintableError("ANY needs an array")
    types = left.type, item
    chosen = _choose(name, types, scope)
    arguments, _ = _settled(chosen, types, scope)
    if arguments[1].is_array:
        shown = format_type(arguments[1])
        raise MismatchError("42704", f"could not find array type for data type {shown}")
    cast = to_type(right, array(arguments[1]), scope)
    return ArrayTest(BOOLEAN, name, to_type(left, arguments[0], scope), cast, word)


def _in(analysis: Analysis, name: str, fields: Node) -> Typed:
    scope = analysis.scope
    left = analysis.expression(fields["lexpr"])
    nodes = fields["rexpr"]["List"]["items"]
    if "RowExpr" in fields["lexpr"]:
        raise UnprintableError("a comparison of rows")
    items = analysis.expressions(nodes)
    constants = [one for one in items if not _has_column(one)]
    word = "ANY" if name == "=" else "ALL"
    tests: list[Typed] = []
    if len(constants) > 1:
        kind = common_type([left.type, *(one.type for one in constants)], scope)
        if kind is not None and not kind.is_array and kind.name != "record":
            listed = Array(array(kind), tuple(to_type(one, kind, scope) for one in constants))
            tests.append(_array_test(scope, name, left, listed, word))
            items = tuple(one for one in items if _has_column(one))
    tests.extend(binary(name, left, one, scope) for one in items)
    if len(tests) == 1:
        return tests[0]
    return Logic(BOOLEAN, "OR" if name == "=" else "AND", tuple(tests))


def _has_column(node: object) -> bool:
    """contain_vars_of_level, for what can stand in a list."""
    if isinstance(node, Var):
        return True
    if isinstance(node, (tuple, list)):
        return any(_has_column(one) for one in node)
    slots = getattr(node, "__struct_fields__", None)
    if not slots or isinstance(node, SqlType):
        return False
    return any(_has_column(getattr(node, name)) for name in slots)


def _between(analysis: Analysis, fields: Node, kind: str) -> Typed:
    scope = analysis.scope
    low, high = fields["rexpr"]["List"]["items"]

    def compare(name: str, node: Node) -> Typed:
        left = analysis.expression(fields["lexpr"])
        return binary(name, left, analysis.expression(node), scope)

    is_not = kind.startswith("AEXPR_NOT")
    first, second, word = ("<", ">", "OR") if is_not else (">=", "<=", "AND")
    pair = Logic(BOOLEAN, word, (compare(first, low), compare(second, high)))
    if not kind.endswith("_SYM"):
        return pair
    swapped = Logic(BOOLEAN, word, (compare(first, high), compare(second, low)))
    return Logic(BOOLEAN, "AND" if is_not else "OR", (pair, swapped))


def _distinct(analysis: Analysis, fields: Node, kind: str) -> Typed:
    left, right = _sides(analysis, fields)
    is_not = kind == "AEXPR_NOT_DISTINCT"
    for one, other in ((left, fields["rexpr"]), (right, fields["lexpr"])):
        if other.get("A_Const", {}).get("isnull"):
            return Test(BOOLEAN, one, "IS NULL" if is_not else "IS NOT NULL")
    compared = binary("=", left, right, analysis.scope)
    made = Operation(BOOLEAN, "IS DISTINCT FROM", compared.operands)
    return Logic(BOOLEAN, "NOT", (made,)) if is_not else made
