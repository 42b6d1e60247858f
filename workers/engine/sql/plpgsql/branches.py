"""IF and CASE: the branch that holds, and those that might."""

from __future__ import annotations

from functools import partial
from typing import Any

from workers.engine.sql.plpgsql.interpreter import Interpreter, merge
from workers.engine.sql.plpgsql.leaving import RaisedError
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.state import Log


def condition(interpreter: Interpreter, fields: Node) -> None:
    """IF: a branch that only might be taken is tried and undone."""
    branches = [(fields["cond"], fields.get("then_body", ()))]
    for one in fields.get("elsif_list", ()):
        branch = one["PLpgSQL_if_elsif"]
        branches.append((branch["cond"], branch.get("stmts", ())))
    otherwise = fields.get("else_body", ())
    is_sure, is_blind = True, False
    for number, (holder, body) in enumerate(branches):
        holds, is_certain = interpreter.holds(holder)
        if is_certain:
            if holds:
                interpreter.body(body)
                return
            continue
        is_sure, is_blind = False, is_blind or interpreter.is_blind
        taken = body if holds else None
        others = [] if holds else [body]
        later = [*(one for _, one in branches[number + 1 :]), otherwise]
        for other in (*others, *(later if holds else ())):
            interpreter.attempt(partial(interpreter.body, other))
        if taken is not None:
            _taken(interpreter, taken, is_blind=is_blind)
            return
    if is_sure:
        interpreter.body(otherwise)
    else:
        _taken(interpreter, otherwise, is_blind=is_blind)


def case(interpreter: Interpreter, fields: Node) -> None:
    """CASE, with a subject or without."""
    if "t_expr" in fields:
        variable = interpreter.datums[fields.get("t_varno", 0)]["PLpgSQL_var"]["refname"]
        interpreter.assign_from(variable, fields["t_expr"])
    is_sure = True
    for one in fields.get("case_when_list", ()):
        when = one["PLpgSQL_case_when"]
        holds, is_certain = interpreter.holds(when["expr"])
        if not is_certain:
            is_sure = False
            interpreter.attempt(partial(interpreter.body, when.get("stmts", ())))
        elif holds:
            interpreter.body(when.get("stmts", ()))
            return
    if not is_sure:
        _taken(interpreter, fields.get("else_stmts", ()), is_blind=True)
    elif fields.get("have_else"):
        interpreter.body(fields.get("else_stmts", ()))
    else:
        raise RefusedError("20000", "case not found")


def _taken(interpreter: Interpreter, body: Any, *, is_blind: bool) -> None:
    """A branch that an empty database takes, but another might not.

    What it raises says nothing where the history itself has put rows into the tables that
    decide, a seed that is checked afterwards; and no refusal says anything where it is taken
    blindly, since its condition could not be worked out.
    """
    is_open = is_blind or interpreter.world.has_met_rows
    before = interpreter.run.state.snapshot() if is_open else None
    log, interpreter.run.state.log = interpreter.run.state.log, Log()
    try:
        interpreter.body(body)
    except RefusedError as refusal:
        if before is None or not (is_blind or isinstance(refusal, RaisedError)):
            raise
        interpreter.run.state.restore(before)
    finally:
        interpreter.note(interpreter.run.state.log)
        merge(log, interpreter.run.state.log)
        interpreter.run.state.log = log
