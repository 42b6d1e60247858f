"""The value of an expression, given the catalogue and the variables.

Values are Python's: str, int, float, Decimal, bool, None, a list for an array, a dict for a record,
an `Oid` for what PostgreSQL has a number for.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from workers.engine.numerals import is_handy, is_whole
from workers.engine.schema.model import QualifiedName
from workers.engine.schema.names import quote
from workers.engine.sql import registered, resolve
from workers.engine.sql.expressions.constants import identifiers
from workers.engine.sql.plpgsql import calls, catalogue
from workers.engine.sql.plpgsql.catalogue import Oid, class_oid, type_oid, type_text
from workers.engine.sql.plpgsql.comparison import compare, matches
from workers.engine.sql.plpgsql.world import TooLongError, UnevaluableError, World
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings


def value(world: World, node: Node) -> Any:
    """The value of a node; raises UnevaluableError, or RefusedError as PostgreSQL would."""
    if len(node) != 1:
        raise UnevaluableError("an empty node")
    ((kind, fields),) = node.items()
    step = _STEPS.get(kind)
    if step is None:
        raise UnevaluableError(f"a {kind}")
    return step(world, fields)


def is_true(world: World, node: Node) -> bool:
    """Whether a condition holds; NULL does not."""
    return value(world, node) is True


def _constant(world: World, fields: Node) -> Any:
    if fields.get("isnull"):
        return None
    if "ival" in fields:
        return fields["ival"].get("ival", 0)
    if "boolval" in fields:
        return bool(fields["boolval"].get("boolval"))
    if "sval" in fields:
        return fields["sval"].get("sval", "")
    if "fval" in fields:
        text = fields["fval"].get("fval", "0")
        return int(text) if is_whole(text.lstrip("-")) else Decimal(text)
    raise UnevaluableError("a bit string")


def _column(world: World, fields: Node) -> Any:
    return world.name(strings(fields["fields"]))


def _logic(world: World, fields: Node) -> Any:
    if fields["boolop"] == "NOT_EXPR":
        inner = value(world, fields["args"][0])
        return None if inner is None else not inner
    decisive = fields["boolop"] == "OR_EXPR"
    result: bool | None = not decisive
    for one in fields["args"]:
        found = value(world, one)
        if found is decisive:
            return decisive
        if found is None:
            result = None
    return result


def _null_test(world: World, fields: Node) -> bool:
    is_null = value(world, fields["arg"]) is None
    return not is_null if fields.get("nulltesttype") == "IS_NOT_NULL" else is_null


def _boolean_test(world: World, fields: Node) -> bool:
    found = value(world, fields["arg"])
    kind = fields.get("booltesttype", "IS_TRUE")
    wanted = {"TRUE": True, "FALSE": False, "UNKNOWN": None}[kind.rpartition("_")[2]]
    return (found is wanted) is not kind.startswith("IS_NOT")


def _case(world: World, fields: Node) -> Any:
    subject = value(world, fields["arg"]) if fields.get("arg") else None
    for one in fields["args"]:
        when = one["CaseWhen"]
        found = value(world, when["expr"])
        if (compare("=", subject, found) if fields.get("arg") else found) is True:
            return value(world, when["result"])
    return value(world, fields["defresult"]) if fields.get("defresult") else None


def _coalesce(world: World, fields: Node) -> Any:
    for one in fields["args"]:
        found = value(world, one)
        if found is not None:
            return found
    return None


def _array(world: World, fields: Node) -> list[Any]:
    return [value(world, one) for one in fields.get("elements", ())]


def _extreme(world: World, fields: Node) -> Any:
    found = [one for one in (value(world, each) for each in fields["args"]) if one is not None]
    if not found:
        return None
    return min(found) if fields.get("op") == "IS_LEAST" else max(found)


def _subscript(world: World, fields: Node) -> Any:
    found = value(world, fields["arg"])
    for one in fields["indirection"]:
        if "A_Indices" in one and not one["A_Indices"].get("is_slice"):
            at = value(world, one["A_Indices"]["uidx"])
            if not isinstance(found, list) or not isinstance(at, int):
                raise UnevaluableError("a subscript")
            found = found[at - 1] if 0 < at <= len(found) else None
        elif "String" in one and isinstance(found, dict):
            found = found.get(one["String"].get("sval", ""))
        else:
            raise UnevaluableError("a subscript")
    return found


def _word(world: World, fields: Node) -> Any:
    name = fields["op"]
    if name == "SVFOP_CURRENT_SCHEMA":
        return resolve.first_schema(world.state)
    world.is_certain = False
    if name in ("SVFOP_CURRENT_USER", "SVFOP_SESSION_USER", "SVFOP_USER", "SVFOP_CURRENT_ROLE"):
        return "postgres"
    if name == "SVFOP_CURRENT_CATALOG":
        return "postgres"
    raise UnevaluableError(name)


def _operation(world: World, fields: Node) -> Any:
    kind = fields.get("kind", "AEXPR_OP")
    name = strings(fields.get("name", ()))[-1:]
    sign = name[0] if name else ""
    if kind == "AEXPR_IN":
        left = value(world, fields["lexpr"])
        items = fields["rexpr"]["List"]["items"]
        found = _among(left, [value(world, one) for one in items])
        return found if sign == "=" or found is None else not found
    if "BETWEEN" in kind:
        return _between(world, fields, kind)
    if kind in ("AEXPR_OP_ANY", "AEXPR_OP_ALL"):
        return _any_or_all(world, fields, sign, kind)
    right = value(world, fields["rexpr"])
    if "lexpr" not in fields:
        return _signed(sign, right)
    left = value(world, fields["lexpr"])
    if kind == "AEXPR_NULLIF":
        return None if compare("=", left, right) is True else left
    if kind in ("AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT"):
        if left is None or right is None:
            is_same = left is right
        else:
            is_same = compare("=", left, right) is True
        return is_same is (kind == "AEXPR_NOT_DISTINCT")
    return binary(sign, left, right)


def _signed(sign: str, right: Any) -> Any:
    if sign == "-" and isinstance(right, (int, Decimal)):
        return -right
    raise UnevaluableError(f"the operator {sign}")


def _among(left: Any, items: list[Any]) -> bool | None:
    found = [compare("=", left, one) for one in items]
    return True if True in found else None if None in found else False


def _between(world: World, fields: Node, kind: str) -> bool | None:
    left = value(world, fields["lexpr"])
    low, high = (value(world, one) for one in fields["rexpr"]["List"]["items"])
    found = [compare(">=", left, low), compare("<=", left, high)]
    inside = None if None in found else all(found)
    return inside if inside is None or "NOT" not in kind else not inside


def _any_or_all(world: World, fields: Node, sign: str, kind: str) -> bool | None:
    left, right = value(world, fields["lexpr"]), value(world, fields["rexpr"])
    if isinstance(right, str):
        right = array_of(right)
    if right is None:
        return None
    if not isinstance(right, list):
        raise UnevaluableError("ANY needs an array")
    found = [binary(sign, left, one) for one in right]
    decisive = kind == "AEXPR_OP_ANY"
    if decisive in found:
        return decisive
    return None if None in found else not decisive


def array_of(text: str) -> list[Any]:
    """The elements of a plain array literal."""
    if not (text.startswith("{") and text.endswith("}")) or "{" in text[1:] or "\\" in text:
        raise UnevaluableError("an array literal")
    inner = text[1:-1]
    return [part.strip().strip('"') for part in inner.split(",")] if inner.strip() else []


def binary(sign: str, left: Any, right: Any) -> Any:
    """An operator on two values."""
    if sign in ("=", "<>", "!=", "<", "<=", ">", ">="):
        return compare(sign, left, right)
    if left is None or right is None:
        return right if sign == "||" and isinstance(right, list) else None
    if sign in ("~~", "!~~", "~~*", "!~~*", "~", "!~", "~*", "!~*", "^@"):
        return matches(sign, left, right)
    if sign == "||":
        return _joined(left, right)
    if sign in ("@>", "<@", "&&") and isinstance(left, list) and isinstance(right, list):
        return _sets(sign, left, right)
    return _arithmetic(sign, left, right)


def _joined(left: Any, right: Any) -> Any:
    if isinstance(left, list) or isinstance(right, list):
        sizes = [len(one) for one in (left, right) if isinstance(one, list)]
        if sum(sizes) > calls.MAX_TEXT // 10:
            raise TooLongError("an array in it grows too long")
        return [*(left if isinstance(left, list) else [left]),
                *(right if isinstance(right, list) else [right])]  # fmt: skip
    joined = calls.text(left) + calls.text(right)
    if len(joined) > calls.MAX_TEXT:
        raise TooLongError("a text in it grows too long")
    return joined


def _sets(sign: str, left: list[Any], right: list[Any]) -> bool:
    if sign == "&&":
        return any(one in right for one in left)
    inner, outer = (right, left) if sign == "@>" else (left, right)
    return all(one in outer for one in inner)


def _arithmetic(sign: str, left: Any, right: Any) -> Any:
    if not isinstance(left, (int, Decimal)) or not isinstance(right, (int, Decimal)):
        raise UnevaluableError(f"the operator {sign}")
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    if sign == "*":
        return left * right
    if sign in ("/", "%"):
        if right == 0:
            raise RefusedError("22012", "division by zero")
        if isinstance(left, int) and isinstance(right, int):
            quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
            return quotient if sign == "/" else left - quotient * right
        return left / right if sign == "/" else left % right
    raise UnevaluableError(f"the operator {sign}")


def _cast(world: World, fields: Node) -> Any:
    found = value(world, fields["arg"])
    names = strings(fields["typeName"]["names"])
    target = names[-1]
    if found is None:
        return None
    if fields["typeName"].get("arrayBounds"):
        return array_of(found) if isinstance(found, str) else found
    return cast(world, found, target)


def cast(world: World, found: Any, target: str) -> Any:
    """A value as a type of that name in pg_type."""
    if target in registered.KINDS and isinstance(found, str):
        registered.need(world.state, target, found)
        return _object(world, target, found)
    if target in registered.KINDS or target == "oid":
        return found
    if target in ("text", "varchar", "name", "bpchar", "citext"):
        return shown(world, found)
    if target in ("int4", "int8", "int2", "numeric", "float8"):
        return _number(found, target)
    if target == "bool" and isinstance(found, str):
        return found.lower() in ("t", "true", "yes", "on", "1")
    return found


def _number(found: Any, target: str) -> Any:
    try:
        number = Decimal(str(int(found) if isinstance(found, bool) else found).strip())
    except InvalidOperation:
        raise RefusedError("22P02", f'invalid input syntax for type {target}: "{found}"') from None
    if not is_handy(number):
        raise UnevaluableError("a number that is too long, or none")
    return int(number) if target.startswith("int") or number == int(number) else number


def _object(world: World, target: str, text: str) -> Oid:
    """The object that a literal names, which is certainly there or of the system's own."""
    if target == "regprocedure":
        signature = registered.procedure(world.state, text)
        if signature is not None:
            return Oid("proc", signature)
    path = identifiers(text.removesuffix("[]")) if target != "regprocedure" else ()
    if path and target in ("regnamespace", "regrole"):
        return Oid("namespace" if target == "regnamespace" else "role", path[-1])
    if path and target == "regclass":
        relation = resolve.lookup(world.state, *resolve.split_path(path))
        if relation is not None:
            return class_oid(relation)
        if path[-1] in catalogue.RELATIONS and path[:-1] in ((), ("pg_catalog",)):
            return class_oid(QualifiedName("pg_catalog", path[-1]))
    if path and target == "regtype":
        kind = resolve.find_type(world.state, path)
        if kind is not None:
            return type_oid(kind)
    raise UnevaluableError("an object of the system")


