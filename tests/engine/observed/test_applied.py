"""What a runner's own table says, row by row, as Prisma itself reads it."""

from __future__ import annotations

from workers.engine.observed.applied import History, read_history
from workers.engine.observed.observation import Applied, Observation
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Migration

NAMES = ("20260101000000_a", "20260102000000_b", "20260103000000_c")


def history(*rows: Applied) -> History:
    migrations = [Migration(name, SourceFile(f"{name}/migration.sql", "")) for name in NAMES]
    seen = Observation("production", "", runners={"prisma": rows})
    return read_history(seen, "prisma", migrations, {})


def at(minute: int) -> str:
    return f"2026-05-01T00:{minute:02}:00.000+00:00"


def row(name: str, began: int, ended: int | None = None, undone: int | None = None) -> Applied:
    return Applied(
        name,
        started_at=at(began),
        finished_at=at(ended) if ended is not None else "",
        rolled_back_at=at(undone) if undone is not None else "",
    )


def pending(found: History) -> list[str]:
    return [migration.name for migration in found.pending]


def test_a_failed_row_blocks_although_a_later_one_of_its_name_went_through() -> None:
    """`prisma migrate deploy` looks at every row: one that neither ended nor was rolled back."""
    found = history(row(NAMES[0], 0), row(NAMES[0], 1, 2))
    assert found.failed == (NAMES[0],)
    assert [migration.name for migration in found.applied] == [NAMES[0]]


def test_rolled_back_twice_and_then_applied_is_applied() -> None:
    found = history(
        row(NAMES[0], 0, undone=1), row(NAMES[0], 2, undone=3), row(NAMES[0], 4, ended=5)
    )
    assert (found.failed, found.rolled_back) == ((), ())
    assert pending(found) == list(NAMES[1:])


def test_a_row_rolled_back_after_another_of_its_name_was_applied_takes_nothing_back() -> None:
    found = history(row(NAMES[0], 0, ended=1), row(NAMES[0], 2, undone=3))
    assert pending(found) == list(NAMES[1:])
    assert found.rolled_back == ()


def test_rolled_back_alone_runs_again() -> None:
    found = history(row(NAMES[0], 0, ended=1), row(NAMES[1], 2, undone=3))
    assert found.rolled_back == (NAMES[1],)
    assert pending(found) == [NAMES[1], NAMES[2]]


def test_two_that_failed_both_block() -> None:
    assert history(row(NAMES[0], 0), row(NAMES[1], 1)).failed == (NAMES[0], NAMES[1])
