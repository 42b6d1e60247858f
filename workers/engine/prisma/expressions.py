"""SQL that stands in a Prisma schema (`dbgenerated("...")`), printed as the database keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct, field

from workers.engine.schema.model import Column, Provider, Schema, SqlType

if TYPE_CHECKING:
    from workers.engine.sql.state import State

MAX_LENGTH = 10_000
"""Longer expressions stand as written: nobody writes them, and a parser's stack is finite."""


class ExpressionPrinter(Struct):
    """Prints expressions against the schema that is being declared."""

    provider: Provider
    schema: Schema
    default_schema: str
    unprinted: set[str] = field(default_factory=set)
    """Defaults that stand as written, for instance as they refer to other columns."""
    _printed: dict[tuple[str, SqlType | None], str] = field(default_factory=dict)

    def default(self, expression: str, type_: SqlType) -> str:
        """The expression as `pg_get_expr` prints it as the default of a column of this type."""
        key = (expression, type_)
        if key not in self._printed:
            self._printed[key] = self._print(expression, (), type_)
        return self._printed[key]

    def generated(self, expression: str, columns: Iterable[Column], type_: SqlType) -> str:
        """The expression of a generated column, which Prisma too holds for a default."""
        return self._print(expression, columns, type_)

    def predicate(self, expression: str, columns: Iterable[Column]) -> str:
        """A condition on a table's columns as `pg_get_expr` prints it."""
        return self._print(expression, columns, None)

    def _print(self, expression: str, columns: Iterable[Column], type_: SqlType | None) -> str:
        if self.provider != "postgresql" or len(expression) > MAX_LENGTH:
            return expression.strip()
        from workers.engine.prisma.scope import DeclaredScope
        from workers.engine.sql import expressions
        from workers.engine.sql.postgres import SqlSyntaxError, parse_expression

        written = expression.strip()
        try:
            node = parse_expression(written)
            types = {column.name: column.type for column in columns}
            scope = DeclaredScope(self._state(), types, default_schema=self.default_schema)
            return expressions.deparse(node, scope, type_)
        except (expressions.UnprintableError, SqlSyntaxError, RecursionError):
            self.unprinted.add(expression)
            return written

    def _state(self) -> State:
        from workers.engine.sql.state import State

        return State(schema=self.schema, search_path=(self.default_schema,))
