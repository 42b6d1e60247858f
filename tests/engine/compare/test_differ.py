from __future__ import annotations

import pytest

from tests.support.drift_cases import Case, all_cases
from tests.support.sides import compared, told


@pytest.mark.parametrize("case", list(all_cases()), ids=str)
def test_the_changes_are_those_that_prisma_would_write(case: Case) -> None:
    comparison = compared(case.models, case.sql, preview=case.preview, datasource=case.datasource)
    assert tuple(told(comparison)) == case.changes
