"""Whether PostgreSQL takes a call of a function for immutable: as declared, or as it is inlined.

A simple function in SQL is replaced by its body and judged by that, whatever it says of itself:
https://wiki.postgresql.org/wiki/Inlining_of_SQL_functions.
"""

from __future__ import annotations

from workers.engine.schema.model import Function
from workers.engine.sql import depth
from workers.engine.sql.builtin import volatility
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse

_NOT_INLINED = (
    "fromClause", "whereClause", "groupClause", "havingClause", "windowClause", "sortClause",
    "limitCount", "limitOffset", "withClause", "distinctClause", "larg",
)  # fmt: skip


def is_mutable_function(function: Function) -> bool:
    """Whether a call in an index is refused, as far as that is certain."""
    if function.language in ("c", "internal"):
        return function.name.name in volatility.OF_EXTENSIONS
    if function.volatility == "immutable" or function.kind != "function":
        return False
    if function.language != "sql" or function.is_security_definer or function.settings:
        return True
    return not _is_inlined(function.body)


def _is_inlined(body: str | None) -> bool:
    from workers.engine.sql.expressions.mutability import calls_mutable

    if body is None or len(body) > depth.SAFE_BYTES:
        return True
    try:
        statements = parse(body.encode())
    except (SqlSyntaxError, UnicodeEncodeError):
        return True
    if len(statements) != 1:
        return False
    query = statements[0].fields
    targets: list[Node] = query.get("targetList", [])
    if (
        statements[0].kind != "SelectStmt"
        or len(targets) != 1
        or any(query.get(part) for part in _NOT_INLINED)
    ):
        return False
    return not calls_mutable(targets[0])
