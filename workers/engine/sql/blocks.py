"""DO blocks, and functions of the history that a statement calls.

What the catalogue alone decides is carried out on the replayed state. The rest is told in a
diagnostic that names the objects it may touch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workers.engine.schema.model import Function, QualifiedName
from workers.engine.schema.names import quote
from workers.engine.sql import depth, resolve
from workers.engine.sql.ddl import bodies
from workers.engine.sql.ddl.functions import is_elsewhere, need_language
from workers.engine.sql.plpgsql import catalogue, declarations, reading, statements, variables
from workers.engine.sql.plpgsql.interpreter import Doubt, Interpreter
from workers.engine.sql.plpgsql.world import UnevaluableError, World
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse, scan
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run
from workers.engine.sql.state import State

_MAX_CALLS = 8


def run(run: Run, fields: Node) -> None:
    """Carry out a DO statement; raises RefusedError as the block would."""
    need_language(run, fields.get("args", ()))
    language, body = _options(fields)
    if language != "plpgsql":
        run.note("block-not-run", f"A DO block in {language} was not run: it may change anything.")
        return
    _carry_out(run, reading.BLOCK, body, [])


def _options(fields: Node) -> tuple[str, str]:
    language, body = "plpgsql", ""
    for one in fields.get("args", ()):
        element = one["DefElem"]
        if element["defname"] == "language":
            language = resolve.value_text(element["arg"]).lower()
        elif element["defname"] == "as":
            body = resolve.value_text(element["arg"])
    return language, body


def _carry_out(
    run: Run,
    head: str,
    body: str,
    values: Sequence[tuple[str, Any, bool]],
    *,
    label: str = "",
    is_told: bool = True,
) -> bool:
    """Run a body; `is_told` is False where it can change nothing, but may be refused.

    Answers whether its course was certain.
    """
    function = _parsed(run, head, body)
    if function is None:
        return False
    world = World(run.state, labels={label}, commands=run.commands)
    interpreter = Interpreter(run, function.get("datums", []), world, Doubt())
    for name, found, is_certain in values:
        interpreter.set(name, found, is_certain)
    try:
        variables.declare(interpreter)
        interpreter.whole(function["action"]["PLpgSQL_stmt_block"])
    except UnevaluableError as reason:
        interpreter.doubt.is_open = True
        if is_told:
            run.note("block-unknown", f"A block was not carried out to its end: {reason}.")
    doubt = interpreter.doubt
    if is_told:
        _tell(run, doubt)
    return not doubt.is_open and not doubt.subjects


def _tell(run: Run, doubt: Doubt) -> None:
    subjects = sorted(doubt.subjects)
    if doubt.is_open:
        run.note(
            "block-unknown",
            "What this block does depends on rows or on the environment, and cannot be told.",
        )
    elif subjects:
        run.note(
            "block-depends-on-rows",
            "This block may do more or less where there are rows; the replay took the course of"
            " an empty database.",
            *subjects,
        )


def _parsed(run: Run, head: str, body: str) -> Node | None:
    if len(body) > depth.SAFE_BYTES:
        try:
            is_deep = depth.depth_of(scan(body.encode())) > depth.MAX_DEPTH
        except SqlSyntaxError:
            is_deep = False
        if is_deep:
            run.note("statement-too-deep", "A block is too deeply nested to be read.")
            return None
    declared = declarations.declarations(body)
    for one in declared:
        declarations.check(run.state, one)
    reading.refuse_newer(run.state, body)
    try:
        made = reading.read(run.state, head, body, declared)
    except SqlSyntaxError as error:
        sqlstate = bodies.refusal_of(error)
        if sqlstate is not None and head == reading.BLOCK:
            raise RefusedError(sqlstate, error.message, run.start - run.base) from None
        run.note("block-unread", f"A block could not be read: {error.message}.")
        return None
    if not made:
        run.note("block-unread", "A block could not be read.")
        return None
    function: Node = made[0]["PLpgSQL_function"]
    return function


def function_of(state: State, path: tuple[str, ...], count: int) -> Function | None:
    """The user's function that a call with so many arguments means, if its body can be run."""
    schema, name = resolve.split_path(path)
    for place in (schema,) if schema is not None else tuple(resolve.searched(state)):
        signatures = state.hidden.overloads.get(QualifiedName(place, name), ())
        found = [state.schema.functions[one] for one in signatures]
        fitting = [one for one in found if _can_run(one) and count <= len(one.arguments)]
        if fitting:
            # One that needs no defaults is the better match.
            return min(fitting, key=lambda one: len(one.arguments) != count)
    return None


def _can_run(function: Function) -> bool:
    is_code = function.language in ("plpgsql", "sql") and bool(function.body)
    return is_code and function.kind != "aggregate"


def call(run: Run, fields: Node) -> None:
    """CALL of a procedure, or a SELECT that calls functions of the history."""
    inner = fields.get("funccall", {})
    _need_procedure(run, inner)
    statements.run_calls(run, {"targetList": [{"ResTarget": {"val": {"FuncCall": inner}}}]})


