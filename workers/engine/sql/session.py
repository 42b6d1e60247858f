"""One migration file on its way through the server: statements, transactions, refusals.

A file is sent as one message of the simple protocol: one transaction, unless BEGIN and COMMIT
stand in it (https://www.postgresql.org/docs/current/protocol-flow.html, "Multiple Statements in a
Simple Query"). Where that is what the server refuses, it is run again statement by statement.
"""

from __future__ import annotations

from msgspec import Struct, field

from workers.engine.errors import Diagnostic
from workers.engine.source import Origin
from workers.engine.sql import newer
from workers.engine.sql.dispatch import perform
from workers.engine.sql.doubts import is_doubtful, note_doubts
from workers.engine.sql.postgres import Parsed
from workers.engine.sql.refusal import RefusedError, UnknowableError
from workers.engine.sql.replay import Failure, Migration, Step, Watcher
from workers.engine.sql.run import Run
from workers.engine.sql.split import Script, Statement, Trouble
from workers.engine.sql.state import TEMPORARY, Log, Snapshot, State
from workers.engine.sql.text import Text

_NO_TRANSACTION = frozenset(("25001", "2D000", "55P04"))


class Session(Struct):
    """The outcome of one file, as it grows."""

    migration: Migration
    state: State
    text: Text
    is_lenient: bool = False
    by_statement: bool = False
    is_alone: bool = False
    """Whether the file holds a single statement, which then is in no transaction block."""
    watch: Watcher | None = None
    in_block: bool = False
    committed: Snapshot | None = None
    savepoints: dict[str, Snapshot] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    early: set[int] = field(default_factory=set)
    """Where statements start that use an enum value which the transaction has added."""


class _Inside(Struct):
    """Shows a watcher the statements that a block carries out, as if they stood in the file."""

    watch: Watcher
    migration: Migration
    state: State

    def before(self, statement: Parsed, origin: Origin) -> None:
        """One is about to run."""
        kept = self.state.log
        self.state.log = Log()
        self.watch.before(self.migration, statement, origin, self.state)
        self.state.log = kept

    def after(self, statement: Parsed, origin: Origin, *, is_refused: bool) -> None:
        """It has run, or was refused."""
        if is_refused:
            self.watch.withdrawn(self.migration)
        else:
            self.watch.after(self.migration, statement, origin, self.state, None)


def run_file(
    state: State,
    migration: Migration,
    script: Script,
    text: Text,
    *,
    lenient: bool,
    watch: Watcher | None = None,
    before: Snapshot | None = None,
) -> Session:
    """Carry out one file; on a refusal the state is as its last commit left it.

    `before` is the state as it is, where somebody has it already.
    """
    before = before or state.snapshot()
    session = Session(migration, state, text, lenient, watch=watch)
    session.committed = before
    _prepare(session, script)
    refusal = _run(session, script)
    if _wants_no_transaction(session, script, refusal):
        state.restore(before)
        session = Session(
            migration, state, text, lenient, by_statement=True, watch=watch, committed=before,
            early=session.early,
        )  # fmt: skip
        refusal = _run(session, script)
        if refusal is not None:
            state.restore(before)
            session.failures.append(refusal)
    elif refusal is not None:
        session.failures.append(refusal)
        assert session.committed is not None
        state.restore(session.committed)
    _close(state)
    return session


def _wants_no_transaction(session: Session, script: Script, refusal: Failure | None) -> bool:
    """Whether a statement was refused for the transaction that the whole file was put into."""
    if not session.is_lenient:
        return refusal is not None and refusal.sqlstate in _NO_TRANSACTION
    if all(failure.sqlstate not in _NO_TRANSACTION for failure in session.failures):
        return False
    return all(statement.kind != "TransactionStmt" for statement in script.statements)


def _prepare(session: Session, script: Script) -> None:
    session.is_alone = len(script.statements) == 1
    for trouble in script.troubles:
        if trouble.is_ours:
            origin = session.text.origin(trouble.start, trouble.end)
            session.diagnostics.append(Diagnostic("statement-too-deep", trouble.message, origin))


def _run(session: Session, script: Script) -> Failure | None:
    if session.watch is not None:
        session.watch.start(session.migration)
    refused = _unread(session, script)
    if refused and not session.is_lenient:
        return refused[0]
    session.failures += refused
    for statement in script.statements:
        failure = _step(session, statement)
        if failure is not None:
            if not session.is_lenient:
                return failure
            session.failures.append(failure)
    if session.in_block and not session.is_lenient:
        assert session.committed is not None
        session.state.restore(session.committed)
    return None


def _unread(session: Session, script: Script) -> list[Failure]:
    migration = session.migration
    found = []
    if migration.refusal is not None:
        sqlstate, message = migration.refusal
        end = min(len(session.text.data), 80)
        found.append(Failure(migration.name, session.text.origin(0, end), sqlstate, message))
    for trouble in _troubles(session, script):
        origin = _word_at(session.text, trouble)
        found.append(Failure(migration.name, origin, trouble.sqlstate, trouble.message))
    return found


def _troubles(session: Session, script: Script) -> list[Trouble]:
    troubles = [one for one in script.troubles if not one.is_ours]
    number = newer.grouped_number(session.text.data, session.state.reads_as)
    if number is not None:
        at, word = number
        message = f'trailing junk after numeric literal at or near "{word}"'
        troubles.append(Trouble("42601", message, at, at, at + len(word)))
        troubles.sort(key=lambda one: one.offset)
    return troubles


