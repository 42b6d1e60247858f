"""The faults that take little time; `make faults` runs them all."""

from __future__ import annotations

import pytest

from tests.faults.scenarios import SCENARIOS, CannotRun, Scenario

QUICK = [scenario for scenario in SCENARIOS if scenario.is_quick]


@pytest.mark.parametrize("scenario", QUICK, ids=lambda one: one.name)
def test_nothing_is_lost_and_nothing_stands_twice(scenario: Scenario) -> None:
    try:
        found = scenario.run()
    except CannotRun as error:
        pytest.skip(str(error))
    assert found.lost == 0
    assert found.concluded == found.pulls
    assert found.twice == 0
