"""PostgreSQL attaches without a scan just where the proof says so: it tells at DEBUG1."""

from __future__ import annotations

import psycopg
import pytest

from tests.engine.sql.test_partition_proof import YEAR, proven
from tests.support.postgres import Server

NUMBERS = "FOR VALUES FROM (MINVALUE) TO (1000)"
WORDS = "FOR VALUES IN ('de', 'fr')"
DAY, NUMBER, TEXT = "day date NOT NULL", "day int NOT NULL", "day text NOT NULL"
CASES = [
    ("CHECK (day >= '2025-01-01' AND day < '2026-01-01')", YEAR, DAY),
    ("CHECK (day >= DATE '2025-01-01'), CHECK (day < DATE '2026-01-01')", YEAR, DAY),
    ("CHECK (day > '2025-02-01' AND day <= '2025-11-30')", YEAR, DAY),
    ("CHECK ('2025-01-01' <= day AND '2026-01-01' > day)", YEAR, DAY),
    ("CHECK (day BETWEEN '2025-01-01' AND '2025-12-31')", YEAR, DAY),
    ("CHECK (day = '2025-06-01')", YEAR, DAY),
    ("CHECK (day >= '2025-01-01')", YEAR, DAY),
    ("CHECK (day >= '2024-01-01' AND day < '2026-01-01')", YEAR, DAY),
    ("CHECK (day >= '2025-01-01' AND day <= '2026-01-01')", YEAR, DAY),
    ("CHECK (other > 3)", YEAR, DAY),
    ("", YEAR, DAY),
    ("CHECK (day >= '2025-01-01' AND day < '2026-01-01')", YEAR, "day date"),
    ("CHECK (day IS NOT NULL AND day >= '2025-01-01' AND day < '2026-01-01')", YEAR, "day date"),
    ("CHECK (day >= '2025-01-01' AND day < '2026-01-01')", YEAR, "day timestamptz NOT NULL"),
    ("CHECK (day < 1000)", NUMBERS, NUMBER),
    ("CHECK (day < 999)", NUMBERS, NUMBER),
    ("CHECK (day < 1001)", NUMBERS, NUMBER),
    ("CHECK (day = 'de')", WORDS, TEXT),
    ("CHECK (day IN ('de', 'fr'))", WORDS, TEXT),
    ("CHECK (day IN ('de', 'it'))", WORDS, TEXT),
]


@pytest.mark.parametrize(("check", "bound", "column"), CASES)
def test_the_proof_is_the_servers(check: str, bound: str, column: str, postgres15: Server) -> None:
    told: list[str] = []
    with postgres15.database("template1") as name:
        connection = postgres15.connect(name)
        try:
            connection.add_notice_handler(lambda notice: told.append(notice.message_primary or ""))
            kind = "LIST" if " IN " in bound else "RANGE"
            connection.execute(
                f"CREATE TABLE whole ({column}, other int) PARTITION BY {kind} (day)"
            )
            extra = f", {check}" if check else ""
            connection.execute(f"CREATE TABLE part ({column}, other int{extra})")
            connection.execute("SET client_min_messages = debug1")
            connection.execute(f"ALTER TABLE whole ATTACH PARTITION part {bound}")
        except psycopg.Error as error:
            pytest.fail(str(error))
        finally:
            connection.close()
    is_implied = any("is implied by existing constraints" in text for text in told)
    assert proven(check, bound, column) is is_implied
