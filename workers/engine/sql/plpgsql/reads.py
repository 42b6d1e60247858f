"""The queries that stand in a PL/pgSQL body, without carrying it out."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.schema.model import Function
from workers.engine.sql.plpgsql.reading import quoted_body
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse, parse_plpgsql
from workers.engine.sql.references import walk

_SPECIAL = frozenset({"trigger", "event_trigger", "void"})


def queries(function: Function) -> Iterator[Node]:
    """The trees of its queries and expressions; none where the body cannot be read, or where it
    catches what goes wrong."""
    body = _tree(function)
    if body is None or any(kind == "PLpgSQL_exception_block" for kind, _ in walk(body)):
        return
    for kind, fields in walk(body):
        if kind == "PLpgSQL_expr":
            yield from _read(fields.get("query", ""))


def _tree(function: Function) -> list[Node] | None:
    types = [list(function.arguments), ["text"] * len(function.arguments)]
    for arguments in types:
        try:
            return parse_plpgsql(
                f"{_head(function, arguments)} AS {quoted_body(function.body or '')}"
            )
        except SqlSyntaxError:
            continue
    return None


def _head(function: Function, arguments: list[str]) -> str:
    names = (*function.parameters, *[""] * len(arguments))
    listed = ", ".join(
        f'"{name}" {kind}' if name else kind for name, kind in zip(names, arguments, strict=False)
    )
    returns = function.returns if function.returns in _SPECIAL else "text"
    many = "SETOF " if function.returns.startswith(("SETOF ", "TABLE")) else ""
    return f"CREATE FUNCTION f({listed}) RETURNS {many}{returns} LANGUAGE plpgsql"


def _read(query: str) -> Iterator[Node]:
    """A query, or an expression that stands where PL/pgSQL puts SELECT before it."""
    value = query.partition(":=")[2]
    for text in (query, f"SELECT {query}", f"SELECT {value}" if value else ""):
        try:
            found = parse(text.encode())
        except SqlSyntaxError:
            continue
        yield from (one.fields for one in found)
        return
