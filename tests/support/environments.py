"""Databases that were looked at, written as text: SQL that makes them, and comments about them.

-- applied: 20260101000000_init     a migration of the case that has been applied there
-- applied: 20260201000000_x (edited)  the same, with another text
-- failed: 20260301000000_y        it began and did not finish
-- rows: public.users 12000000 3400000000   the catalogue's estimate: rows and bytes
-- untracked                       there is no `_prisma_migrations`
-- unread: why                     nothing could be read
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from workers.engine.observed.observation import Applied, Observation, Size
from workers.engine.schema.model import QualifiedName
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Ground, Migration, replay

READ_AT = "2026-01-01T00:00:00.000+00:00"


def observed(name: str, text: str, files: Mapping[str, bytes]) -> Observation:
    """The observation that a block describes."""
    notes = [line[3:] for line in text.splitlines() if line.startswith("-- ")]
    unread = _values(notes, "unread")
    if unread:
        return Observation(name, READ_AT, failure=f"`{name}` could not be read at {unread[0]}")
    made = replay((Migration("", SourceFile("", text)),), Ground())
    assert not made.failures, made.failures
    rows = [*_applied(_values(notes, "applied"), files), *_failed(_values(notes, "failed"))]
    sizes = {}
    for note in _values(notes, "rows"):
        table, count, size = note.split()
        home, _, short = table.partition(".")
        sizes[QualifiedName(home, short)] = Size(int(count), int(size))
    runners = {} if "untracked" in notes else {"prisma": tuple(rows)}
    return Observation(name, READ_AT, made.schema, runners=runners, sizes=sizes)  # type: ignore[arg-type]


def _values(notes: list[str], key: str) -> list[str]:
    return [note.partition(": ")[2] for note in notes if note.startswith(f"{key}: ")]


def _applied(names: list[str], files: Mapping[str, bytes]) -> list[Applied]:
    found = []
    for number, note in enumerate(names):
        name = note.removesuffix(" (edited)")
        text = next((data for path, data in files.items() if f"/{name}/" in path), b"")
        checksum = hashlib.sha256(text).hexdigest() if name == note else "0" * 64
        time = f"2025-12-01T00:00:{number:02}.000+00:00"
        found.append(Applied(name, checksum, time, time))
    return found


def _failed(names: list[str]) -> list[Applied]:
    return [Applied(name, "0" * 64, "2025-12-02T00:00:00.000+00:00") for name in names]
