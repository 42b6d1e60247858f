"""Carry out PL/pgSQL on the replayed state.

Follows src/pl/plpgsql/src/pl_exec.c for what guards, handlers and loops over the catalogue need. A
block with handlers is a subtransaction: its state is undone before a handler runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from msgspec import Struct, field

from workers.engine.sql.plpgsql import conditions, queries, statements
from workers.engine.sql.plpgsql.calls import text
from workers.engine.sql.plpgsql.evaluate import is_true, shown, value
from workers.engine.sql.plpgsql.world import UNKNOWN, TooLongError, UnevaluableError, World
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse, parse_expression
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run
from workers.engine.sql.state import Log

MAX_STEPS = 20_000
MAX_ROUNDS = 1_000
"""Of a loop with no other end than its own condition."""

# elog.h's ERROR.
_ERROR = 21


class _ExitError(Exception):
    def __init__(self, label: str | None, is_exit: bool) -> None:
        super().__init__(label)
        self.label = label
        self.is_exit = is_exit


class _ReturnError(Exception):
    pass


class _RaisedError(RefusedError):
    """What RAISE or ASSERT raised, not the database by itself."""


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

    def block(self, fields: Node) -> None:
        """BEGIN ... [EXCEPTION ...] END."""
        handlers = fields.get("exceptions", {}).get("PLpgSQL_exception_block", {}).get("exc_list")
        if handlers is None:
            self._labelled(fields)
            return
        before = self.run.state.snapshot()
        try:
            self._labelled(fields)
        except RefusedError as refusal:
            action = _handler(handlers, refusal.sqlstate)
            if action is None:
                raise
            self.run.state.restore(before)
            outer, self.handled = self.handled, refusal
            self.world.variables["sqlstate"] = refusal.sqlstate
            self.world.variables["sqlerrm"] = refusal.message
            self.body(action)
            self.handled = outer

    def _labelled(self, fields: Node) -> None:
        try:
            self.body(fields.get("body", ()))
        except _ExitError as leaving:
            if leaving.label is None or leaving.label != fields.get("label"):
                raise

    def body(self, nodes: Any) -> None:
        """Statements one after the other."""
        for node in nodes:
            self.steps += 1
            if self.steps > MAX_STEPS:
                raise TooLongError("it runs for too long")
            ((kind, fields),) = node.items()
            step = _STEPS.get(kind)
            if step is None:
                self.doubt.is_open = True
                continue
            try:
                step(self, fields)
            except TooLongError:
                raise
            except UnevaluableError:
                self.doubt.is_open = True

    # Expressions

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

    # Variables

    def declare(self) -> None:
        """Give every variable its first value."""
        for datum in self.datums:
            variable = datum.get("PLpgSQL_var") or datum.get("PLpgSQL_rec")
            if variable is None or variable["refname"] in self.world.variables:
                continue
            name = variable["refname"]
            self.world.variables[name] = False if name == "found" else None
            if "default_val" in variable:
                self._assign_from(name, variable["default_val"])

    def _assign_from(self, name: str, holder: Node) -> None:
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

    def assign(self, fields: Node) -> None:
        query = fields["expr"]["PLpgSQL_expr"]["query"]
        target = self.datums[fields.get("varno", 0)]
        after = _assigned(query)
        holder = {"PLpgSQL_expr": {"query": after}}
        variable = target.get("PLpgSQL_var") or target.get("PLpgSQL_rec")
        if variable is None:
            field_ = target.get("PLpgSQL_recfield", {})
            parent = self.datums[field_.get("recparentno", 0)].get("PLpgSQL_rec", {})
            record = self.world.variables.get(parent.get("refname", ""))
            found, is_certain = self.evaluate(holder)
            if isinstance(record, dict):
                record[field_.get("fieldname", "")] = found
            if not is_certain:
                self.world.doubtful.add(parent.get("refname", ""))
            return
        self._assign_from(variable["refname"], holder)

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

    # Statements

    def execute_sql(self, fields: Node) -> None:
        holder = fields["sqlstmt"]
        if fields.get("into"):
            statements.check_names(self, holder["PLpgSQL_expr"]["query"])
            try:
                rows, is_certain = self.query(holder)
            except UnevaluableError:
                self.unknown(fields["target"])
                self.found(False, False)
                return
            if fields.get("strict") and not rows and is_certain:
                raise RefusedError("P0002", "query returned no rows")
            self.into(fields["target"], rows, is_certain)
            self.found(bool(rows), is_certain)
            return
        query = holder["PLpgSQL_expr"]["query"]
        if query not in self.read:
            kind = statements.static(self, query)
            if kind not in statements.DATA:
                return
            self.read.add(query)
        self.found(False, False)

    def perform(self, fields: Node) -> None:
        statements.check_names(self, fields["expr"]["PLpgSQL_expr"]["query"])
        if statements.called(self, fields["expr"]["PLpgSQL_expr"]["query"]):
            return
        try:
            rows, is_certain = self.query(fields["expr"])
        except UnevaluableError:
            rows, is_certain = [], False
        self.found(bool(rows), is_certain)

    def execute_dynamic(self, fields: Node) -> None:
        script, is_certain = self._script(fields["query"])
        if fields.get("into"):
            self.unknown(fields["target"])
        if script is None:
            self.doubt.is_open = True
            return
        if is_certain:
            statements.dynamic(self, script)
        else:
            self._try(partial(statements.dynamic, self, script))

    def _script(self, holder: Node) -> tuple[str | None, bool]:
        try:
            found, is_certain = self.evaluate(holder)
        except UnevaluableError:
            return None, False
        if found is None:
            if not is_certain:
                return None, False
            raise RefusedError("22004", "query string argument of EXECUTE is null")
        return text(found), is_certain

    def condition(self, fields: Node) -> None:
        branches = [(fields["cond"], fields.get("then_body", ()))]
        for one in fields.get("elsif_list", ()):
            branch = one["PLpgSQL_if_elsif"]
            branches.append((branch["cond"], branch.get("stmts", ())))
        otherwise = fields.get("else_body", ())
        is_sure = True
        for number, (holder, body) in enumerate(branches):
            holds, is_certain = self._holds(holder)
            if is_certain:
                if holds:
                    self.body(body)
                    return
                continue
            is_sure = False
            taken = body if holds else None
            others = [] if holds else [body]
            later = [*(one for _, one in branches[number + 1 :]), otherwise]
            for other in (*others, *(later if holds else ())):
                self._try(partial(self.body, other))
            if taken is not None:
                self._taken(taken)
                return
        if is_sure:
            self.body(otherwise)
        else:
            self._taken(otherwise)

    def _holds(self, holder: Node) -> tuple[bool, bool]:
        self.world.is_certain = True
        try:
            holds = is_true(self.world, self.expression(holder))
        except UnevaluableError:
            return False, False
        return holds, self.world.is_certain

    def _taken(self, body: Any) -> None:
        """A branch that an empty database takes, but another might not.

        What it raises says nothing where the history itself has put rows into the tables that
        decide: a seed that is checked afterwards.
        """
        before = self.run.state.snapshot() if self.world.has_met_rows else None
        log, self.run.state.log = self.run.state.log, Log()
        try:
            self.body(body)
        except _RaisedError:
            if before is None:
                raise
            self.run.state.restore(before)
        finally:
            self._note(self.run.state.log)
            _merge(log, self.run.state.log)
            self.run.state.log = log

    def _try(self, action: Callable[[], None]) -> None:
        """Carry out what may happen, note what it touches, and undo it."""
        state = self.run.state
        before, log = state.snapshot(), state.log
        variables, doubtful = dict(self.world.variables), set(self.world.doubtful)
        state.log = Log()
        try:
            action()
        except (RefusedError, _ExitError, _ReturnError):
            pass
        except UnevaluableError:
            self.doubt.is_open = True
        finally:
            self._note(state.log)
            state.restore(before)
            state.log = log
            changed = {k for k, v in self.world.variables.items() if variables.get(k) is not v}
            self.world.variables, self.world.doubtful = variables, doubtful | changed

    def _note(self, log: Log) -> None:
        self.doubt.subjects |= log.creates | log.touches | log.drops

    def case(self, fields: Node) -> None:
        if "t_expr" in fields:
            variable = self.datums[fields.get("t_varno", 0)]["PLpgSQL_var"]["refname"]
            self._assign_from(variable, fields["t_expr"])
        for one in fields.get("case_when_list", ()):
            when = one["PLpgSQL_case_when"]
            holds, is_certain = self._holds(when["expr"])
            if not is_certain:
                self._try(partial(self.body, when.get("stmts", ())))
            elif holds:
                self.body(when.get("stmts", ()))
                return
        if fields.get("have_else"):
            self.body(fields.get("else_stmts", ()))
        else:
            raise RefusedError("20000", "case not found")

    # Loops

    def _loop(self, fields: Node, rounds: Iterator[None]) -> None:
        label = fields.get("label")
        for _ in rounds:
            self.steps += 1
            if self.steps > MAX_STEPS:
                raise TooLongError("a loop in it runs for too long")
            try:
                self.body(fields.get("body", ()))
            except _ExitError as leaving:
                if leaving.label is not None and leaving.label != label:
                    raise
                if leaving.is_exit:
                    return

    def forever(self, fields: Node) -> None:
        def rounds() -> Iterator[None]:
            for _ in range(MAX_ROUNDS):
                yield None
            raise TooLongError("a loop in it runs for too long")

        self._loop(fields, rounds())

    def while_(self, fields: Node) -> None:
        def rounds() -> Iterator[None]:
            for _ in range(MAX_ROUNDS):
                holds, is_certain = self._holds(fields["cond"])
                if not is_certain:
                    self._try(partial(self.body, fields.get("body", ())))
                    return
                if not holds:
                    return
                yield None
            raise TooLongError("a loop in it runs for too long")

        self._loop(fields, rounds())

    def for_numbers(self, fields: Node) -> None:
        name = fields["var"]["PLpgSQL_var"]["refname"]
        low, sure = self.evaluate(fields["lower"])
        high, sure_too = self.evaluate(fields["upper"])
        step = self.evaluate(fields["step"])[0] if fields.get("step") else 1
        if not all(isinstance(one, int) for one in (low, high, step)) or step <= 0:
            self._uncertain_loop(fields)
            return
        numbers = (
            range(low, high - 1, -step) if fields.get("reverse") else range(low, high + 1, step)
        )

        def rounds() -> Iterator[None]:
            for number in numbers:
                self.set(name, number, sure and sure_too)
                yield None

        self._loop(fields, rounds())
        self.found(len(numbers) > 0, sure and sure_too)

    def _uncertain_loop(self, fields: Node) -> None:
        """A loop of which it is not known how often it runs: perhaps never."""
        self._try(partial(self.body, fields.get("body", ())))
        self.found(False, False)

    def for_query(self, fields: Node) -> None:
        self._over(fields, fields["query"])

    def _over(self, fields: Node, holder: Node) -> None:
        statements.check_names(self, holder["PLpgSQL_expr"]["query"])
        try:
            rows, is_certain = self.query(holder)
        except UnevaluableError:
            rows, is_certain = [], False
        if not rows and not is_certain:
            self.unknown(fields["var"])
            self._uncertain_loop(fields)
            return

        def rounds() -> Iterator[None]:
            for row in rows:
                self.into(fields["var"], [row], is_certain)
                yield None

        self._loop(fields, rounds())
        self.found(bool(rows), is_certain)

    def for_dynamic(self, fields: Node) -> None:
        script, is_certain = self._script(fields["query"])
        if script is None or not is_certain or fields.get("params"):
            self.unknown(fields["var"])
            self._uncertain_loop(fields)
            return
        self._over(fields, {"PLpgSQL_expr": {"query": script}})

    def for_each(self, fields: Node) -> None:
        found, is_certain = self.evaluate(fields["expr"])
        if isinstance(found, str):
            from workers.engine.sql.plpgsql.evaluate import array_of

            found = array_of(found)
        if not isinstance(found, list):
            if found is None and is_certain:
                raise RefusedError("22004", "FOREACH expression must not be null")
            self._uncertain_loop(fields)
            return
        target = self.datums[fields.get("varno", 0)]
        name = (target.get("PLpgSQL_var") or target.get("PLpgSQL_rec", {})).get("refname", "")

        def rounds() -> Iterator[None]:
            for one in found:
                self.set(name, one, is_certain)
                yield None

        self._loop(fields, rounds())

    def leave(self, fields: Node) -> None:
        """EXIT and CONTINUE, perhaps on a condition."""
        if "cond" in fields:
            holds, is_certain = self._holds(fields["cond"])
            if not is_certain:
                # Most often EXIT WHEN NOT FOUND: no rows were left to work on.
                self.doubt.is_open = True
                holds = holds or bool(fields.get("is_exit"))
            if not holds:
                return
        raise _ExitError(fields.get("label"), bool(fields.get("is_exit")))

    # Errors

    def raise_(self, fields: Node) -> None:
        if fields.get("elog_level", _ERROR) < _ERROR:
            return
        if "message" not in fields and "condname" not in fields and "options" not in fields:
            if self.handled is not None:
                raise self.handled
            raise RefusedError("0Z002", "RAISE without parameters outside a handler")
        sqlstate = conditions.sqlstate(fields["condname"]) if "condname" in fields else "P0001"
        message = self._message(fields)
        hint = ""
        for one in fields.get("options", ()):
            option = one["PLpgSQL_raise_option"]
            found = self._option(option["expr"])
            kind = option.get("opt_type", 0)
            if kind == 0:
                sqlstate = conditions.sqlstate(found)
            elif kind == 1:
                message = found
            elif kind == 3:
                hint = found
        raise _RaisedError(sqlstate, message, None, hint)

    def _option(self, holder: Node) -> str:
        try:
            return shown(self.world, self.evaluate(holder)[0])
        except UnevaluableError:
            return "?"

    def _message(self, fields: Node) -> str:
        parts = str(fields.get("message") or fields.get("condname") or "").split("%")
        words = [self._option(one) for one in fields.get("params", ())]
        made = parts[0]
        for number, part in enumerate(parts[1:]):
            made += (words[number] if number < len(words) else "%") + part
        return made

    def diagnostics(self, fields: Node) -> None:
        for one in fields.get("diag_items", ()):
            item = one["PLpgSQL_diag_item"]
            target = self.datums[item.get("target", 0)].get("PLpgSQL_var", {}).get("refname")
            if target is None:
                continue
            caught = self.handled
            if item["kind"] == "MESSAGE_TEXT" and caught is not None:
                self.set(target, caught.message, True)
            elif item["kind"] == "RETURNED_SQLSTATE" and caught is not None:
                self.set(target, caught.sqlstate, True)
            else:
                self.set(target, 0 if item["kind"] == "ROW_COUNT" else None, False)

    def assert_(self, fields: Node) -> None:
        holds, is_certain = self._holds(fields["cond"])
        if is_certain and not holds:
            message = self._option(fields["message"]) if "message" in fields else "assertion failed"
            raise RefusedError("P0004", message)

    def return_(self, fields: Node) -> None:
        raise _ReturnError

    def return_query(self, fields: Node) -> None:
        """RETURN QUERY: what it names must be there."""
        if "query" in fields:
            statements.check_names(self, fields["query"]["PLpgSQL_expr"]["query"])

    def call(self, fields: Node) -> None:
        statements.static(self, fields["expr"]["PLpgSQL_expr"]["query"])

    def nothing(self, fields: Node) -> None:
        """A statement that leaves the catalogue alone."""

    def whole(self, fields: Node) -> None:
        """The outermost block."""
        try:
            self.block(fields)
        except _ReturnError:
            return
        except _ExitError:
            return


def _handler(handlers: Any, sqlstate: str) -> Any:
    for one in handlers:
        exception = one["PLpgSQL_exception"]
        for condition in exception.get("conditions", ()):
            if conditions.catches(condition["PLpgSQL_condition"]["condname"], sqlstate):
                return exception.get("action", ())
    return None


def _assigned(query: str) -> str:
    """What stands after `:=` or `=` in an assignment."""
    marks = [at for at in (query.find(":="), query.find("=")) if at >= 0]
    at = min(marks)
    return query[at + (2 if query[at] == ":" else 1) :]


def _merge(log: Log, inner: Log) -> None:
    log.needs |= inner.needs
    log.creates |= inner.creates
    log.touches |= inner.touches
    log.drops |= inner.drops


_STEPS: dict[str, Callable[[Interpreter, Node], None]] = {
    "PLpgSQL_stmt_block": Interpreter.block,
    "PLpgSQL_stmt_assign": Interpreter.assign,
    "PLpgSQL_stmt_if": Interpreter.condition,
    "PLpgSQL_stmt_case": Interpreter.case,
    "PLpgSQL_stmt_loop": Interpreter.forever,
    "PLpgSQL_stmt_while": Interpreter.while_,
    "PLpgSQL_stmt_fori": Interpreter.for_numbers,
    "PLpgSQL_stmt_fors": Interpreter.for_query,
    "PLpgSQL_stmt_dynfors": Interpreter.for_dynamic,
    "PLpgSQL_stmt_foreach_a": Interpreter.for_each,
    "PLpgSQL_stmt_exit": Interpreter.leave,
    "PLpgSQL_stmt_return": Interpreter.return_,
    "PLpgSQL_stmt_raise": Interpreter.raise_,
    "PLpgSQL_stmt_assert": Interpreter.assert_,
    "PLpgSQL_stmt_execsql": Interpreter.execute_sql,
    "PLpgSQL_stmt_dynexecute": Interpreter.execute_dynamic,
    "PLpgSQL_stmt_getdiag": Interpreter.diagnostics,
    "PLpgSQL_stmt_perform": Interpreter.perform,
    "PLpgSQL_stmt_call": Interpreter.call,
    "PLpgSQL_stmt_null": Interpreter.nothing,
    "PLpgSQL_stmt_return_next": Interpreter.nothing,
    "PLpgSQL_stmt_return_query": Interpreter.return_query,
    "PLpgSQL_stmt_commit": Interpreter.nothing,
    "PLpgSQL_stmt_rollback": Interpreter.nothing,
}