def _word_at(text: Text, trouble: Trouble) -> Origin:
    """The word at which the parser stopped."""
    start = end = min(trouble.offset, len(text.data))
    while end < min(trouble.end, start + 80) and text.data[end] not in b" \t\r\n;,()":
        end += 1
    return text.origin(start, max(end, min(start + 1, len(text.data))))


def _step(session: Session, statement: Statement) -> Failure | None:
    state = session.state
    text = session.text
    if statement.kind == "TransactionStmt":
        if session.watch is not None:
            parsed = Parsed(statement.kind, statement.fields, statement.start, statement.end)
            origin = text.origin(statement.start, statement.end)
            session.watch.before(session.migration, parsed, origin, state)
        return _transaction(session, statement)
    in_block = session.in_block if session.by_statement else not session.is_alone
    origin = text.origin(statement.start, statement.end)
    run = Run(
        state,
        text,
        statement.start,
        statement.end,
        statement.base,
        origin,
        session.diagnostics,
        in_block,
        session.is_lenient,
        may_end=not in_block,
    )
    if session.watch is not None and session.watch.looks_inside:
        run.onlooker = _Inside(session.watch, session.migration, state)
    state.log = log = Log()
    before = state.snapshot() if session.is_lenient else None
    failure = None
    parsed = Parsed(statement.kind, statement.fields, statement.start, statement.end)
    if session.watch is not None:
        session.watch.before(session.migration, parsed, origin, state)
        log.needs.clear()
    told = len(session.diagnostics)
    try:
        perform(run, statement.kind, statement.fields)
    except RefusedError as refusal:
        if refusal.sqlstate == "55P04":
            session.early.add(statement.start)
        if before is not None:
            state.restore(before)
        if is_doubtful(state, refusal):
            run.note("statement-uncertain", _uncertain(refusal), *sorted(log.needs))
        else:
            failure = _failure(session, statement, refusal)
    except UnknowableError as unknowable:
        run.note("statement-unknown", unknowable.message, *unknowable.subjects)
    except Exception as error:  # a bug of ours must not cost the other statements
        run.note("statement-unread", f"This statement could not be read: {error!r}.")
    if session.watch is not None:
        session.watch.after(session.migration, parsed, origin, state, failure)
    note_doubts(run, session.diagnostics[told:])
    session.failures += [_failure(session, statement, one) for one in run.partial]
    session.steps.append(
        Step(
            session.migration.name,
            origin,
            statement.kind,
            frozenset(log.creates),
            frozenset(log.needs - log.creates),
            frozenset(log.touches - log.creates),
            frozenset(log.drops),
            statement.start in session.early,
        )
    )
    if session.by_statement and not session.in_block and failure is None:
        _commit(session)
    return failure


def _uncertain(refusal: RefusedError) -> str:
    return (
        "Whether this statement succeeds depends on one before it that could not be read: "
        f"{refusal.message}."
    )


def _failure(session: Session, statement: Statement, refusal: RefusedError) -> Failure:
    start, end = statement.start, statement.end
    text = session.text
    if refusal.location is not None and refusal.location + statement.base > start:
        at = refusal.location + statement.base
        origin = _word_at(text, Trouble("", "", at, at, end))
    else:
        origin = text.origin(start, end)
    return Failure(session.migration.name, origin, refusal.sqlstate, refusal.message, refusal.hint)


def _commit(session: Session) -> None:
    state = session.state
    state.hidden.fresh_values.clear()
    state.hidden.fresh_types.clear()
    session.committed = state.snapshot()


def _transaction(session: Session, statement: Statement) -> Failure | None:
    kind = statement.fields.get("kind", "")
    name = statement.fields.get("savepoint_name", "")
    state = session.state
    if session.is_lenient:
        if kind == "TRANS_STMT_COMMIT":
            _commit(session)
        return None
    if kind in ("TRANS_STMT_BEGIN", "TRANS_STMT_START"):
        session.in_block = True
    elif kind == "TRANS_STMT_COMMIT":
        session.in_block = False
        session.savepoints.clear()
        _commit(session)
    elif kind == "TRANS_STMT_ROLLBACK":
        session.in_block = False
        session.savepoints.clear()
        assert session.committed is not None
        state.restore(session.committed)
    elif kind == "TRANS_STMT_SAVEPOINT":
        session.savepoints[name] = state.snapshot()
    elif kind == "TRANS_STMT_ROLLBACK_TO" and name in session.savepoints:
        state.restore(session.savepoints[name])
    elif kind in ("TRANS_STMT_ROLLBACK_TO", "TRANS_STMT_RELEASE"):
        if name not in session.savepoints:
            refusal = RefusedError("3B001", f'savepoint "{name}" does not exist')
            return _failure(session, statement, refusal)
        if kind == "TRANS_STMT_RELEASE":
            del session.savepoints[name]
    return None


def _close(state: State) -> None:
    """The session ends: its temporary objects go, its settings are forgotten."""
    hidden = state.hidden
    hidden.fresh_values.clear()
    hidden.fresh_types.clear()
    # By position, not by name: this looks at every object after every file.
    for name in [name for name in state.schema.tables if name[0] == TEMPORARY]:
        state.remove_table(name)
    for view in [name for name in state.schema.views if name[0] == TEMPORARY]:
        state.remove_view(view)
    for sequence in [one for one in state.schema.sequences.values() if one.name[0] == TEMPORARY]:
        state.remove(sequence)
    for name in [name for name in hidden.overloads if name[0] == TEMPORARY]:
        for signature in hidden.overloads[name]:
            state.remove_function(signature)
