"""Carry out PL/pgSQL on the replayed state.

Follows src/pl/plpgsql/src/pl_exec.c for what guards, handlers and loops over the catalogue need. A
block with handlers is a subtransaction: its state is undone before a handler runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct, field

from workers.engine.schema.model import QualifiedName
from workers.engine.sql.plpgsql import conditions, queries
from workers.engine.sql.plpgsql.calls import text
from workers.engine.sql.plpgsql.evaluate import is_true, value
from workers.engine.sql.plpgsql.leaving import ExitError, ReturnError
from workers.engine.sql.plpgsql.world import UNKNOWN, TooLongError, UnevaluableError, World
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse, parse_expression
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run
from workers.engine.sql.state import Log

MAX_STEPS = 20_000


class Doubt(Struct):
    """What may be touched where a course is not certain; `is_open` if not even that is known."""

    subjects: set[str] = field(default_factory=set)
    is_open: bool = False


class Interpreter(Struct):
    """One function body or DO block on its way."""

    run: Run
    datums: list[Node]
    world: World
    doubt: Doubt
    steps: int = 0
    read: set[str] = field(default_factory=set)
    """Statements on rows that were looked at already: in a loop the second time tells nothing."""
    handled: RefusedError | None = None
    """The error that the handler being run has caught."""
    is_blind: bool = False
    """Whether the condition that was looked at last could not be worked out at all."""
    in_use: frozenset[QualifiedName] = frozenset()
    """The tables over whose rows loops go."""

    def block(self, fields: Node) -> None:
        """BEGIN ... [EXCEPTION ...] END."""
        handlers = fields.get("exceptions", {}).get("PLpgSQL_exception_block", {}).get("exc_list")
        if handlers is None:
            self._labelled(fields)
            return
        before = self.run.state.snapshot()
        may_end, self.run.may_end = self.run.may_end, False
        try:
            self._labelled(fields)
        except RefusedError as refusal:
            self.run.may_end = may_end
            action = _handler(handlers, refusal.sqlstate)
            if action is None:
                raise
            self.run.state.restore(before)
            outer, self.handled = self.handled, refusal
            self.world.variables["sqlstate"] = refusal.sqlstate
            self.world.variables["sqlerrm"] = refusal.message
            self.body(action)
            self.handled = outer
        finally:
            self.run.may_end = may_end

    def _labelled(self, fields: Node) -> None:
        if "label" in fields:
            self.world.labels.add(fields["label"])
        try:
            self.body(fields.get("body", ()))
        except ExitError as leaving:
            if leaving.label is None or leaving.label != fields.get("label"):
                raise

    def body(self, nodes: Any) -> None:
        """Statements one after the other."""
        from workers.engine.sql.plpgsql.steps import STEPS

        for node in nodes:
            self.steps += 1
            if self.steps > MAX_STEPS:
                raise TooLongError("it runs for too long")
            ((kind, fields),) = node.items()
            step = STEPS.get(kind)
            if step is None:
                self.doubt.is_open = True
                continue
            try:
                step(self, fields)
            except TooLongError:
                raise
            except UnevaluableError:
                self.doubt.is_open = True

    def expression(self, holder: Node) -> Node:
        """The parsed node of a PLpgSQL_expr."""
        query = holder["PLpgSQL_expr"]["query"]
        try:
            return parse_expression(query)
        except (SqlSyntaxError, ValueError, KeyError) as error:
            raise UnevaluableError("an expression that is not one") from error

    def evaluate(self, holder: Node) -> tuple[Any, bool]:
        """The value of a PLpgSQL_expr, and whether it is certain."""
        self.world.is_certain = True
        try:
            found = value(self.world, self.expression(holder))
        except RefusedError as refusal:
            if self.world.is_certain:
                raise
            raise UnevaluableError("a refusal that rests on what is not certain") from refusal
        return found, self.world.is_certain

    def query(self, holder: Node) -> tuple[list[dict[str, Any]], bool]:
        """The rows of a PLpgSQL_expr that is a query, and whether they are certain."""
        query = holder["PLpgSQL_expr"]["query"]
        try:
            (parsed,) = parse(query.encode())
        except (SqlSyntaxError, ValueError) as error:
            raise UnevaluableError("a query that is not one") from error
        self.world.is_certain = True
        found = queries.rows(self.world, {parsed.kind: parsed.fields})
        return found, self.world.is_certain

    def assign_from(self, name: str, holder: Node) -> None:
        try:
            found, is_certain = self.evaluate(holder)
        except TooLongError:
            raise
        except UnevaluableError:
            found, is_certain = UNKNOWN, False
        self.set(name, found, is_certain)

    def set(self, name: str, found: Any, is_certain: bool) -> None:
        """Give a variable a value."""
        self.world.variables[name] = found
        (self.world.doubtful.discard if is_certain else self.world.doubtful.add)(name)

    def into(self, target: Node, rows: list[dict[str, Any]], is_certain: bool) -> None:
        """SELECT ... INTO: the first row, or NULLs."""
        row = rows[0] if rows else {}
        record = target.get("PLpgSQL_rec")
        if record is not None:
            self.set(record["refname"], dict(row) if rows else None, is_certain)
            return
        values = [*row.values()]
        for number, one in enumerate(target.get("PLpgSQL_row", {}).get("fields", ())):
            found = values[number] if number < len(values) else None
            self.set(one["name"], found, is_certain)

    def unknown(self, target: Node) -> None:
        """SELECT ... INTO of what cannot be worked out."""
        record = target.get("PLpgSQL_rec")
        fields = target.get("PLpgSQL_row", {}).get("fields", ())
        for name in [record["refname"]] if record is not None else [one["name"] for one in fields]:
            self.set(name, UNKNOWN, False)

    def found(self, is_found: bool, is_certain: bool) -> None:
        """Set FOUND."""
        self.set("found", is_found, is_certain)

    def script(self, holder: Node) -> tuple[str | None, bool]:
        try:
            found, is_certain = self.evaluate(holder)
        except UnevaluableError:
            return None, False
        if found is None:
            if not is_certain:
                return None, False
            raise RefusedError("22004", "query string argument of EXECUTE is null")
        return text(found), is_certain

    def holds(self, holder: Node) -> tuple[bool, bool]:
        """Whether a condition is true, and whether that is certain."""
        self.world.is_certain = True
        self.is_blind = False
        try:
            holds = is_true(self.world, self.expression(holder))
        except UnevaluableError:
            self.is_blind = True
            return False, False
        return holds, self.world.is_certain

    def attempt(self, action: Callable[[], None]) -> None:
        """Carry out what may happen, note what it touches, and undo it."""
        state = self.run.state
        before, log = state.snapshot(), state.log
        variables, doubtful = dict(self.world.variables), set(self.world.doubtful)
        state.log = Log()
        try:
            action()
        except (RefusedError, ExitError, ReturnError):
            pass
        except UnevaluableError:
            self.doubt.is_open = True
        finally:
            self.note(state.log)
            state.restore(before)
            state.log = log
            changed = {k for k, v in self.world.variables.items() if variables.get(k) is not v}
            self.world.variables, self.world.doubtful = variables, doubtful | changed

    def note(self, log: Log) -> None:
        self.doubt.subjects |= log.creates | log.touches | log.drops

    def whole(self, fields: Node) -> None:
        """The outermost block."""
        try:
            self.block(fields)
        except ReturnError:
            return
        except ExitError:
            return


def _handler(handlers: Any, sqlstate: str) -> Any:
    for one in handlers:
        exception = one["PLpgSQL_exception"]
        for condition in exception.get("conditions", ()):
            if conditions.catches(condition["PLpgSQL_condition"]["condname"], sqlstate):
                return exception.get("action", ())
    return None


def merge(log: Log, inner: Log) -> None:
    log.needs |= inner.needs
    log.creates |= inner.creates
    log.touches |= inner.touches
    log.drops |= inner.drops
