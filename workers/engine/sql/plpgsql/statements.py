"""SQL statements inside PL/pgSQL: written there, or put together and given to EXECUTE."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workers.engine.schema.model import QualifiedName
from workers.engine.sql import depth, resolve
from workers.engine.sql.plpgsql.evaluate import value
from workers.engine.sql.plpgsql.world import UnevaluableError, World
from workers.engine.sql.postgres import Node, Parsed, SqlSyntaxError, parse, scan
from workers.engine.sql.references import references
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run

if TYPE_CHECKING:
    from workers.engine.sql.plpgsql.interpreter import Interpreter

DATA = frozenset(("InsertStmt", "UpdateStmt", "DeleteStmt", "SelectStmt", "MergeStmt"))
"""Statements on rows: of them only the names can be wrong."""

_NOWHERE = -(2**31)


def static(interpreter: Interpreter, query: str) -> str:
    """Carry out a statement that stands in the body; answers its node type."""
    run = interpreter.run
    data = query.encode()
    base = run.text.data.find(data, run.start, run.end)
    parsed = _parsed(data)
    for one in parsed:
        inner = _inner(run, base, len(data))
        _perform(interpreter, inner, one)
    return parsed[-1].kind if parsed else ""


def _inner(run: Run, base: int, length: int) -> Run:
    """The surroundings of a statement at a place in the file; below zero it has none of its own."""
    if base < 0:
        return Run(
            run.state, run.text, run.start, run.end, _NOWHERE, run.origin, run.diagnostics,
            True, run.is_lenient, run.calls, onlooker=run.onlooker, may_end=run.may_end,
        )  # fmt: skip
    end = base + length
    return Run(
        run.state, run.text, base, end, base, run.text.origin(base, end), run.diagnostics,
        True, run.is_lenient, run.calls, onlooker=run.onlooker, may_end=run.may_end,
    )  # fmt: skip


def _parsed(data: bytes) -> list[Parsed]:
    if len(data) > depth.SAFE_BYTES:
        try:
            tokens = scan(data)
        except SqlSyntaxError as error:
            raise RefusedError(error.sqlstate, error.message) from None
        if depth.depth_of(tokens) > depth.MAX_DEPTH:
            raise UnevaluableError("a statement that is too deep")
    try:
        return parse(data)
    except SqlSyntaxError as error:
        raise RefusedError(error.sqlstate, error.message) from None


def read_by(interpreter: Interpreter, query: str) -> frozenset[QualifiedName]:
    """The tables that a query names in FROM: in use while a loop goes over its rows."""
    try:
        parsed = _parsed(query.encode())
    except (RefusedError, UnevaluableError):
        return frozenset()
    state = interpreter.run.state
    named = [one for each in parsed for one in references(each.fields).relations]
    found = (resolve.find_relation(state, one) for one in named)
    return frozenset(one for one in found if one is not None and one in state.schema.tables)


def _refuse_in_use(interpreter: Interpreter, fields: Node) -> None:
    """CheckTableNotInUse: a loop over a table's rows holds it open."""
    name = resolve.find_relation(interpreter.run.state, fields["relation"])
    if name is not None and name in interpreter.in_use:
        raise RefusedError(
            "55006",
            f'cannot ALTER TABLE "{name.name}" because it is being used by active queries in this'
            " session",
        )


def _perform(interpreter: Interpreter, run: Run, one: Parsed) -> None:
    from workers.engine.sql.dispatch import perform

    if one.kind == "TransactionStmt":
        raise UnevaluableError("a transaction inside a block")
    if one.kind == "AlterTableStmt" and interpreter.in_use:
        _refuse_in_use(interpreter, one.fields)
    onlooker = run.onlooker
    if onlooker is not None:
        onlooker.before(one, run.origin)
    is_refused = True
    try:
        perform(run, one.kind, one.fields)
        is_refused = False
    except RefusedError as refusal:
        if one.kind in DATA and _is_variable(interpreter, refusal):
            is_refused = False
            return
        raise
    finally:
        if onlooker is not None:
            onlooker.after(one, run.origin, is_refused=is_refused)


def _is_variable(interpreter: Interpreter, refusal: RefusedError) -> bool:
    """Whether what does not exist is a variable of the block, or stands behind its label."""
    if refusal.sqlstate not in ("42703", "42P01"):
        return False
    words = refusal.message.replace('"', " ").replace(".", " ").split()
    world = interpreter.world
    return any(name in words for name in (*world.variables, *world.labels) if name != "found")


def dynamic(interpreter: Interpreter, script: str) -> None:
    """Carry out a text that EXECUTE is given; its place is the block's."""
    run = interpreter.run
    for one in _parsed(script.encode()):
        _perform(interpreter, _inner(run, -1, 0), one)


def called(interpreter: Interpreter, query: str) -> bool:
    """Run the function of the user's that a PERFORM calls; False if it calls none."""
    try:
        (parsed,) = parse(query.encode())
    except (SqlSyntaxError, ValueError):
        return False
    return run_calls(interpreter.run, parsed.fields, interpreter)


def run_calls(run: Run, fields: Node, interpreter: Interpreter | None = None) -> bool:
    """Run the user's functions that a SELECT calls which reads no table."""
    from workers.engine.sql import blocks

    if any("RangeFunction" not in one for one in fields.get("fromClause", ())):
        return False
    is_run = False
    for call in _calls(fields):
        function = blocks.function_of(
            run.state, strings(call["funcname"]), len(call.get("args", ()))
        )
        if function is None:
            continue
        values: list[tuple[object, bool]] = []
        for node in call.get("args", ()):
            values.append(_argument(run, interpreter, node))
        blocks.run_function(run, function, values)
        is_run = True
    return is_run


def _calls(fields: Node) -> Iterator[Node]:
    for one in fields.get("fromClause", ()):
        for function in one["RangeFunction"].get("functions", ()):
            call = function["List"]["items"][0].get("FuncCall")
            if call is not None:
                yield call
    for target in fields.get("targetList", ()):
        call = target["ResTarget"].get("val", {}).get("FuncCall")
        if call is not None:
            yield call


def _argument(run: Run, interpreter: Interpreter | None, node: Node) -> tuple[object, bool]:
    world = interpreter.world if interpreter is not None else World(run.state)
    world.is_certain = True
    try:
        return value(world, node), world.is_certain
    except UnevaluableError:
        return None, False


def check_names(interpreter: Interpreter, query: str) -> None:
    """Refuse a query that names what does not exist; a variable is no column."""
    from workers.engine.sql.ddl import data

    run = _inner(interpreter.run, -1, 0)
    for one in _parsed(query.encode()):
        if one.kind != "SelectStmt" or one.fields.get("intoClause"):
            continue
        try:
            data.select(run, one.fields)
        except RefusedError as refusal:
            if not _is_variable(interpreter, refusal):
                raise
