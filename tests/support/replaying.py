"""Short ways to replay SQL in tests."""

from __future__ import annotations

from workers.engine.schema.model import QualifiedName, Table
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Ground, Memo, Migration, Replay, replay

EMPTY = Ground()


def migrations(*files: str) -> list[Migration]:
    """Migrations named 01, 02 ... with these texts."""
    return [
        Migration(f"{number:02}", SourceFile(f"migrations/{number:02}/migration.sql", text))
        for number, text in enumerate(files, 1)
    ]


def run(
    *files: str, ground: Ground = EMPTY, memo: Memo | None = None, lenient: bool = False
) -> Replay:
    """The replay of files, each a migration of its own."""
    return replay(migrations(*files), ground, memo, lenient=lenient)


def made(*files: str, ground: Ground = EMPTY) -> Replay:
    """The same, where nothing may be refused."""
    outcome = run(*files, ground=ground)
    assert outcome.failures == []
    return outcome


def refusals(*files: str, ground: Ground = EMPTY) -> list[tuple[str, str]]:
    """SQLSTATE and message of each file that is refused."""
    return [(one.sqlstate, one.message) for one in run(*files, ground=ground).failures]


def table(outcome: Replay, name: str, schema: str = "public") -> Table:
    """A table by its name."""
    return outcome.schema.tables[QualifiedName(schema, name)]