def _need_procedure(run: Run, node: Node) -> None:
    """Refuse CALL of what is certainly no procedure, or none of so many arguments."""
    path, state = resolve.strings(node.get("funcname", [])), run.state
    schema, name = resolve.split_path(path)
    if schema is not None and not state.has_schema(schema):
        raise RefusedError("3F000", f'schema "{schema}" does not exist')
    if node.get("func_variadic") or is_elsewhere(state, schema, name):
        return
    places = (schema,) if schema is not None else tuple(resolve.searched(state))
    signatures = [
        one
        for place in places
        for one in state.hidden.overloads.get(QualifiedName(place, name), ())
    ]
    if any(one in state.hidden.outputs for one in signatures):
        return  # what stands for its OUT parameters is counted too
    count = len(node.get("args", ()))
    found = [state.schema.functions[one] for one in signatures]
    fitting = [
        one
        for one in found
        if one.is_variadic or len(one.arguments) - one.optional <= count <= len(one.arguments)
    ]
    if not fitting:
        state.log.needs.add(f"{schema or resolve.first_schema(state)}.{name}()")
        raise RefusedError("42883", f"procedure {resolve.dotted(path)} does not exist")
    if len(fitting) == 1 == len(found) and fitting[0].kind != "procedure":
        raise RefusedError("42809", f"{resolve.dotted(path)} is not a procedure")


def run_function(run: Run, function: Function, values: Sequence[tuple[Any, bool]]) -> None:
    """Carry out a function's body with the values of its arguments."""
    if function.returns == "trigger":
        return
    depth_ = run.calls
    if depth_ >= _MAX_CALLS:
        run.note("block-unknown", f"The function `{function.name}` calls itself without end.")
        return
    inner = Run(
        run.state, run.text, run.start, run.end, -(2**31), run.origin, run.diagnostics,
        True, run.is_lenient, calls=depth_ + 1, onlooker=run.onlooker,
        may_end=run.may_end and function.kind == "procedure",
    )  # fmt: skip
    names = [*function.parameters, *(f"${n + 1}" for n in range(len(function.parameters), 99))]
    bound = [(name, one, sure) for name, (one, sure) in zip(names, values, strict=False)]
    if function.language == "sql":
        _run_sql(inner, function)
        return
    parameters = ", ".join(
        f'"{name}" {kind}'
        for name, kind in zip(function.parameters, function.arguments, strict=False)
        if name
    )
    body = function.body or ""
    head = reading.head_of_text(run.state, parameters, function.returns)
    told = _may_change(function)
    try:
        is_sure = _carry_out(inner, head, body, bound, label=function.name.name, is_told=told)
    except RefusedError as refusal:
        raise RefusedError(refusal.sqlstate, refusal.message, None, refusal.hint) from None
    if is_sure and _needs_return(run.state, function):
        raise RefusedError("2F005", "control reached end of function without RETURN")


def run_event(run: Run, function: Function, tag: str, table: QualifiedName) -> None:
    """Carry out an event trigger's function behind the command that made a table."""
    row = {
        "classid": catalogue.class_oid(QualifiedName("pg_catalog", "pg_class")),
        "objid": catalogue.class_oid(table), "objsubid": 0, "command_tag": tag,
        "object_type": "table", "schema_name": table.schema, "in_extension": False,
        "object_identity": f"{quote(table.schema)}.{quote(table.name)}",
    }  # fmt: skip
    inner = Run(
        run.state, run.text, run.start, run.end, -(2**31), run.origin, run.diagnostics,
        True, run.is_lenient, calls=run.calls + 1, may_end=False, commands=[row],
    )  # fmt: skip
    head = reading.head_of_text(run.state, "tg_event text, tg_tag text", "void")
    about = [("tg_event", "ddl_command_end", True), ("tg_tag", tag, True)]
    before = run.state.snapshot()
    body, label = function.body or "", function.name.name
    try:
        is_sure = _carry_out(inner, head, body, about, label=label, is_told=False)
    except RefusedError:
        run.state.restore(before)
        is_sure = False
    if not is_sure and _may_change(function):
        shown = f"What the event trigger's function {label} does with a new table cannot be told."
        run.note("block-unknown", shown, str(table))


def _needs_return(state: State, function: Function) -> bool:
    """Whether a body that holds no RETURN must have one: for a plain value, or a row."""
    returns = function.returns
    is_set = returns.startswith(("SETOF ", "TABLE(")) or function.kind == "procedure"
    if is_set or returns == "void" or function.signature in state.hidden.outputs:
        return False
    return "return" not in (function.body or "").lower()


def _may_change(function: Function) -> bool:
    """Whether a body holds a word that changes the catalogue at all."""
    words = (function.body or "").lower()
    return any(word in words for word in ("create", "alter", "drop", "execute", "grant", "raise"))


def _run_sql(run: Run, function: Function) -> None:
    from workers.engine.sql.dispatch import perform

    try:
        found = parse((function.body or "").encode())
    except SqlSyntaxError:
        return
    for one in found:
        if one.kind not in statements.DATA:
            if run.onlooker is not None:
                run.onlooker.before(one, run.origin)
            perform(run, one.kind, one.fields)
            if run.onlooker is not None:
                run.onlooker.after(one, run.origin, is_refused=False)
