"""Expressions as PostgreSQL understands and prints them.

`deparse` analyses an expression as the server's parser does (which operator, which function, which
implicit casts) and prints the result as `pg_get_expr` does with `search_path = pg_catalog`. What
cannot be known from the catalogue alone raises `UnprintableError`; the source's own text stands
then.
"""

from __future__ import annotations

from workers.engine.schema.model import SqlType
from workers.engine.sql.expressions.analysis import Analysis, Link
from workers.engine.sql.expressions.coercion import to_column, to_type
from workers.engine.sql.expressions.kinds import UNKNOWN
from workers.engine.sql.expressions.printer import text_of
from workers.engine.sql.expressions.typed import MismatchError, UnprintableError
from workers.engine.sql.expressions.written import as_written
from workers.engine.sql.postgres import Node
from workers.engine.sql.scope import Scope

__all__ = ["MismatchError", "UnprintableError", "as_written", "deparse", "type_of_expression"]


def deparse(
    node: Node, scope: Scope, target: SqlType | None = None, *, allows_sets: bool = False
) -> str:
    """The expression as `pg_get_expr` prints it; `target` is the column a DEFAULT is for.

    Raises UnprintableError where that cannot be known.
    """
    typed = Analysis(scope, allows_sets=allows_sets).expression(node)
    if target is not None:
        typed = to_column(typed, target, scope)
    elif typed.type == UNKNOWN:
        typed = to_type(typed, SqlType("text"), scope)
    return text_of(typed)


def type_of_expression(node: Node, scope: Scope, link: Link | None = None) -> SqlType | None:
    """The type of an expression with its modifiers, or None where it cannot be told."""
    try:
        typed = Analysis(scope, link).expression(node)
    except UnprintableError:
        return None
    if typed.type == UNKNOWN:
        return SqlType("text")
    kind = typed.type
    return SqlType(kind.name, typed.modifiers, kind.is_array, kind.schema)
