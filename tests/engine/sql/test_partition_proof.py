"""Which checks spare PostgreSQL the scan of a table that becomes a partition."""

from __future__ import annotations

import pytest

from workers.engine.source import SourceFile
from workers.engine.sql.partition_proof import is_proven
from workers.engine.sql.postgres import parse
from workers.engine.sql.replay import Migration, replay

YEAR = "FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"


def proven(check: str, bound: str = YEAR, column: str = "day date NOT NULL") -> bool:
    kind = "LIST" if " IN " in bound else "RANGE"
    sql = (
        f"CREATE TABLE whole ({column}) PARTITION BY {kind} (day);"
        f"CREATE TABLE part ({column}, other int{', ' + check if check else ''});"
    )
    made = replay([Migration("a", SourceFile("a.sql", sql))])
    assert not made.failures
    tables = {name.name: table for name, table in made.schema.tables.items()}
    (statement,) = parse(f"ALTER TABLE whole ATTACH PARTITION part {bound}".encode())
    command = statement.fields["cmds"][0]["AlterTableCmd"]["def"]["PartitionCmd"]
    return is_proven(tables["part"], tables["whole"].partition_key or "", command["bound"])


@pytest.mark.parametrize(
    "check",
    [
        "CHECK (day >= '2025-01-01' AND day < '2026-01-01')",
        "CHECK (day >= DATE '2025-01-01'), CHECK (day < DATE '2026-01-01')",
        "CHECK (day > '2025-02-01' AND day <= '2025-11-30')",
        "CHECK ('2025-01-01' <= day AND '2026-01-01' > day)",
        "CHECK (day BETWEEN '2025-01-01' AND '2025-12-31')",
    ],
)
def test_checks_within_the_bounds_prove_them(check: str) -> None:
    assert proven(check)


@pytest.mark.parametrize(
    "check",
    [
        "",
        "CHECK (day >= '2025-01-01')",
        "CHECK (day >= '2024-01-01' AND day < '2026-01-01')",
        "CHECK (day >= '2025-01-01' AND day <= '2026-01-01')",
        "CHECK (day >= '2025-01-01' OR day < '2026-01-01')",
        "CHECK (other > 3)",
    ],
)
def test_checks_that_leave_room_prove_nothing(check: str) -> None:
    assert not proven(check)


def test_a_key_that_may_be_null_is_not_proven() -> None:
    check = "CHECK (day >= '2025-01-01' AND day < '2026-01-01')"
    assert not proven(check, column="day date")
    assert proven(f"{check}, CHECK (day IS NOT NULL)", column="day date")


def test_numbers_and_open_ends_are_compared() -> None:
    bound = "FOR VALUES FROM (MINVALUE) TO (1000)"
    assert proven("CHECK (day < 1000)", bound, "day int NOT NULL")
    assert proven("CHECK (day < 999)", bound, "day int NOT NULL")
    assert not proven("CHECK (day < 1001)", bound, "day int NOT NULL")


def test_a_list_is_proven_by_its_values() -> None:
    bound = "FOR VALUES IN ('de', 'fr')"
    assert proven("CHECK (day = 'de')", bound, "day text NOT NULL")
    assert proven("CHECK (day IN ('de', 'fr'))", bound, "day text NOT NULL")
    assert not proven("CHECK (day IN ('de', 'it'))", bound, "day text NOT NULL")
