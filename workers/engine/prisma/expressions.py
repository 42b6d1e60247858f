"""SQL expressions of a schema, printed as the database prints them."""

from __future__ import annotations

from dataclasses import dataclass

from workers.engine.schema.model import Provider, Schema, SqlType


@dataclass(frozen=True, slots=True)
class ExpressionPrinter:
    """Prints default expressions against the schema that is being declared."""

    provider: Provider
    schema: Schema
    default_schema: str

    def normalize(self, expression: str, type_: SqlType) -> str:
        """The expression as `pg_get_expr` prints it for a column of this type."""
        return expression
