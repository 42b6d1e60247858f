"""The steps of a new migration: one statement each, with its way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum

from msgspec import Struct, field

from workers.engine.compare.changes import Change, Comparison
from workers.engine.fixes.tree import Names, Statement, statement
from workers.engine.schema.model import QualifiedName, Schema, Table


class Stage(IntEnum):
    """The order that PostgreSQL accepts: what others hang on first, what throws away last."""

    SCHEMA = 10
    EXTENSION = 12
    RENAME_TYPE = 14
    RENAME_TABLE = 16
    RENAME_COLUMN = 18
    FREE = 20
    DROP_FOREIGN_KEY = 22
    DROP_INDEX = 24
    DROP_KEY = 26
    RENAME_REST = 28
    ADD_VALUE = 30
    CREATE_TYPE = 32
    CREATE_TABLE = 34
    CHECK_TYPE = 35
    ADD_COLUMN = 36
    DROP_DEFAULT = 40
    SET_TYPE = 42
    SET_DEFAULT = 44
    LOOSEN = 46
    BACKFILL = 50
    CHECK = 52
    REQUIRE = 54
    ADD_KEY = 56
    ADD_INDEX = 58
    ADD_FOREIGN_KEY = 60
    GUARD = 62
    DROP_COLUMN = 70
    DROP_TABLE = 72
    DROP_TYPE = 74
    VALIDATE = 80
    CONCURRENT = 90


class Step(Struct, frozen=True):
    """One statement of a migration, and how it is undone.

    `comment` is the line that Prisma writes before such a statement. `notes` are lines for the
    reader. `undo` are the statements that take it back, `loss` says what they cannot bring back.
    `todo` says what only people can know; until they have mended it, the statement fails on rows
    that it concerns.
    """

    stage: Stage
    comment: str
    statement: Statement
    subject: str
    undo: tuple[Statement, ...] = ()
    loss: str = ""
    notes: tuple[str, ...] = ()
    todo: str = ""
    breaks: str = ""
    """What of the code that runs today the step would break; empty where nothing is known to."""
    rank: int = 0
    """The order within the stage."""


class House(Struct, frozen=True):
    """What the project's other migrations and its Prisma version decide."""

    names: Names = Names()
    has_comments: bool = True
    """Whether they carry Prisma's comments (`-- AlterTable`)."""
    has_guards: bool = False
    """Whether they write IF NOT EXISTS and IF EXISTS."""
    is_concurrent: bool = False
    """Whether they build indexes CONCURRENTLY."""
    is_one_transaction: bool = True
    """Whether a file is sent as one transaction: Prisma before 7.4, and Supabase's CLI."""
    is_merged: bool = True
    """Whether the changes of a table stand in one statement; apart, each shows what is refused."""

    def make(self, pattern: str, **values: object) -> Statement:
        """A statement of the project's."""
        return statement(pattern, self.names, **values)


class Running(Struct, frozen=True):
    """What the code that runs today expects of the database: the schema at the base."""

    schema: Schema | None = None

    def has_column(self, table: QualifiedName, column: str) -> bool:
        """Whether it reads and writes the column."""
        found = self.schema.tables.get(table) if self.schema is not None else None
        return found is not None and found.column(column) is not None

    def has_table(self, table: QualifiedName) -> bool:
        """Whether it knows the table."""
        return self.schema is not None and table in self.schema.tables


class Work(Struct, frozen=True):
    """What the makers of steps may look at.

    `field_text` gives the text of the Prisma field behind a declared column, "" where there is
    none. `large` names tables that must not be locked for long.
    """

    comparison: Comparison
    declared: Schema
    replayed: Schema
    house: House = House()
    running: Running = Running()
    large: frozenset[QualifiedName] = frozenset()
    field_text: Callable[[QualifiedName, str], str] = lambda table, column: ""
    server_version: int = 15
    tables: Mapping[QualifiedName, Table] = field(default_factory=dict)
    """The replayed table by the declared name."""
    changes: tuple[Change, ...] = ()

    @property
    def names(self) -> Names:
        """How objects are named."""
        return self.house.names

    def make(self, pattern: str, **values: object) -> Statement:
        """A statement of the project's."""
        return self.house.make(pattern, **values)

    def is_new(self, table: QualifiedName) -> bool:
        """Whether the fix itself creates the table, so that it holds no rows."""
        return table not in self.tables


def work_of(
    comparison: Comparison,
    declared: Schema,
    replayed: Schema,
    **rest: object,
) -> Work:
    """The work that a comparison asks for."""
    tables = {one.name: other for one, other in comparison.tables}
    return Work(
        comparison,
        declared,
        replayed,
        tables=tables,
        changes=comparison.changes,
        **rest,  # type: ignore[arg-type]
    )
