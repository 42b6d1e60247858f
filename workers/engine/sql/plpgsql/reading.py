"""Read a body in PL/pgSQL where libpg_query alone does not get through.

libpg_query compiles bodies without a catalogue: it takes a type that it does not know for a record,
cannot make an array of one, and does not see `%ROWTYPE` as a record. What stands for such a type
here has the same shape, so that the compiler's complaints are PostgreSQL's own.
"""

from __future__ import annotations

from collections.abc import Iterable

from workers.engine.schema.model import QualifiedName, SqlType
from workers.engine.sql import resolve
from workers.engine.sql.plpgsql.declarations import Declaration
from workers.engine.sql.postgres import (
    Node,
    SqlSyntaxError,
    parse,
    parse_expression,
    parse_plpgsql,
    scan,
)
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.state import State

BLOCK = "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql"
"""The head of a function that has the body of a DO block."""

_MODES = {
    "FUNC_PARAM_OUT": "OUT ",
    "FUNC_PARAM_INOUT": "INOUT ",
    "FUNC_PARAM_VARIADIC": "VARIADIC ",
}
_PLAIN = frozenset(("void", "trigger", "event_trigger", "record", "anyelement", "anyarray"))


def read(state: State, head: str, body: str, found: Iterable[Declaration]) -> list[Node]:
    """The trees of a body under a function's head; raises SqlSyntaxError."""
    return parse_plpgsql(f"{head} AS {quoted_body(_readable(state, body, found))}")


def refuse_newer(state: State, body: str) -> None:
    """Refuse `IS JSON` where the server is older than that predicate: it compiles every body."""
    if state.reads_as >= 16 or "json" not in body.lower():
        return
    data = body.encode()
    try:
        words = [data[one.start : one.end].lower() for one in scan(data)]
    except SqlSyntaxError:
        return
    words = [word for word in words if not word.startswith((b"--", b"/*"))]
    for before, word, after in zip(words, words[1:], [*words[2:], b""], strict=False):
        if before == b"is" and (word == b"json" or (word == b"not" and after == b"json")):
            raise RefusedError("42601", 'syntax error at or near "JSON"')


def quoted_body(body: str) -> str:
    """A body between dollar marks that do not stand in it."""
    mark, number = "$body$", 0
    while mark in body:
        number += 1
        mark = f"$body{number}$"
    return f"{mark}{body}{mark}"


def _readable(state: State, body: str, found: Iterable[Declaration]) -> str:
    data = body.encode()
    for one in sorted(found, key=lambda one: -one.start):
        other = _written(state, one.type)
        if other is not None:
            data = data[: one.start] + other.encode() + data[one.end :]
    return data.decode("utf-8", "replace")


def _written(state: State, text: str) -> str | None:
    """What stands for a type as a declaration names it; None if it may stay."""
    plain = text.lower().replace(" ", "")
    if plain.endswith("%rowtype"):
        return "record"
    if "%type" in plain:
        return "text[]" if plain.endswith("]") else None
    try:
        return _stand_in(state, parse_expression(f"NULL::{text}")["TypeCast"]["typeName"])
    except (SqlSyntaxError, KeyError, ValueError):
        return None


def _stand_in(state: State, type_name: Node) -> str | None:
    if type_name.get("pct_type"):
        return "text"
    try:
        kind = resolve.resolve_type(state, type_name)
    except RefusedError:
        return "text[]" if type_name.get("arrayBounds") else "text"
    if kind.schema is None:
        return None
    if kind.is_array:
        return "text[]"
    return "record" if _is_row(state, kind) else "text"


def _is_row(state: State, kind: SqlType) -> bool:
    name = QualifiedName(kind.schema or "", kind.name)
    return name in state.schema.composites or state.relation_kind(name) is not None


def head_of(state: State, node: Node) -> str:
    """The head of the function that CREATE FUNCTION makes, with types that can be compiled."""
    word = "PROCEDURE" if node.get("is_procedure") else "FUNCTION"
    parameters = [one["FunctionParameter"] for one in node.get("parameters", ())]
    inside = [_parameter(state, one) for one in parameters if not _is_column(one)]
    columns = [_parameter(state, one) for one in parameters if _is_column(one)]
    returned = node.get("returnType")
    text = f"CREATE {word} f({', '.join(inside)})"
    if columns:
        text += f" RETURNS TABLE({', '.join(columns)})"
    elif returned:
        many = "SETOF " if returned.get("setof") else ""
        text += f" RETURNS {many}{_shown(state, returned)}"
    return f"{text} LANGUAGE plpgsql"


def _is_column(parameter: Node) -> bool:
    return bool(parameter.get("mode") == "FUNC_PARAM_TABLE")


def _parameter(state: State, one: Node) -> str:
    name = one.get("name", "").replace('"', '""')
    mode = _MODES.get(one.get("mode", ""), "")
    return (
        f'{mode}"{name}" {_shown(state, one["argType"])}'
        if name
        else (f"{mode}{_shown(state, one['argType'])}")
    )


def _shown(state: State, type_name: Node) -> str:
    word = resolve.strings(type_name["names"])[-1]
    if word in _PLAIN and not type_name.get("arrayBounds"):
        return word
    other = _stand_in(state, type_name)
    if other is not None:
        return other
    array = "[]" if type_name.get("arrayBounds") else ""
    return f'pg_catalog."{word}"{array}'


def head_of_text(state: State, parameters: str, returns: str) -> str:
    """The head of a function of which the catalogue's texts are known."""
    text = f"CREATE FUNCTION f({parameters}) RETURNS {returns} LANGUAGE plpgsql AS ''"
    try:
        (statement,) = parse(text.encode())
    except (SqlSyntaxError, ValueError):
        return BLOCK
    return head_of(state, statement.fields)
