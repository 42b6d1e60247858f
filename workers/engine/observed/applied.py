"""What a runner's own table says beside the migrations in git."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.observed.observation import Applied, Observation, Runner
from workers.engine.sql.replay import Migration


class History(Struct, frozen=True):
    """The migrations of one folder, as one database has them.

    `applied` are those of git in the order in which they were applied here; `pending` those that
    a deployment would apply, in the order in which it would. `foreign` were applied here and are
    not in git, `edited` have another text there than the one that was applied, `failed` began and
    never finished (they block the runner), `rolled_back` are marked as such and run again.
    `late` sort before the newest one applied: pending ones of which a runner says nothing, or ones
    that were applied out of order.
    """

    runner: Runner
    is_tracked: bool
    applied: tuple[Migration, ...] = ()
    pending: tuple[Migration, ...] = ()
    foreign: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    rolled_back: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    applied_late: tuple[str, ...] = ()
    marked: tuple[str, ...] = ()
    """Those of git that were marked as applied, so that the runner has run nothing of them."""
    assumed: tuple[Migration, ...] = ()
    """Without a record: those that the database seems to have run, from what it holds."""
    replaced: tuple[str, ...] = ()
    """Those of `foreign` that were applied before one of git that sorts no later: as rows stay
    behind when migrations are squashed into one that `migrate resolve --applied` marks."""

    @property
    def has_rows(self) -> bool:
        """Whether its record says anything."""
        return bool(self.applied or self.foreign or self.failed or self.rolled_back)

    @property
    def is_behind(self) -> bool:
        """Whether there is something to deploy."""
        return bool(self.pending)


def read_history(
    observation: Observation,
    runner: Runner,
    migrations: Sequence[Migration],
    texts: dict[str, bytes],
) -> History:
    """One folder beside one database; `texts` holds the bytes of the scripts by path, for the
    checksums, which Prisma takes of the bytes as they lie."""
    rows = observation.runners.get(runner)
    if rows is None:
        return History(runner, is_tracked=False, pending=tuple(migrations))
    known = {key_of(migration.name, runner): migration for migration in migrations}
    applied = _in_order(_newest(rows, "applied").values())
    here = {key_of(row.name, runner) for row in applied}
    failed = tuple(_newest(rows, "failed"))
    pending = tuple(
        migration for migration in migrations if key_of(migration.name, runner) not in here
    )
    last = max(here, default="")
    return History(
        runner,
        is_tracked=True,
        applied=tuple(
            known[key_of(row.name, runner)] for row in applied if key_of(row.name, runner) in known
        ),
        pending=pending,
        foreign=tuple(row.name for row in applied if key_of(row.name, runner) not in known),
        edited=tuple(_edited(applied, known, texts, runner)),
        failed=failed,
        rolled_back=tuple(
            name
            for name in _newest(rows, "rolled back")
            if name not in failed and key_of(name, runner) not in here
        ),
        late=tuple(m.name for m in pending if key_of(m.name, runner) < last),
        applied_late=tuple(_applied_late(applied, runner)),
        marked=tuple(row.name for row in applied if row.is_marked),
        replaced=tuple(_replaced(applied, known, runner)),
    )


def key_of(name: str, runner: Runner) -> str:
    """What the runner knows a migration by: Prisma the folder's name, Supabase the version."""
    return name if runner == "prisma" else name.rpartition("/")[2].partition("_")[0]


def _newest(rows: Iterable[Applied], state: str) -> dict[str, Applied]:
    """The last row of each name in a state. One that failed, was rolled back and ran again has
    several; Prisma takes a name as applied if any row is, and is blocked by any that failed."""
    found: dict[str, Applied] = {}
    for row in sorted(rows, key=lambda row: row.started_at):
        if row.state == state:
            found[row.name] = row
    return found


def _in_order(rows: Iterable[Applied]) -> list[Applied]:
    return sorted(rows, key=lambda row: (row.finished_at or row.started_at, row.name))


def _edited(
    applied: Iterable[Applied],
    known: dict[str, Migration],
    texts: dict[str, bytes],
    runner: Runner,
) -> Iterator[str]:
    for row in applied:
        migration = known.get(key_of(row.name, runner))
        data = texts.get(migration.source.path) if migration is not None else None
        if row.checksum and data is not None and not _is_checksum_of(row.checksum, data):
            yield row.name


def _is_checksum_of(checksum: str, data: bytes) -> bool:
    """Prisma hashes the script as it was checked out: with the line ends of that machine."""
    unix = data.replace(b"\r\n", b"\n")
    forms = (data, unix, unix.replace(b"\n", b"\r\n"))
    return any(hashlib.sha256(form).hexdigest() == checksum for form in forms)


def _replaced(
    applied: Sequence[Applied], known: dict[str, Migration], runner: Runner
) -> Iterator[str]:
    for at, row in enumerate(applied):
        key = key_of(row.name, runner)
        later = (key_of(other.name, runner) for other in applied[at + 1 :])
        if key not in known and any(other in known and other <= key for other in later):
            yield row.name


def without_replaced(history: History) -> History:
    """The history of a database that holds what git's migrations make: what was squashed there is
    no migration that git lacks."""
    gone = set(history.replaced)
    return replace(history, foreign=tuple(name for name in history.foreign if name not in gone))


def _applied_late(applied: Sequence[Applied], runner: Runner) -> Iterator[str]:
    newest = ""
    for row in applied:
        key = key_of(row.name, runner)
        if key < newest and row.finished_at:
            yield row.name
        newest = max(newest, key)
