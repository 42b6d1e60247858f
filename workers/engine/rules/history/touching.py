"""What migrations do to values and rows, and whether two of them touch the same.

Two schemas can be the same while the rows are not: a backfill that runs before a constraint, or
after it, is no detail. Columns are touched where their values are written or put under a rule; rows
where they are deleted, or made of others.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from workers.engine.source import Origin
from workers.engine.sql.effect_reader import effects_of
from workers.engine.sql.effects import (
    ColumnDropped,
    ColumnRetyped,
    ConstraintAdded,
    Effect,
    IndexCreated,
    NotNullSet,
    RowsWritten,
    TableTruncated,
)
from workers.engine.sql.postgres import Parsed
from workers.engine.sql.replay import Failure, Migration
from workers.engine.sql.state import State

_Column = tuple[str, str]
"""A table with its schema, and a column of it."""


class Touched(Struct):
    """What one migration does to tables that were there before its statement."""

    written: set[_Column] = field(default_factory=set)
    ruled: set[_Column] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    inserted: set[str] = field(default_factory=set)

    def note(self, effect: Effect) -> None:
        """Add what one statement does."""
        match effect:
            case RowsWritten(table=table, verb="DELETE") | TableTruncated(table=table):
                self.deleted.add(str(table.name))
            case RowsWritten(table=table, verb="INSERT"):
                self.inserted.add(str(table.name))
            case RowsWritten(table=table, columns=columns):
                self.written.update((str(table.name), column) for column in columns)
            case NotNullSet(table=table, column=column) | ColumnRetyped(table=table, column=column):
                self.ruled.add((str(table.name), column.name))
            case ColumnDropped(table=table, column=column):
                self.ruled.add((str(table.name), column.name))
            case ConstraintAdded(table=table, columns=columns):
                self.ruled.update((str(table.name), column) for column in columns)
            case IndexCreated(table=table, columns=columns, is_unique=True):
                self.ruled.update((str(table.name), column) for column in columns)
            case _:
                pass


class Watch(Struct):
    """Looks on while migrations run, for what some of them touch, by their names."""

    names: frozenset[str]
    touched: dict[str, Touched] = field(default_factory=dict)
    looks_inside: bool = True
    """Blocks and functions touch what their statements do."""

    def wants(self, migration: Migration) -> bool:
        """Whether this is one of them."""
        return migration.name in self.names

    def start(self, migration: Migration) -> None:
        """Forget what a run that was given up did."""
        self.touched[migration.name] = Touched()

    def before(self, migration: Migration, statement: Parsed, origin: Origin, state: State) -> None:
        """Note what the statement is about to do."""
        for effect in effects_of(statement, origin, state):
            self.touched[migration.name].note(effect)

    def withdrawn(self, migration: Migration) -> None:
        """What a statement would have touched counts where it was refused in a block, too."""

    def after(
        self,
        migration: Migration,
        statement: Parsed,
        origin: Origin,
        state: State,
        failure: Failure | None,
    ) -> None:
        """Nothing is seen only then."""


def shared_values(mine: Touched, others: Iterable[Touched]) -> str:
    """The column or the rows that one migration and others touch, for the reader; "" if none."""
    for theirs in others:
        columns = mine.written & (theirs.written | theirs.ruled) | mine.ruled & theirs.written
        if columns:
            table, column = min(columns)
            return f"the values of `{_bare(table)}.{column}`"
        rows = mine.deleted & _filled(theirs) | theirs.deleted & _filled(mine)
        if rows:
            return f"the rows of `{_bare(min(rows))}`"
    return ""


def _filled(touched: Touched) -> set[str]:
    """The tables in which it matters whether rows were deleted before."""
    return touched.inserted | {table for table, _ in (*touched.written, *touched.ruled)}


def _bare(name: str) -> str:
    return name.removeprefix("public.")
