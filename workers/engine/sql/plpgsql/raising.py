"""RAISE, ASSERT and GET DIAGNOSTICS."""

from __future__ import annotations

from workers.engine.sql.plpgsql import conditions
from workers.engine.sql.plpgsql.evaluate import shown
from workers.engine.sql.plpgsql.interpreter import Interpreter
from workers.engine.sql.plpgsql.leaving import RaisedError
from workers.engine.sql.plpgsql.world import UnevaluableError
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError

# elog.h's ERROR.
_ERROR = 21


def raise_(interpreter: Interpreter, fields: Node) -> None:
    """RAISE of an error; notices say nothing to the catalogue."""
    if fields.get("elog_level", _ERROR) < _ERROR:
        return
    if "message" not in fields and "condname" not in fields and "options" not in fields:
        if interpreter.handled is not None:
            raise interpreter.handled
        raise RefusedError("0Z002", "RAISE without parameters outside a handler")
    sqlstate = conditions.sqlstate(fields["condname"]) if "condname" in fields else "P0001"
    message = _message(interpreter, fields)
    hint = ""
    for one in fields.get("options", ()):
        option = one["PLpgSQL_raise_option"]
        found = _option(interpreter, option["expr"])
        kind = option.get("opt_type", 0)
        if kind == 0:
            sqlstate = conditions.sqlstate(found)
        elif kind == 1:
            message = found
        elif kind == 3:
            hint = found
    raise RaisedError(sqlstate, message, None, hint)


def _option(interpreter: Interpreter, holder: Node) -> str:
    try:
        return shown(interpreter.world, interpreter.evaluate(holder)[0])
    except UnevaluableError:
        return "?"


def _message(interpreter: Interpreter, fields: Node) -> str:
    parts = str(fields.get("message") or fields.get("condname") or "").split("%")
    words = [_option(interpreter, one) for one in fields.get("params", ())]
    made = parts[0]
    for number, part in enumerate(parts[1:]):
        made += (words[number] if number < len(words) else "%") + part
    return made


def diagnostics(interpreter: Interpreter, fields: Node) -> None:
    """GET [STACKED] DIAGNOSTICS."""
    for one in fields.get("diag_items", ()):
        item = one["PLpgSQL_diag_item"]
        target = interpreter.datums[item.get("target", 0)].get("PLpgSQL_var", {}).get("refname")
        if target is None:
            continue
        caught = interpreter.handled
        if item["kind"] == "MESSAGE_TEXT" and caught is not None:
            interpreter.set(target, caught.message, True)
        elif item["kind"] == "RETURNED_SQLSTATE" and caught is not None:
            interpreter.set(target, caught.sqlstate, True)
        else:
            interpreter.set(target, 0 if item["kind"] == "ROW_COUNT" else None, False)


def assert_(interpreter: Interpreter, fields: Node) -> None:
    """ASSERT."""
    holds, is_certain = interpreter.holds(fields["cond"])
    if is_certain and not holds:
        message = (
            _option(interpreter, fields["message"]) if "message" in fields else "assertion failed"
        )
        raise RefusedError("P0004", message)
