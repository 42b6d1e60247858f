"""Statements of PL/pgSQL by their node type, and those that run SQL."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from workers.engine.sql.plpgsql import (
    branches,
    loops,
    raising,
    statements,
    variables,
)
from workers.engine.sql.plpgsql.interpreter import Interpreter
from workers.engine.sql.plpgsql.leaving import ReturnError
from workers.engine.sql.plpgsql.world import UnevaluableError
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError


def execute_sql(interpreter: Interpreter, fields: Node) -> None:
    """An SQL statement that stands in the body."""
    holder = fields["sqlstmt"]
    if fields.get("into"):
        statements.check_names(interpreter, holder["PLpgSQL_expr"]["query"])
        try:
            rows, is_certain = interpreter.query(holder)
        except UnevaluableError:
            interpreter.unknown(fields["target"])
            interpreter.found(False, False)
            return
        if fields.get("strict") and not rows and is_certain:
            raise RefusedError("P0002", "query returned no rows")
        interpreter.into(fields["target"], rows, is_certain)
        interpreter.found(bool(rows), is_certain)
        return
    query = holder["PLpgSQL_expr"]["query"]
    if query not in interpreter.read:
        kind = statements.static(interpreter, query)
        if kind not in statements.DATA:
            return
        interpreter.read.add(query)
        if kind == "SelectStmt" and not interpreter.doubt.is_open:
            raise RefusedError("42601", "query has no destination for result data")
    interpreter.found(False, False)


def perform(interpreter: Interpreter, fields: Node) -> None:
    """PERFORM."""
    statements.check_names(interpreter, fields["expr"]["PLpgSQL_expr"]["query"])
    if statements.called(interpreter, fields["expr"]["PLpgSQL_expr"]["query"]):
        return
    try:
        rows, is_certain = interpreter.query(fields["expr"])
    except UnevaluableError:
        rows, is_certain = [], False
    interpreter.found(bool(rows), is_certain)


def execute_dynamic(interpreter: Interpreter, fields: Node) -> None:
    """EXECUTE."""
    script, is_certain = interpreter.script(fields["query"])
    if fields.get("into"):
        interpreter.unknown(fields["target"])
    if script is None:
        interpreter.doubt.is_open = True
        return
    if is_certain:
        statements.dynamic(interpreter, script)
    else:
        interpreter.attempt(partial(statements.dynamic, interpreter, script))


def return_(interpreter: Interpreter, fields: Node) -> None:
    """RETURN."""
    raise ReturnError


def return_query(interpreter: Interpreter, fields: Node) -> None:
    """RETURN QUERY: what it names must be there."""
    if "query" in fields:
        statements.check_names(interpreter, fields["query"]["PLpgSQL_expr"]["query"])


def call(interpreter: Interpreter, fields: Node) -> None:
    """CALL."""
    statements.static(interpreter, fields["expr"]["PLpgSQL_expr"]["query"])


def nothing(interpreter: Interpreter, fields: Node) -> None:
    """A statement that leaves the catalogue alone."""


def end_transaction(interpreter: Interpreter, fields: Node) -> None:
    """COMMIT and ROLLBACK: not where the block stands in a transaction, or has handlers."""
    if not interpreter.run.may_end and not interpreter.doubt.is_open:
        raise RefusedError("2D000", "invalid transaction termination")


def _block(interpreter: Interpreter, fields: Node) -> None:
    interpreter.block(fields)


STEPS: dict[str, Callable[[Interpreter, Node], None]] = {
    "PLpgSQL_stmt_block": _block,
    "PLpgSQL_stmt_assign": variables.assign,
    "PLpgSQL_stmt_if": branches.condition,
    "PLpgSQL_stmt_case": branches.case,
    "PLpgSQL_stmt_loop": loops.forever,
    "PLpgSQL_stmt_while": loops.while_,
    "PLpgSQL_stmt_fori": loops.for_numbers,
    "PLpgSQL_stmt_fors": loops.for_query,
    "PLpgSQL_stmt_dynfors": loops.for_dynamic,
    "PLpgSQL_stmt_foreach_a": loops.for_each,
    "PLpgSQL_stmt_exit": loops.leave,
    "PLpgSQL_stmt_return": return_,
    "PLpgSQL_stmt_raise": raising.raise_,
    "PLpgSQL_stmt_assert": raising.assert_,
    "PLpgSQL_stmt_execsql": execute_sql,
    "PLpgSQL_stmt_dynexecute": execute_dynamic,
    "PLpgSQL_stmt_getdiag": raising.diagnostics,
    "PLpgSQL_stmt_perform": perform,
    "PLpgSQL_stmt_call": call,
    "PLpgSQL_stmt_null": nothing,
    "PLpgSQL_stmt_return_next": nothing,
    "PLpgSQL_stmt_return_query": return_query,
    "PLpgSQL_stmt_commit": end_transaction,
    "PLpgSQL_stmt_rollback": end_transaction,
}
