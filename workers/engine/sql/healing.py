"""Differences that a later migration put right: renames, and columns copied and then dropped."""

from __future__ import annotations

from workers.engine.schema.model import Column, QualifiedName, Table
from workers.engine.source import Origin
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import references
from workers.engine.sql.replay import Resolved
from workers.engine.sql.run import Run
from workers.engine.sql.state import State


def note_copies(run: Run, table: QualifiedName, node: Node) -> None:
    """An UPDATE without joins that fills a column from another of the same table."""
    found = run.state.schema.tables.get(table)
    if found is None or node.get("fromClause"):
        return
    for one in node.get("targetList", ()):
        target = one["ResTarget"].get("name", "")
        sources = {path[-1] for path, _ in references(one["ResTarget"].get("val")).columns}
        sources.discard(target)
        if len(sources) == 1:
            (source,) = sources
            if found.column(source) is not None:
                run.state.hidden.copies[table, source] = (target, run.origin)


def note_drop(run: Run, table: QualifiedName, column: str, origin: Origin) -> None:
    """A column goes: if it was copied into another before, the other has taken its place."""
    copied = run.state.hidden.copies.pop((table, column), None)
    found = run.state.schema.tables.get(table)
    if copied is None or found is None:
        return
    target, update = copied
    taken = found.column(target)
    if taken is not None:
        message = f"`{column}` was copied into `{target}` and then dropped"
        _resolve(run.state, f"{table}.{target}", message, (*_made(taken), update, origin))


def note_rename(run: Run, table: QualifiedName, old: str, new: Column) -> None:
    """A column has another name now."""
    message = f"`{old}` was renamed to `{new.name}`"
    _resolve(run.state, f"{table}.{new.name}", message, (*_made(new), run.origin))


def note_table_rename(run: Run, old: QualifiedName, new: QualifiedName) -> None:
    """A table has another name now."""
    table = run.state.schema.tables.get(new)
    if table is not None and old.schema == new.schema:
        message = f"table `{old.name}` was renamed to `{new.name}`"
        _resolve(run.state, str(new), message, (*table.history[:1], run.origin))


def _made(column: Column) -> tuple[Origin, ...]:
    return column.history[:1]


def _resolve(state: State, subject: str, message: str, history: tuple[Origin, ...]) -> None:
    state.hidden.healed[subject] = (message, tuple(dict.fromkeys(history)))


def copies(state: State) -> dict[tuple[QualifiedName, str], tuple[str, Origin]]:
    """The columns that were copied into another of their table, where both are there still."""
    return {
        (name, column): (target, origin)
        for (name, column), (target, origin) in state.hidden.copies.items()
        if (table := state.schema.tables.get(name)) is not None
        and table.column(column) is not None
        and table.column(target) is not None
    }


def resolved(state: State) -> list[Resolved]:
    """What was put right and still stands."""
    return [
        Resolved(subject, message, history)
        for subject, (message, history) in state.hidden.healed.items()
        if history and _stands(state, subject)
    ]


def _stands(state: State, subject: str) -> bool:
    if _table(state, subject) is not None:
        return True
    head, _, column = subject.rpartition(".")
    table = _table(state, head)
    return table is not None and table.column(column) is not None


def _table(state: State, shown: str) -> Table | None:
    """The table of a name as `str` writes it, whose parts may have dots themselves."""
    at = shown.find(".")
    while at >= 0:
        found = state.schema.tables.get(QualifiedName(shown[:at], shown[at + 1 :]))
        if found is not None:
            return found
        at = shown.find(".", at + 1)
    return None
