"""How findings name things: the user's own names, in backticks."""

from __future__ import annotations

from collections.abc import Iterable

from workers.engine.rules.context import Context
from workers.engine.schema.model import Column, Index, QualifiedName
from workers.engine.schema.types import format_type


def ticked(text: str) -> str:
    """The text in backticks; a backtick within becomes an apostrophe."""
    return "`" + text.replace("`", "'") + "`"


def table_words(name: QualifiedName) -> str:
    """A table's name, with its schema unless that is `public`; a dot within it is no divider."""
    shown = f'"{name.name}"' if "." in name.name else name.name
    return ticked(shown if name.schema == "public" else f"{name.schema}.{shown}")


def column_words(table: QualifiedName, column: str) -> str:
    """`table.column`."""
    shown = table.name if table.schema == "public" else str(table)
    return ticked(f"{shown}.{column}")


def model_words(context: Context, table: QualifiedName) -> str:
    """The model of a declared table by its Prisma name, else the table."""
    model = context.model_of(table)
    return ticked(model.name) if model is not None else f"the table {table_words(table)}"


def field_words(context: Context, table: QualifiedName, column: str) -> str:
    """`Model.field`, else `table.column`."""
    model, field = context.model_of(table), context.field_of(table, column)
    if model is None or field is None:
        return column_words(table, column)
    return ticked(f"{model.name}.{field.name}")


def named_column(context: Context, table: QualifiedName, column: str) -> str:
    """A declared column as `Model.field`, with its column's name where that is another."""
    field = context.field_of(table, column)
    words = field_words(context, table, column)
    if field is None or field.name == column:
        return words
    return f"{words} (column {ticked(column)})"


def type_words(context: Context, table: QualifiedName, column: Column) -> str:
    """A declared column's type as Prisma and as PostgreSQL call it."""
    shown = ticked(shown_type(column))
    field = context.field_of(table, column.name)
    if field is None or column.is_unsupported:
        return shown
    return f"{ticked(field.type)} ({shown})"


def shown_type(column: Column) -> str:
    """The type as PostgreSQL prints it, without `public.` before a type of the user's."""
    text = format_type(column.type)
    if column.type.schema == "public":
        text = text.removeprefix("public.")
    return text


def is_written_in_sql(context: Context) -> bool:
    """Whether the schema is declared in SQL, so that there are no models and no Prisma."""
    return context.project is not None and context.project.plain is not None


def generator_words(context: Context) -> str:
    """Whoever would settle a difference by itself: "Prisma's next migration"."""
    is_plain = is_written_in_sql(context)
    return "the next migration made by comparing" if is_plain else "Prisma's next migration"


def list_words(names: Iterable[str], limit: int = 8) -> str:
    """Names in backticks: "`a`, `b` and `c`", cut to a number of them."""
    told = list(names)
    shown = [ticked(name) for name in told[:limit]]
    rest = len(told) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest} more"
    if len(shown) > 1:
        return f"{', '.join(shown[:-1])} and {shown[-1]}"
    return shown[0] if shown else ""


def index_words(index: Index) -> str:
    """An index: "the unique index `name` on `a` and `b`"."""
    kind = "unique index" if index.is_unique else "index"
    if index.is_constraint and index.is_unique:
        kind = "unique constraint"
    columns = list_words(key.column or f"({key.expression})" for key in index.keys)
    return f"the {kind} {ticked(index.name)} on {columns}"


def mapping_words(attribute: str, name: str) -> str:
    """An attribute that gives a name, as it is written: `@map("name")`, `map: "name"`."""
    text = f'{attribute}"{name}"'
    return ticked(f"{text})" if attribute.endswith("(") else text)
