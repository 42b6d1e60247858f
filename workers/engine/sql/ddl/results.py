"""What the last statement of a function in SQL gives must be what the function answers with.

Follows check_sql_fn_retval of src/backend/executor/functions.c: types that no assignment cast
joins, too many columns or too few, and a last statement that gives nothing, are refused. A type
that cannot be told refuses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from workers.engine.schema.model import Column, Function, SqlType
from workers.engine.schema.types import parse_type
from workers.engine.sql import printing
from workers.engine.sql.ddl import rows
from workers.engine.sql.ddl.outputs import UNKNOWN, Levels, Output
from workers.engine.sql.ddl.query import output_of
from workers.engine.sql.ddl.setops import untyped
from workers.engine.sql.expressions.coercion import goal_is_plain
from workers.engine.sql.expressions.kinds import TEXT, assigns, bare, base
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import walk
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_GIVING = ("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt")
_VAGUE = frozenset(("record", "any", "internal", "cstring"))


def check_result(
    run: Run, function: Function, statements: Sequence[tuple[str, Node]], levels: Levels
) -> None:
    """Refuse a body whose last statement does not give what the function answers with."""
    _need_parameters(function, statements)
    returns = function.returns or "void"
    has_outputs = function.signature in run.state.hidden.outputs
    if returns == "void" and not has_outputs:
        return
    if returns == "trigger":
        raise RefusedError("42P13", "SQL functions cannot return type trigger")
    kind, fields = statements[-1] if statements else ("", {})
    if kind not in _GIVING or (kind != "SelectStmt" and not _returning(fields)):
        if kind != "CallStmt":
            raise _mismatch(run, function)
        return
    if kind == "MergeStmt":
        return
    if fields.get("intoClause"):
        raise _mismatch(run, function)
    output = _output(run, kind, fields, levels)
    if output is not None:
        _compare(run, function, output, _literals(kind, fields))


def _need_parameters(function: Function, statements: Sequence[tuple[str, Node]]) -> None:
    """`$n` means an argument that there is."""
    for _, fields in statements:
        for kind, node in walk(fields):
            number = node.get("number", 0) if kind == "ParamRef" else 0
            if number > len(function.arguments):
                raise RefusedError("42P02", f"there is no parameter ${number}")


def _returning(fields: Node) -> bool:
    return bool(fields.get("returningList") or fields.get("returningClause"))


def _output(run: Run, kind: str, fields: Node, levels: Levels) -> Output | None:
    before, run.needs_types = run.needs_types, True
    try:
        output = output_of(run, {kind: fields}, None, levels)
    finally:
        run.needs_types = before
    if kind != "SelectStmt":
        targets = fields.get("returningList") or fields["returningClause"].get("exprs", ())
        if any("A_Star" in str(one) for one in targets):
            return None
        return Output(output.columns)
    return output if output.is_certain else None


def _literals(kind: str, fields: Node) -> frozenset[int]:
    return untyped(fields) if kind == "SelectStmt" else frozenset(range(2000))


def _compare(run: Run, function: Function, output: Output, literals: frozenset[int]) -> None:
    text = run.state.hidden.outputs.get(function.signature) or function.returns or ""
    text = text.removeprefix("SETOF ")
    wanted: list[Column] | None
    if text.startswith("TABLE("):
        wanted = rows.table_columns(run.state, text)
        if wanted is None:
            return
        whole = rows.row_columns(run.state, wanted[0].type) if len(wanted) == 1 else None
        if whole is not None:
            wanted = whole if len(output.columns) > 1 else wanted
    else:
        kind = parse_type(text)
        if kind.name in _VAGUE or kind.name.startswith("any"):
            return
        wanted = rows.row_columns(run.state, kind)
        if wanted is None or len(output.columns) == 1:
            # One column may be the whole row.
            if wanted is None and not _fits(run, output, [kind], literals):
                raise _mismatch(run, function)
            return
    if not _fits(run, output, [column.type for column in wanted], literals):
        raise _mismatch(run, function)


def _fits(run: Run, output: Output, wanted: Sequence[SqlType], literals: frozenset[int]) -> bool:
    """Whether the columns may be stored as such types."""
    if len(output.columns) != len(wanted):
        return False
    scope = printing.TableScope(run.state, {})
    for number, (made, kind) in enumerate(zip(output.columns, wanted, strict=True)):
        given = TEXT if number in literals else bare(made.type)
        if number in literals and len(literals) > len(output.columns):
            continue
        goal = bare(kind)
        if UNKNOWN in (given, goal) or given == goal:
            continue
        if not goal_is_plain(given, scope) or not goal_is_plain(goal, scope):
            if rows.row_columns(run.state, given) or rows.row_columns(run.state, goal):
                continue
            if base(given, scope).schema is not None or base(goal, scope).schema is not None:
                continue
        if not assigns(given, goal, scope):
            return False
    return True


def _mismatch(run: Run, function: Function) -> RefusedError:
    returns = (function.returns or "").removeprefix("SETOF ")
    is_row = returns.startswith("TABLE(") or function.kind == "procedure"
    shown = "record" if is_row else returns.removeprefix("public.")
    return RefusedError("42P13", f"return type mismatch in function declared to return {shown}")
