"""What CREATE FUNCTION refuses about a body: `check_function_bodies`, on by default.

A body in SQL is parsed and its names are looked up; one in PL/pgSQL is compiled, which checks its
syntax and the types of its variables, and leaves the names in its statements for later.
https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-CHECK-FUNCTION-BODIES
"""

from __future__ import annotations

from collections.abc import Sequence

from workers.engine.schema.model import Column, Function
from workers.engine.schema.types import parse_type
from workers.engine.sql import depth, resolve
from workers.engine.sql.ddl.callees import named, noted
from workers.engine.sql.ddl.outputs import Output, Sources
from workers.engine.sql.ddl.parameters import ANY_OF, refuse_shared
from workers.engine.sql.ddl.results import check_result
from workers.engine.sql.ddl.scoping import Reader
from workers.engine.sql.plpgsql import declarations, reading
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse, parse_plpgsql, scan
from workers.engine.sql.printing import check_function
from workers.engine.sql.references import references
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_OFF = ("off", "false", "no", "0")
_NOWHERE = -(2**31)

_TRUE = {
    "syntax error": "42601",
    "unterminated": "42601",
    "mismatched": "42601",
    "too few parameters": "42601",
    "too many parameters": "42601",
    "missing ": "42601",
    "end label": "42601",
    "unexpected end of function definition": "42601",
    "EXIT cannot": "42601",
    "CONTINUE cannot": "42601",
    "label ": "42601",
    "duplicate declaration": "42601",
    "loop variable": "42601",
    "unrecognized exception condition": "42704",
    "trigger functions cannot": "42P13",
    "cannot use RETURN": "42804",
    "RETURN cannot have": "42804",
    "RETURN NEXT": "42804",
}
"""What libpg_query says that PostgreSQL would say too; the rest is only that it knows no types."""


Statements = Sequence[tuple[str, Node]]


def check_body(run: Run, function: Function, node: Node, parameters: Sequence[Node] = ()) -> None:
    """Refuse a new function whose body PostgreSQL would not take; `node` is its statement."""
    if run.state.hidden.settings.get("check_function_bodies", "on").lower() in _OFF:
        return
    body = function.body
    if body is None or function.kind == "aggregate" or _is_deep(body):
        return
    path = run.state.search_path
    run.state.search_path = _path_of(function) or path
    try:
        if function.language == "sql":
            _check_sql(run, function, body)
        elif function.language == "plpgsql":
            refuse_shared(parameters)
            _check_plpgsql(run, body, node)
    finally:
        run.state.search_path = path


def check_standard_body(run: Run, function: Function, node: Node) -> frozenset[str]:
    """The same for a body that is no text, RETURN or BEGIN ATOMIC; and what it stands on.

    Its statements are read before the function is made, its result is looked at when it is.
    """
    if any(kind.removesuffix("[]") in ANY_OF for kind in function.arguments):
        what = "SQL function with unquoted function body cannot have polymorphic arguments"
        raise RefusedError("42P13", what)
    return _check_statements(run, function, standard_statements(node))


def standard_statements(node: Node) -> Statements:
    """The statements of a body of standard SQL."""
    body = node["sql_body"]
    if "ReturnStmt" in body:
        target = {"ResTarget": {"val": body["ReturnStmt"].get("returnval", {})}}
        statements: list[Node] = [{"SelectStmt": {"targetList": [target]}}]
    else:
        lists = [one["List"]["items"] for one in body.get("List", {}).get("items", ()) if one]
        statements = [statement for one in lists for statement in one]
    return [next(iter(one.items())) for one in statements]


def check_standard_result(run: Run, function: Function, node: Node) -> None:
    """The result of such a body."""
    check_result(run, function, standard_statements(node), (_parameters(function),))


def _path_of(function: Function) -> tuple[str, ...] | None:
    """The search path that the function itself sets."""
    for one in function.settings:
        name, _, value = one.partition("=")
        if name == "search_path":
            return tuple(part.strip().strip('"') for part in value.split(","))
    return None


def _is_deep(body: str) -> bool:
    if len(body) <= depth.SAFE_BYTES:
        return False
    try:
        return depth.depth_of(scan(body.encode())) > depth.MAX_DEPTH
    except SqlSyntaxError:
        return True


def _check_plpgsql(run: Run, body: str, node: Node) -> None:
    declared = declarations.declarations(body)
    for one in declared:
        declarations.check(run.state, one)
    reading.refuse_newer(run.state, body)
    text = run.text.data[run.start : run.end].decode("utf-8", "replace")
    try:
        parse_plpgsql(text)
        return
    except SqlSyntaxError:
        pass
    try:
        reading.read(run.state, reading.head_of(run.state, node), body, declared)
    except SqlSyntaxError as error:
        sqlstate = refusal_of(error)
        if sqlstate is not None:
            raise RefusedError(sqlstate, error.message) from None


def refusal_of(error: SqlSyntaxError) -> str | None:
    """The SQLSTATE if PostgreSQL would refuse the body as well, else None."""
    if error.message.endswith("is not a known variable"):
        return "42601"
    return next((code for start, code in _TRUE.items() if error.message.startswith(start)), None)


def _check_sql(run: Run, function: Function, body: str) -> None:
    try:
        statements = parse(body.encode())
    except SqlSyntaxError as error:
        raise RefusedError(error.sqlstate, error.message) from None
    if any(kind.removesuffix("[]") in ANY_OF for kind in function.arguments):
        return  # what it reads is known when it is called
    inner = Run(
        run.state, run.text, run.start, run.end, _NOWHERE, run.origin, run.diagnostics,
        True, run.is_lenient,
    )  # fmt: skip
    told = [(one.kind, one.fields) for one in statements]
    _check_statements(inner, function, told)
    check_result(inner, function, told, (_parameters(function),))


def _parameters(function: Function) -> Sources:
    names = Output(
        [
            Column(name, parse_type(kind))
            for name, kind in zip(function.parameters, function.arguments, strict=False)
            if name
        ]
    )
    return {"": names, function.name.name: names}


def _check_statements(run: Run, function: Function, statements: Statements) -> frozenset[str]:
    level = _parameters(function)
    reader = Reader(run)
    found: frozenset[str] = frozenset()
    for kind, fields in statements:
        if kind in ("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt"):
            try:
                with noted(run.state) as calls:
                    reader.query({kind: fields}, (level,))
                    _check_names(run, fields)
                found |= named(run, fields, calls)
            except RefusedError as refusal:
                raise RefusedError(refusal.sqlstate, refusal.message) from None
    return found | reader.found


def _check_names(run: Run, fields: Node) -> None:
    found = references(fields)
    for path, call in found.functions:
        check_function(run.state, path, call)
    for type_name in found.types:
        resolve.resolve_type(run.state, type_name)
