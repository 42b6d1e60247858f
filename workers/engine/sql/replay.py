"""Replay a migration history: what the migrations make of an empty database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from workers.engine.errors import Diagnostic
from workers.engine.schema.model import Provider, QualifiedName, Schema
from workers.engine.source import Origin, SourceFile, Value

if TYPE_CHECKING:
    from workers.engine.sql.postgres import Parsed
    from workers.engine.sql.state import Snapshot, State


class Migration(Struct, frozen=True):
    """One migration as its runner sees it: a name that orders it, and its SQL.

    `refusal` is what the database says to the file's bytes (SQLSTATE and message) where they are
    not UTF-8; `decode.decode` tells it.
    """

    name: str
    source: SourceFile
    refusal: tuple[str, str] | None = None


class Failure(Value, frozen=True):
    """A migration that the database refuses: PostgreSQL's own SQLSTATE and message."""

    migration: str
    origin: Origin
    sqlstate: str
    message: str
    hint: str = ""


class Resolved(Struct, frozen=True):
    """A difference that a later migration put right: what it was, and the statements that did."""

    subject: str
    message: str
    history: tuple[Origin, ...]


class Step(Value, frozen=True):
    """One statement that was carried out: what it is, and what it had to do with which objects.

    Objects are written as the catalogue's keys: `schema.table`, `schema.table.column`,
    `schema.function(type)`, `schema.enum.value`; a function that is needed and not known stands as
    `schema.function()`. `needs` are the objects that had to be there.
    """

    migration: str
    origin: Origin
    kind: str
    creates: frozenset[str]
    needs: frozenset[str]
    touches: frozenset[str]
    drops: frozenset[str]
    is_early: bool = False
    """Whether it uses an enum value that the same file adds, and so fails in one transaction."""


class Ground(Struct, frozen=True):
    """What exists before the first migration, and how unqualified names resolve."""

    search_path: tuple[str, ...] = ("public",)
    is_supabase: bool = False
    server_version: int = 15
    provider: Provider = "postgresql"
    """Whose SQL the migrations are."""
    is_version_told: bool = True
    """Else what any version has is there: a newer server is no reason to call it missing."""


class Replay(Struct):
    """The outcome of a replay.

    `steps` holds the statements that were carried out now, those of failing migrations too; for a
    prefix that a memo knew there are none.
    """

    schema: Schema
    failures: list[Failure] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    resolved: list[Resolved] = field(default_factory=list)
    copies: dict[tuple[QualifiedName, str], tuple[str, Origin]] = field(default_factory=dict)
    """For each column that an UPDATE copied into another, where both are there still: the other,
    and the statement."""
    steps: list[Step] = field(default_factory=list)
    tail: list[tuple[int, Snapshot]] = field(default_factory=list)
    """The state before each of the last files, by the file's number, and the one after them all."""
    marks: list[tuple[int, Snapshot]] = field(default_factory=list)
    """The state before each file that failed in a lenient run, by the file's number; in another
    run, the state before the first that did."""


class Memo(Protocol):
    """Remembers by key; values are JSON-able. Outside the engine it is backed by Redis."""

    @property
    def keeps_states(self) -> bool:
        """Whether the states of a replay, too; each costs as much to encode as ten files to run."""

    def get(self, key: str) -> bytes | None:
        """What was put under a key, or None."""

    def put(self, key: str, value: bytes) -> None:
        """Remember a value; it may be forgotten at any time."""


class Watcher(Protocol):
    """Looks on while migrations are replayed; the state that it is shown is live.

    One that `looks_inside` is also shown what a block or a function carries out, before the
    statement around it is told as done.
    """

    @property
    def looks_inside(self) -> bool:
        """Whether to be shown the statements within a statement."""

    def wants(self, migration: Migration) -> bool:
        """Whether to be shown the statements of this migration."""

    def start(self, migration: Migration) -> None:
        """The file begins, perhaps for the second time: forget what was seen of it."""

    def before(self, migration: Migration, statement: Parsed, origin: Origin, state: State) -> None:
        """A statement is about to run."""

    def after(
        self,
        migration: Migration,
        statement: Parsed,
        origin: Origin,
        state: State,
        failure: Failure | None,
    ) -> None:
        """It has run, or was refused."""

    def withdrawn(self, migration: Migration) -> None:
        """The statement last shown stands in a block and was refused: the block may go on."""


def replay(
    migrations: Sequence[Migration],
    ground: Ground = Ground(),
    memo: Memo | None = None,
    *,
    lenient: bool = False,
    watch: Watcher | None = None,
    start: Replay | None = None,
    most: int | None = None,
) -> Replay:
    """The schema that the migrations make, run in the order given on an empty database.

    Leniently, a statement that is refused is told as a failure and skipped while the rest of its
    file stands, and a table of which only a constraint is refused is made without it. `watch` is
    shown each statement of the migrations that it wants, with the state before and after; `start`
    is an earlier run of the same migrations on the same ground, which spares repeating it. With
    `most` failures the run is given up, for whoever wants to know no more than that.
    """
    if ground.provider == "mysql":
        from workers.engine.sql.mysql import history as mysql

        return mysql.run(migrations, lenient=lenient)
    if ground.provider == "sqlserver":
        from workers.engine.sql.sqlserver import history as sqlserver

        return sqlserver.run(migrations, lenient=lenient)
    if ground.provider == "cockroachdb":
        from workers.engine.sql.cockroach import history as cockroach

        return cockroach.run(migrations, ground, lenient=lenient)
    if ground.provider == "sqlite":
        from workers.engine.sql.sqlite import history as sqlite

        return sqlite.run(migrations, lenient=lenient)
    from workers.engine.sql import history

    return history.run(
        migrations, ground, memo, lenient=lenient, watch=watch, start=start, most=most
    )
