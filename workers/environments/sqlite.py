"""A SQLite file as an environment: its own `sqlite_master` holds the statements that made it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from workers.engine.observed.observation import Applied, Observation, Size
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Ground, Migration, replay
from workers.environments.connecting import Unreachable

if TYPE_CHECKING:
    from workers.environments.binding import Binding

_SECONDS = 5
_MOST_ROWS = 1_000_000


def observe_file(binding: Binding, url: str, now: datetime) -> Observation:
    """What a database file holds. Raises Unreachable."""
    path = Path(url.removeprefix("file:").partition("?")[0]).absolute()
    if not path.is_file():
        raise Unreachable("name", "there is no such file")
    try:
        with sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=_SECONDS) as it:
            statements = [row[0] for row in it.execute(_STATEMENTS) if row[0]]
            rows = it.execute(_HISTORY).fetchall() if _has_history(it) else None
            counts = dict(_counts(it))
    except sqlite3.Error:
        raise Unreachable(
            "reading", "the file is no SQLite database, or is locked: check it, try again"
        ) from None
    text = SourceFile("sqlite_master", ";\n".join(statements) + ";")
    made = replay((Migration("", text),), Ground(provider="sqlite"), lenient=True)
    return Observation(
        binding.name,
        now.astimezone(UTC).isoformat(timespec="milliseconds"),
        made.schema,
        "sqlite",
        sizes={n: Size(counts[n.name], 0) for n in made.schema.tables if n.name in counts},
        runners={"prisma": tuple(_applied(row) for row in rows)} if rows is not None else {},
        branch=binding.branch,
        schema_path=binding.schema,
    )


def _counts(connection: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """How many rows each table has, up to a bound: counted, and not looked into."""
    for (name,) in connection.execute(_TABLES).fetchall():
        quoted = name.replace('"', '""')
        query = f'SELECT count(*) FROM (SELECT 1 FROM "{quoted}" LIMIT {_MOST_ROWS})'
        ((count,),) = connection.execute(query).fetchall()
        yield name, count


def _has_history(connection: sqlite3.Connection) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_prisma_migrations'"
    return connection.execute(query).fetchone() is not None


def _applied(row: tuple[object, ...]) -> Applied:
    name, checksum, steps, *times = row
    started, finished, rolled_back = (_time(time) for time in times)
    is_marked = bool(finished) and steps == 0
    return Applied(str(name), str(checksum), started, finished, rolled_back, is_marked)


def _time(value: object) -> str:
    """Prisma writes milliseconds since 1970 here, older versions a text."""
    if value is None:
        return ""
    if isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC).isoformat(timespec="milliseconds")
    return str(value)


_STATEMENTS = """
    SELECT sql FROM sqlite_master
    WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~' AND name <> '_prisma_migrations'
        AND tbl_name <> '_prisma_migrations'
    ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, rowid
"""
_TABLES = """
    SELECT name FROM sqlite_master
    WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' AND name <> '_prisma_migrations'
        AND sql NOT LIKE 'CREATE VIRTUAL%'
"""
_HISTORY = """
    SELECT migration_name, checksum, applied_steps_count, started_at, finished_at, rolled_back_at
    FROM _prisma_migrations
"""
