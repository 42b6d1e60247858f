"""What the history rules are handed: migrations that fail, come late, changed, or never run."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct

from workers.engine.compare.changes import ColumnTypeChanged
from workers.engine.project.sql_runs import SqlRun
from workers.engine.rules.history.made import Trace
from workers.engine.rules.history.makers import Missing
from workers.engine.source import Origin, SourceFile
from workers.engine.sql.replay import Failure, Migration

Place = Literal["beside", "nested", "above", "elsewhere"]


class EmptyMigration(Struct, frozen=True):
    """A migration without a statement."""

    migration: Migration


class SharedStamp(Struct, frozen=True):
    """Migrations whose names begin with one and the same timestamp, in name order."""

    stamp: str
    migrations: tuple[Migration, ...]


class UnsortableName(Struct, frozen=True):
    """A migration without a timestamp among others that have one."""

    migration: Migration
    later: tuple[Migration, ...]
    """The stamped migrations that run before it only because digits sort before letters."""


class SameNames(Struct, frozen=True):
    """Migrations that all carry one name after their timestamps."""

    name: str
    migrations: tuple[Migration, ...]


class UnrunScript(Struct, frozen=True):
    """An SQL file that no runner reads.

    `place` says where it lies: "beside" the migrations in their folder, "nested" one level too
    deep, "above" in a folder beside the migrations folder, or "elsewhere" (where people keep SQL
    that they run by hand). `marks` is what it would do to the schema that the migrations make,
    `run` the script of the project that runs it, where one does.
    """

    source: SourceFile
    place: Place
    marks: tuple[Trace, ...]
    run: SqlRun | None = None


class HandRunFolder(Struct, frozen=True):
    """A folder with SQL that no runner reads and that would change what the migrations make."""

    path: str
    scripts: tuple[UnrunScript, ...]


class ScriptlessFolder(Struct, frozen=True):
    """A folder among the migrations that holds no `migration.sql`."""

    name: str
    path: str
    files: tuple[str, ...]


class Lock(Struct, frozen=True):
    """What `migration_lock.toml` says against the schema's provider; None where it is missing."""

    path: str
    provider: str | None
    declared: str
    exists: bool


class LandedChange(Struct, frozen=True):
    """A migration that the base has and the head changes, drops or renames.

    `is_same_outcome` says that a new database gets the same schema as before, `is_mending` that
    fewer migrations fail now; of an edited one, that it failed itself and does not any more.
    """

    kind: Literal["edited", "deleted", "renamed"]
    before: Migration
    after: Migration | None
    only_comments: bool = False
    is_same_outcome: bool = False
    is_mending: bool = False


class Squash(Struct, frozen=True):
    """Many migrations of the base that are gone, and those that came in their place."""

    before: tuple[Migration, ...]
    after: tuple[Migration, ...]
    is_same_outcome: bool


class Maker(Struct, frozen=True):
    """A file that makes what a failing migration needs.

    `stands` says how it comes too late: it sorts "later", it fails itself ("failed", although it
    sorts earlier), no runner reads it ("unrun"), or another runner does ("elsewhere").
    """

    name: str
    origin: Origin
    stands: Literal["later", "failed", "unrun", "elsewhere"]


class FailedMigration(Struct, frozen=True):
    """A migration that an empty database refuses, and who makes what it needs.

    `consequences` are the failures that only follow from this one.
    """

    failure: Failure
    missing: Missing | None
    makers: tuple[Maker, ...]
    consequences: tuple[Failure, ...] = ()
    is_mended_by_order: bool = False


class Move(Struct, frozen=True):
    """A migration that has to run earlier or later, and a name that puts it there."""

    migration: Migration
    position: int
    needed: int
    new_name: str


class Disorder(Struct, frozen=True):
    """A history that runs, or runs further, in another order than that of its names."""

    order: tuple[Migration, ...]
    moves: tuple[Move, ...]
    failures: tuple[Failure, ...]
    """The failures in name order that the other order mends."""
    left: int = 0
    """How many migrations fail in the other order too, for other reasons."""


class LateMigration(Struct, frozen=True):
    """A migration that the pull request brings and that sorts before some that have landed.

    `later` are the landed ones that sort after it. `effect` says how it matters: "independent";
    "same table", where both change different things in one; "column order", where both add columns
    to it; "same enum", where both change one and at most the order of its values differs;
    "same object"; "same values", where both write or bound them; "differs", where the two orders
    make different schemas; "fails", where one of the orders does not run.
    """

    migration: Migration
    later: tuple[Migration, ...]
    effect: Literal[
        "independent",
        "same table",
        "column order",
        "same enum",
        "same object",
        "same values",
        "differs",
        "fails",
    ]
    shared: str
    new_name: str


class RefusedScript(Struct, frozen=True):
    """A statement of a file that no runner reads, which the database would refuse."""

    failure: Failure
    source: SourceFile


class ConcurrentStatement(Struct, frozen=True):
    """A statement with CONCURRENTLY in a migration of several statements."""

    migration: Migration
    origin: Origin
    count: int


class EarlyUse(Struct, frozen=True):
    """A statement that uses an enum value in the migration that adds it."""

    migration: Migration
    enum: str
    value: str
    origin: Origin


class TwiceMade(Struct, frozen=True):
    """A table that two runners' migrations both create."""

    name: str
    here: Origin
    there: Origin


class UnrunType(Struct, frozen=True):
    """A column that only SQL which nobody runs would make, with another type than declared."""

    change: ColumnTypeChanged


class FutureStamp(Struct, frozen=True):
    """The first migration that is dated ahead of today, and a name that puts it where it belongs.

    `others` are dated ahead too and sort after it.
    """

    migration: Migration
    day: date
    days: int
    new_name: str
    others: tuple[Migration, ...] = ()


class Copy(Struct, frozen=True):
    """A migration with the words of an earlier one, comments and blanks aside."""

    migration: Migration
    original: Migration


class LoneSchema(Struct, frozen=True):
    """A schema file that the pull request changes without a migration.

    `count` says how many differences to the migrations it brings.
    """

    path: str
    count: int


class LoneMigration(Struct, frozen=True):
    """New migrations that bring differences to a schema which stays as it was."""

    migrations: tuple[Migration, ...]
    count: int


class UnrepeatableScript(Struct, frozen=True):
    """A file that a script runs each time, and what stops it the second time."""

    run: SqlRun
    failure: Failure


class StrayFolder(Struct, frozen=True):
    """A folder of migrations in Prisma's shape that no schema and no configuration leads to."""

    last: Migration


class Collision(Struct, frozen=True):
    """A new migration and one of another open pull request that do not go well together.

    `kind` says what they share: the timestamp, an object, or only a table; `shared` names it.
    """

    migration: Migration
    number: int
    theirs: str
    kind: Literal["stamp", "object", "table"]
    shared: str


class NotCompared(Struct, frozen=True):
    """Other open pull requests with migrations of which nobody knows what they touch."""

    migration: Migration
    numbers: tuple[int, ...]


HistorySubject = (
    EmptyMigration
    | FutureStamp
    | Collision
    | NotCompared
    | UnrepeatableScript
    | StrayFolder
    | Copy
    | LoneSchema
    | LoneMigration
    | FailedMigration
    | Disorder
    | LateMigration
    | RefusedScript
    | UnrunType
    | ConcurrentStatement
    | EarlyUse
    | TwiceMade
    | SharedStamp
    | UnsortableName
    | SameNames
    | UnrunScript
    | HandRunFolder
    | ScriptlessFolder
    | Lock
    | LandedChange
    | Squash
)
