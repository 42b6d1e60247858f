"""Loops: over numbers, queries, arrays, and without an end of their own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from workers.engine.sql.plpgsql import statements
from workers.engine.sql.plpgsql.interpreter import MAX_STEPS, Interpreter
from workers.engine.sql.plpgsql.leaving import ExitError
from workers.engine.sql.plpgsql.world import TooLongError, UnevaluableError
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError

MAX_ROUNDS = 1_000
"""Of a loop with no other end than its own condition."""


def _loop(interpreter: Interpreter, fields: Node, rounds: Iterator[None]) -> None:
    label = fields.get("label")
    for _ in rounds:
        interpreter.steps += 1
        if interpreter.steps > MAX_STEPS:
            raise TooLongError("a loop in it runs for too long")
        try:
            interpreter.body(fields.get("body", ()))
        except ExitError as leaving:
            if leaving.label is not None and leaving.label != label:
                raise
            if leaving.is_exit:
                return


def forever(interpreter: Interpreter, fields: Node) -> None:
    """LOOP ... END LOOP."""

    def rounds() -> Iterator[None]:
        for _ in range(MAX_ROUNDS):
            yield None
        raise TooLongError("a loop in it runs for too long")

    _loop(interpreter, fields, rounds())


def while_(interpreter: Interpreter, fields: Node) -> None:
    """WHILE."""

    def rounds() -> Iterator[None]:
        for _ in range(MAX_ROUNDS):
            holds, is_certain = interpreter.holds(fields["cond"])
            if not is_certain:
                interpreter.attempt(partial(interpreter.body, fields.get("body", ())))
                return
            if not holds:
                return
            yield None
        raise TooLongError("a loop in it runs for too long")

    _loop(interpreter, fields, rounds())


def for_numbers(interpreter: Interpreter, fields: Node) -> None:
    """FOR over a range of integers."""
    name = fields["var"]["PLpgSQL_var"]["refname"]
    low, sure = interpreter.evaluate(fields["lower"])
    high, sure_too = interpreter.evaluate(fields["upper"])
    step = interpreter.evaluate(fields["step"])[0] if fields.get("step") else 1
    if not all(isinstance(one, int) for one in (low, high, step)) or step <= 0:
        _uncertain(interpreter, fields)
        return
    numbers = range(low, high - 1, -step) if fields.get("reverse") else range(low, high + 1, step)

    def rounds() -> Iterator[None]:
        for number in numbers:
            interpreter.set(name, number, sure and sure_too)
            yield None

    _loop(interpreter, fields, rounds())
    interpreter.found(len(numbers) > 0, sure and sure_too)


def _uncertain(interpreter: Interpreter, fields: Node) -> None:
    """A loop of which it is not known how often it runs: perhaps never."""
    interpreter.attempt(partial(interpreter.body, fields.get("body", ())))
    interpreter.found(False, False)


def for_query(interpreter: Interpreter, fields: Node) -> None:
    """FOR over the rows of a query."""
    _over(interpreter, fields, fields["query"])


def _over(interpreter: Interpreter, fields: Node, holder: Node) -> None:
    statements.check_names(interpreter, holder["PLpgSQL_expr"]["query"])
    try:
        rows, is_certain = interpreter.query(holder)
    except UnevaluableError:
        rows, is_certain = [], False
    if not rows and not is_certain:
        interpreter.unknown(fields["var"])
        _uncertain(interpreter, fields)
        return

    def rounds() -> Iterator[None]:
        for row in rows:
            interpreter.into(fields["var"], [row], is_certain)
            yield None

    before = interpreter.in_use
    if rows:
        interpreter.in_use |= statements.read_by(interpreter, holder["PLpgSQL_expr"]["query"])
    try:
        _loop(interpreter, fields, rounds())
    finally:
        interpreter.in_use = before
    interpreter.found(bool(rows), is_certain)


def for_dynamic(interpreter: Interpreter, fields: Node) -> None:
    """FOR over the rows of a query that EXECUTE is given."""
    script, is_certain = interpreter.script(fields["query"])
    if script is None or not is_certain or fields.get("params"):
        interpreter.unknown(fields["var"])
        _uncertain(interpreter, fields)
        return
    _over(interpreter, fields, {"PLpgSQL_expr": {"query": script}})


def for_each(interpreter: Interpreter, fields: Node) -> None:
    """FOREACH over the items of an array."""
    found, is_certain = interpreter.evaluate(fields["expr"])
    if isinstance(found, str):
        from workers.engine.sql.plpgsql.evaluate import array_of

        found = array_of(found)
    if not isinstance(found, list):
        if found is None and is_certain:
            raise RefusedError("22004", "FOREACH expression must not be null")
        _uncertain(interpreter, fields)
        return
    target = interpreter.datums[fields.get("varno", 0)]
    name = (target.get("PLpgSQL_var") or target.get("PLpgSQL_rec", {})).get("refname", "")

    def rounds() -> Iterator[None]:
        for one in found:
            interpreter.set(name, one, is_certain)
            yield None

    _loop(interpreter, fields, rounds())


def leave(interpreter: Interpreter, fields: Node) -> None:
    """EXIT and CONTINUE, perhaps on a condition."""
    if "cond" in fields:
        holds, is_certain = interpreter.holds(fields["cond"])
        if not is_certain:
            # Most often EXIT WHEN NOT FOUND: no rows were left to work on.
            interpreter.doubt.is_open = True
            holds = holds or bool(fields.get("is_exit"))
        if not holds:
            return
    raise ExitError(fields.get("label"), bool(fields.get("is_exit")))
