"""Whether an expression is immutable, as indexes, generated columns and partition keys need it.

Follows contain_mutable_functions of src/backend/optimizer/util/clauses.c. Functions in SQL that
PostgreSQL would inline are judged by what they call.
"""

from __future__ import annotations

from functools import cache

from workers.engine.schema.model import SqlType
from workers.engine.schema.types import builtin
from workers.engine.sql.builtin import volatility
from workers.engine.sql.expressions.analysis import Analysis
from workers.engine.sql.expressions.kinds import base, category, element
from workers.engine.sql.expressions.typed import (
    ArrayTest,
    Call,
    Cast,
    Const,
    Link,
    Listed,
    Opaque,
    Operation,
    Typed,
    UnprintableError,
    Var,
    Word,
)
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import references, walk
from workers.engine.sql.scope import Scope

Pairs = frozenset[tuple[SqlType, ...]]

_TEXT = SqlType("text")


def is_mutable(node: Node, scope: Scope) -> bool:
    """Whether a raw expression certainly is not immutable."""
    try:
        typed = Analysis(scope).expression(node)
    except (UnprintableError, RecursionError):
        return calls_mutable(node)
    return _is_mutable(typed, scope)


def calls_mutable(node: Node) -> bool:
    """Whether a raw expression calls what no signature of is immutable."""
    found = references(node)
    if found.has_query:
        return False
    if any(kind == "SQLValueFunction" for kind, _ in walk(node)):
        return True
    return any(
        path[-1] in volatility.OF_EXTENSIONS
        or (path[-1] in volatility.FUNCTIONS and path[:-1] in ((), ("pg_catalog",)))
        for path, _ in found.functions
    )


@cache
def _pairs(words: str) -> Pairs:
    return frozenset(tuple(_kind(name) for name in one.split(",")) for one in words.split())


def _kind(name: str) -> SqlType:
    return builtin(name) or SqlType(name)


def _is_mutable(node: object, scope: Scope) -> bool:
    if isinstance(node, (Const, Var, Link, Opaque)):
        return False
    if isinstance(node, Word):
        return True
    if isinstance(node, Call):
        found = node.is_mutable or _is_mutable_call(node)
    elif isinstance(node, Cast):
        found = _is_mutable_cast(node.argument.type, node.type, scope)
    elif isinstance(node, Operation):
        found = _is_mutable_operator(node.name, node.operands, scope)
    elif isinstance(node, ArrayTest):
        found = _compares(node.name, (node.left.type, element(node.right.type)))
    elif isinstance(node, Listed) and node.word == "NULLIF":
        found = _compares("=", tuple(one.type for one in node.items))
    else:
        found = False
    return found or any(_is_mutable(one, scope) for one in _parts(node))


def _parts(node: object) -> list[object]:
    """What an analysed expression consists of, types and names left out."""
    if isinstance(node, (tuple, list)):
        return list(node)
    if isinstance(node, SqlType):
        return []
    return [
        part
        for name in getattr(node, "__struct_fields__", ())
        if not isinstance(part := getattr(node, name), (str, bool, SqlType)) and part is not None
    ]


def _is_mutable_call(call: Call) -> bool:
    name = call.name.strip('"')
    if name in volatility.FUNCTIONS:
        return True
    words = volatility.SIGNATURES.get(name)
    return words is not None and tuple(one.type for one in call.arguments) in _pairs(words)


def _is_mutable_operator(name: str, operands: tuple[Typed, ...], scope: Scope) -> bool:
    types = tuple(one.type for one in operands)
    if name == "||" and len(types) == 2:
        # text || anything: the other side is cast to text.
        first, second = types
        if first == _TEXT:
            return _is_mutable_cast(second, _TEXT, scope)
        return second == _TEXT and _is_mutable_cast(first, _TEXT, scope)
    return _compares("=" if name == "IS DISTINCT FROM" else name, types)


def _compares(name: str, types: tuple[SqlType, ...]) -> bool:
    words = volatility.OPERATORS.get(name)
    return words is not None and types in _pairs(words)


def _is_mutable_cast(source: SqlType, target: SqlType, scope: Scope) -> bool:
    source, target = base(source, scope), base(target, scope)
    if source == target:
        return False
    is_string = category(source, scope) == "S", category(target, scope) == "S"
    if source.is_array and target.is_array:
        return _is_mutable_cast(element(source), element(target), scope)
    if source.is_array or target.is_array:
        return any(is_string)
    if (source, target) in _pairs(volatility.CASTS):
        return True
    if is_string == (False, True):
        return scope.enum(source) is not None or (source,) in _pairs(volatility.WRITTEN)
    if is_string == (True, False):
        return scope.enum(target) is not None or (target,) in _pairs(volatility.READ)
    return False