def shown(world: World, found: Any) -> str:
    """The value as text, an oid as its object's name."""
    if isinstance(found, Oid):
        if found.kind == "class" and isinstance(found.key, QualifiedName):
            return resolve.describe(world.state, found.key)
        if found.kind == "type":
            return type_text(found.key)
        if found.kind == "namespace":
            return quote(str(found.key))
        if found.kind == "proc":
            return _procedure(world, str(found.key))
        raise UnevaluableError("the number of an object")
    return calls.text(found)


def _procedure(world: World, signature: str) -> str:
    """A function as `regprocedure` shows it: without its schema where that is searched."""
    function = world.state.schema.functions.get(signature)
    if function is None:
        return signature
    schema, name = function.name
    is_near = schema in resolve.searched(world.state)
    shown_name = quote(name) if is_near else f"{quote(schema)}.{quote(name)}"
    return f"{shown_name}({','.join(function.arguments)})"


def _call(world: World, fields: Node) -> Any:
    name = strings(fields["funcname"])
    arguments = [value(world, one) for one in fields.get("args", ())]
    if len(name) > 1 and name[0] not in ("pg_catalog", "public"):
        raise UnevaluableError("a function of the user's")
    return calls.call(world, name[-1], arguments)


def _link(world: World, fields: Node) -> Any:
    from workers.engine.sql.plpgsql import queries

    kind = fields.get("subLinkType", "EXISTS_SUBLINK")
    rows = queries.rows(world, fields["subselect"])
    if kind == "EXISTS_SUBLINK":
        return bool(rows)
    first = [next(iter(row.values()), None) for row in rows]
    if kind == "EXPR_SUBLINK":
        return first[0] if first else None
    if kind == "ARRAY_SUBLINK":
        return first
    left = value(world, fields["testexpr"])
    sign = (strings(fields.get("operName", ()))[-1:] or ("=",))[0]
    found = [binary(sign, left, one) for one in first]
    decisive = kind == "ANY_SUBLINK"
    return decisive if decisive in found else None if None in found else not decisive


_STEPS: dict[str, Callable[[World, Node], Any]] = {
    "A_Const": _constant,
    "ColumnRef": _column,
    "BoolExpr": _logic,
    "NullTest": _null_test,
    "BooleanTest": _boolean_test,
    "CaseExpr": _case,
    "CoalesceExpr": _coalesce,
    "MinMaxExpr": _extreme,
    "A_ArrayExpr": _array,
    "A_Indirection": _subscript,
    "SQLValueFunction": _word,
    "A_Expr": _operation,
    "TypeCast": _cast,
    "FuncCall": _call,
    "SubLink": _link,
}
