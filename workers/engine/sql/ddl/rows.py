"""The columns of a value that is a row: what a function answers, or a composite type holds."""

from __future__ import annotations

from workers.engine.schema.model import Column, Function, QualifiedName, SqlType
from workers.engine.schema.types import parse_type
from workers.engine.sql import resolve
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.state import State

VALUES = frozenset(
    ("json_array_elements", "jsonb_array_elements", "json_array_elements_text",
     "jsonb_array_elements_text")
)  # fmt: skip
"""Functions of pg_catalog's whose only column is named `value`."""

PLAIN = VALUES | frozenset(
    ("generate_series", "unnest", "generate_subscripts", "json_object_keys", "jsonb_object_keys",
     "regexp_split_to_table", "string_to_table", "jsonb_path_query")
)  # fmt: skip
"""Functions of pg_catalog's that give plain values, in a column named after them or the alias."""

PAIRS = {
    "json_each": "json", "jsonb_each": "jsonb", "json_each_text": "text", "jsonb_each_text": "text",
}  # fmt: skip
"""Functions of pg_catalog's that give the columns `key` and `value`: the type of the second."""

LEXEMES = (
    Column("lexeme", SqlType("text")),
    Column("positions", SqlType("smallint", is_array=True)),
    Column("weights", SqlType("text", is_array=True)),
)
"""What `unnest` gives of a tsvector."""

_POLYMORPHIC = ("any", "record", "void", "trigger")


def called_columns(state: State, call: Node, label: str) -> list[Column] | None:
    """The columns that a call of the history's own function gives; None where they are not known.

    `label` names the only column of a function that answers with a plain value.
    """
    function = _function(state, call)
    if function is None:
        return None
    text = state.hidden.outputs.get(function.signature) or function.returns.removeprefix("SETOF ")
    if text.startswith("TABLE("):
        return table_columns(state, text)
    if text.startswith(_POLYMORPHIC):
        return None
    kind = parse_type(text)
    return row_columns(state, kind) or [Column(label, kind)]


def answered(state: State, call: Node) -> SqlType | None:
    """The type that a call of the history's own function answers with, in each row."""
    function = _function(state, call)
    if function is None or function.signature in state.hidden.outputs:
        return None
    text = function.returns.removeprefix("SETOF ")
    return None if text.startswith(("TABLE(", *_POLYMORPHIC)) else parse_type(text)


def row_columns(state: State, kind: SqlType) -> list[Column] | None:
    """The columns of a composite type, a table or a view; None for any other type."""
    if kind.is_array or kind.schema is None:
        return None
    name = QualifiedName(kind.schema, kind.name)
    composite = state.schema.composites.get(name)
    if composite is not None:
        return list(composite.attributes)
    relation = state.schema.tables.get(name) or state.schema.views.get(name)
    return list(relation.columns) if relation is not None else None


def _function(state: State, call: Node) -> Function | None:
    """The function that a call means, as far as the number of its arguments tells."""
    schema, name = resolve.split_path(resolve.strings(call["funcname"]))
    count = len(call.get("args", ()))
    for place in (schema,) if schema is not None else tuple(resolve.searched(state)):
        fitting = [
            function
            for signature in state.hidden.overloads.get(QualifiedName(place, name), ())
            if (function := state.schema.functions.get(signature)) is not None
            and len(function.arguments) - function.optional <= count <= len(function.arguments)
        ]
        if fitting:
            alike = all(one.returns == fitting[0].returns for one in fitting)
            return fitting[0] if alike else None
    return None


def table_columns(state: State, returns: str) -> list[Column] | None:
    """The columns of `TABLE(name type, ...)`; None where one of the types is not known."""
    text = f"CREATE FUNCTION f() RETURNS {returns} LANGUAGE sql AS ''"
    try:
        (statement,) = parse(text.encode())
        return [
            Column(one["name"], resolve.resolve_type(state, one["argType"]))
            for one in (node["FunctionParameter"] for node in statement.fields["parameters"])
        ]
    except (SqlSyntaxError, RefusedError, ValueError):
        return None
