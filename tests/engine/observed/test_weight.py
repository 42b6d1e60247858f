"""Locks and losses are told with the rows that the real table holds."""

from __future__ import annotations

import pytest

from tests.support.cases import tree
from tests.support.environments import observed
from workers.engine.analyze import analyze
from workers.engine.observed.observation import Size
from workers.engine.observed.weight import about
from workers.engine.snapshot import Snapshot

INIT = "prisma/migrations/20260101000000_init/migration.sql"
NEXT = "prisma/migrations/20260201000000_index/migration.sql"
TABLE = 'CREATE TABLE "Order" ("id" INTEGER NOT NULL PRIMARY KEY, "total" INTEGER NOT NULL);\n'
BASE = {
    "prisma/schema.prisma": b'datasource db {\n  provider = "postgresql"\n  url = env("X")\n}\n\n'
    b"model Order {\n  id Int @id\n  total Int\n}\n",
    "prisma/migrations/migration_lock.toml": b'provider = "postgresql"\n',
    INIT: TABLE.encode(),
}
HEAD = {**BASE, NEXT: b'CREATE INDEX "Order_total_idx" ON "Order"("total");\n'}


def messages(block: str) -> list[str]:
    seen = observed("production", f"-- applied: 20260101000000_init\n{block}{TABLE}", HEAD)
    changed = frozenset({NEXT})
    report = analyze(Snapshot(tree(HEAD), tree(BASE), changed, observations=(seen,)))
    return [finding.message for finding in report.findings if finding.family == "locking"]


def test_a_lock_is_told_with_its_rows() -> None:
    (message,) = messages("-- rows: public.Order 12400000 3400000000\n")
    assert message.endswith("The table holds about 12 million rows (3.2 GB) in `production`.")


def test_without_an_estimate_nothing_is_added() -> None:
    (message,) = messages("")
    assert "The table holds" not in message


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (Size(1, 8192), "about 1 row (8.0 KB)"),
        (Size(950, 81_920), "about 950 rows (80 KB)"),
        (Size(1_240, 900), "about 1.2 thousand rows (900 bytes)"),
        (Size(2_500_000_000, 3 << 40), "about 2.5 billion rows (3.0 TB)"),
    ],
)
def test_sizes_are_rounded_for_people(size: Size, told: str) -> None:
    assert about(size) == told
