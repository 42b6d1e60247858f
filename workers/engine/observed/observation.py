"""What a real database was seen to hold, as plain data: no connection string, no user's row."""

from __future__ import annotations

from typing import Literal

from msgspec import field

from workers.engine.schema.model import QualifiedName, Schema
from workers.engine.source import Value

Runner = Literal["prisma", "supabase"]


class Applied(Value, frozen=True):
    """One row of a runner's own table: a migration that was begun here.

    Times are ISO 8601 in UTC, as the row has them; Supabase's table has none. `checksum` is the
    SHA-256 of the file's bytes in hexadecimal digits, empty where the runner keeps none.
    """

    name: str
    checksum: str = ""
    started_at: str = ""
    finished_at: str = ""
    rolled_back_at: str = ""
    is_marked: bool = False
    """Marked as applied (`prisma migrate resolve --applied`): the runner has run none of it."""

    @property
    def state(self) -> Literal["applied", "failed", "rolled back"]:
        """How it ended: a row that neither finished nor was rolled back blocks the runner."""
        if self.rolled_back_at:
            return "rolled back"
        return "applied" if self.finished_at else "failed"


class Size(Value, frozen=True):
    """The catalogue's own estimate of a table: rows (None before the first ANALYZE), bytes."""

    rows: int | None
    bytes: int


class Observation(Value, frozen=True):
    """One database at one moment.

    `runners` holds the histories that were found, each as its table has it; a runner whose table
    is not there is absent. `read_at` is ISO 8601 in UTC. `failure` says in one sentence why it
    could not be read; then all else is empty.
    """

    environment: str
    read_at: str
    schema: Schema = field(default_factory=Schema)
    provider: Literal["postgresql", "mysql", "sqlite"] = "postgresql"
    server_version: int = 0
    runners: dict[Runner, tuple[Applied, ...]] = field(default_factory=dict)
    sizes: dict[QualifiedName, Size] = field(default_factory=dict)
    branch: str = ""
    """The branch that is deployed there, where the operator said so."""
    schema_path: str = ""
    """The Prisma schema whose database this is, where the operator said so."""
    failure: str = ""
    home: str = ""
    """The schema in which Prisma works there: that of the connection string, or the one that holds
    its record; empty where nothing says so."""
    roles: tuple[str, ...] = ()
    """The roles that exist there, but PostgreSQL's own."""
    databases: tuple[str, ...] = ()
    """The databases of the server, which a migration may grant something on; empty if unknown."""
    modes: tuple[str, ...] = ()
    """What MySQL's `sql_mode` says there."""

    @property
    def was_read(self) -> bool:
        """Whether there is anything to compare with."""
        return not self.failure
