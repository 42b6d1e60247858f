"""Repairs made and tried: from a declaration and a history to what a server holds afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from tests.support.sides import migration
from workers.engine.compare import changes as c
from workers.engine.compare.changes import Comparison
from workers.engine.compare.differ import compare
from workers.engine.compare.subjects import subject_of
from workers.engine.fixes.plan import Part, parts, plan
from workers.engine.fixes.script import down, up
from workers.engine.fixes.steps import Stage, Step, Work, work_of
from workers.engine.fixes.written import written
from workers.engine.prisma.describe import Declaration
from workers.engine.schema.model import QualifiedName, Schema
from workers.engine.sql.replay import Migration, replay
from workers.environments import introspect
from workers.shadow.rehearsal import load, values_for


@dataclass(frozen=True)
class Repair:
    """The plan of one repair, as files, with what it is to mend."""

    declaration: Declaration
    replayed: Schema
    work: Work
    parts: tuple[Part, ...]

    @property
    def comparison(self) -> Comparison:
        """What separates the two sides."""
        return self.work.comparison

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step, in order."""
        return tuple(step for part in self.parts for step in part.steps)

    @property
    def files(self) -> list[str]:
        """The migrations."""
        return [up(part, self.work.house) for part in self.parts]

    @property
    def way_back(self) -> str:
        """Every `down.sql` in one."""
        return down(self.parts)

    def stood_in(self) -> list[str]:
        """The migrations with a value for every row that waits for people."""
        return [self._with_values(text) for text in self.files]

    def _with_values(self, text: str) -> str:
        for step in self.steps:
            schema, _, rest = step.subject.partition(".")
            table, _, column = rest.rpartition(".")
            found = self.declaration.schema.tables.get(QualifiedName(schema, table))
            if step.todo and step.stage is Stage.CHECK and found and found.column(column):
                check = written(step.statement)
                value = values_for(self.declaration.schema, found.name, column)
                text = text.replace(check, f"{value}\n{check}")
        return text


def repair(declaration: Declaration, replayed: Schema, **rest: Any) -> Repair:
    """The repair that brings what the migrations make to what is declared."""
    comparison = compare(declaration, replayed)
    work = work_of(comparison, declaration.schema, replayed, **rest)
    return Repair(declaration, replayed, work, parts(plan(work), work))


def history(*texts: str, month: int = 1) -> list[Migration]:
    """Migrations of these texts, in order."""
    return [migration(text, f"2025{month:02}0100{at:04}_step") for at, text in enumerate(texts, 1)]


def replayed_after(before: Sequence[Migration], files: Sequence[str]) -> Schema:
    """What the history makes with these files on top; nothing may be refused or left unread."""
    outcome = replay([*before, *history(*files, month=2)])
    assert [failure.message for failure in outcome.failures] == []
    assert [one.message for one in outcome.diagnostics] == []
    return outcome.schema


@dataclass
class Trial:
    """What a server held before and after. `cells` are values that the repair should keep."""

    failure: str = ""
    is_meant: bool = False
    rows_before: int = 0
    rows_after: int = 0
    cells_before: int = 0
    cells_after: int = 0
    schema: Schema = field(default_factory=Schema)


def attempt(
    connection: psycopg.Connection[Any],
    before: Sequence[Migration],
    made: Repair,
    files: Sequence[str],
    count: int = 3,
) -> Trial:
    """Carry out a history, load rows, carry out the files, and count."""
    for one in before:
        connection.execute(one.source.text.encode())
    load(connection, made.replayed, count)
    trial = Trial()
    kept = list(_kept(made))
    trial.rows_before = sum(_rows(connection, old) for old in {old for old, _, _, _ in kept})
    trial.cells_before = sum(_cells(connection, old, name) for old, name, _, _ in kept)
    try:
        for text in files:
            connection.execute(text.encode())
    except psycopg.Error as error:
        connection.rollback()
        trial.failure = error.diag.message_primary or str(error)
        trial.is_meant = isinstance(error, psycopg.errors.RaiseException | psycopg.DataError)
    is_done = not trial.failure
    tables = {new if is_done else old for old, _, new, _ in kept}
    trial.rows_after = sum(_rows(connection, name) for name in tables)
    trial.cells_after = sum(
        _cells(connection, new, other) if is_done else _cells(connection, old, name)
        for old, name, new, other in kept
    )
    trial.schema = introspect(connection)
    return trial


def _kept(made: Repair) -> list[tuple[QualifiedName, str, QualifiedName, str]]:
    """Replayed tables and columns that live on, with their declared names."""
    columns = {
        (change.replayed_table.name, change.replayed.name): change.declared.name
        for change in made.comparison.changes
        if isinstance(change, c.ColumnRenamed)
    }
    gone = {
        (change.replayed_table.name, change.replayed.name)
        for change in made.comparison.changes
        if isinstance(change, c.ColumnExtra)
    }
    return [
        (old.name, one.name, new.name, columns.get((old.name, one.name), one.name))
        for new, old in made.comparison.tables
        for one in old.columns
        if (old.name, one.name) not in gone
    ]


def _rows(connection: psycopg.Connection[Any], table: QualifiedName) -> int:
    return _number(
        connection, sql.SQL("SELECT count(*) FROM ONLY {}").format(sql.Identifier(*table))
    )


def _cells(connection: psycopg.Connection[Any], table: QualifiedName, column: str) -> int:
    query = sql.SQL("SELECT count({}) FROM ONLY {}")
    return _number(connection, query.format(sql.Identifier(column), sql.Identifier(*table)))


def _number(connection: psycopg.Connection[Any], query: sql.Composed) -> int:
    try:
        row = connection.execute(query).fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        return 0
    return row[0] if row is not None else 0


def told(declaration: Declaration, schema: Schema) -> list[str]:
    """What still separates a schema from the declaration."""
    return [
        f"{type(change).__name__} {subject_of(change)}"
        for change in compare(declaration, schema).changes
    ]
