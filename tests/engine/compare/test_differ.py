from __future__ import annotations

import pytest

from tests.support.drift_cases import Case, all_cases
from tests.support.sides import compared, told
from workers.engine.compare.changes import ColumnTypeChanged

IN_KEY = (
    "model T {\n  a String\n  b BigInt\n  c BigInt\n  @@id([a, b])\n}\n",
    'CREATE TABLE "T" ("a" TEXT NOT NULL, "b" INTEGER NOT NULL, "c" INTEGER NOT NULL,'
    ' CONSTRAINT "T_pkey" PRIMARY KEY ("a", "b"));',
)


@pytest.mark.parametrize("case", list(all_cases()), ids=str)
def test_the_changes_are_those_that_prisma_would_write(case: Case) -> None:
    comparison = compared(case.models, case.sql, preview=case.preview, datasource=case.datasource)
    assert tuple(told(comparison)) == case.changes


def test_the_primary_key_that_a_new_type_makes_anew_is_named() -> None:
    changes = compared(*IN_KEY).changes
    assert [type(change) for change in changes] == [ColumnTypeChanged] * 2
    remade = {c.declared.name: c.remakes for c in changes if isinstance(c, ColumnTypeChanged)}
    assert remade["b"] is not None
    assert remade["b"].name == "T_pkey"
    assert remade["c"] is None
