"""The faults that take little time; `make faults` runs them all."""

from __future__ import annotations

import pytest
from redis.exceptions import RedisError

from bot.intake import Entry, Intake
from bot.redis_connection import connect_for_web
from bot.requests import InstallationChange, InstallationRequest
from tests.faults.scenarios import SCENARIOS, CannotRun, Scenario
from tests.faults.servers import Pair
from tests.sandbox.handles import wait_until

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


def test_a_receiver_that_has_spoken_with_a_master_finds_the_next() -> None:
    with Pair() as pair:
        intake = Intake(connect_for_web(pair.url))

        def is_kept(delivery: str) -> bool:
            try:
                request = InstallationRequest(1, InstallationChange.CREATED, delivery=delivery)
                return intake.put_all([Entry.of(request, "job")])[0]
            except RedisError:
                return False

        assert is_kept("before")
        pair.master.kill()
        pair.wait_for_replica()
        wait_until(lambda: is_kept("after"), "the next master", 15)
