"""New names for migrations that must move."""

from __future__ import annotations

import pytest

from workers.engine.rules.history.failures import moves
from workers.engine.rules.history.stamps import between, newest_after
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Migration


@pytest.mark.parametrize(
    ("before", "after", "name", "wanted"),
    [
        (None, "20250225120000_chat", "20250911081240_init", "20250224120000_init"),
        ("20250225120000_chat", None, "20250101000000_a", "20250225120001_a"),
        ("20250225120000_chat", "20250225120001_x", "20250101000000_a", "20250225120001_a"),
        (None, "1_first", "9_init", "0_init"),
        ("0_init", "1_first", "9_mid", "0_init_mid"),
        ("20241231235959_a", None, "b", "20250101000000_b"),
    ],
)
def test_the_new_name_sorts_between_its_neighbours(
    before: str | None, after: str | None, name: str, wanted: str
) -> None:
    found = between(before, after, name)
    assert found == wanted
    assert before is None or before < found
    assert after is None or found < after


def test_a_late_migration_moves_behind_the_newest() -> None:
    names = ["20250101000000_a", "20250301000000_c"]
    assert newest_after(names, "20250201000000_b") == "20250301000001_b"


def migration(name: str) -> Migration:
    return Migration(name, SourceFile(name, ""))


def test_only_what_must_move_moves() -> None:
    names = [migration(n) for n in ("1_chat", "2_flags", "3_init", "4_anchor", "5_insights")]
    order = [names[2], names[0], names[1], names[3], names[4]]
    (move,) = moves(names, order)
    assert move.migration.name == "3_init"
    assert (move.position, move.needed) == (3, 1)
    assert move.new_name < "1_chat"


def test_behind_a_bare_date_comes_the_next_day() -> None:
    assert newest_after(["20251016_add_cgm", "20251016000001_b"], "x") == "20251017000000_x"
