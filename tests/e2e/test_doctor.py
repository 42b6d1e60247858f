"""`driftline doctor` beside a whole App that runs, and beside broken ones."""

from __future__ import annotations

from collections.abc import Mapping

from tests.e2e.projects import CLEAN, PROJECT
from tests.support.ports import closed_port
from tests.support.stack import Stack
from workers.doctor import Check, examine


def looked(values: Mapping[str, str]) -> dict[str, Check]:
    return {check.name: check for check in examine(values)}


def test_an_app_that_runs_is_well(stack: Stack) -> None:
    stack.new_repository(PROJECT).open_pull_request("feature", CLEAN).wait_for_check()
    found = looked(stack.environment)
    ill = [check for check in found.values() if check.grade == "ill"]
    # The sandbox' webhook is where this test put it, and faults of other tests' deliveries count.
    assert [check for check in ill if check.name != "deliveries"] == []
    assert {"settings", "key", "permissions", "events", "webhook", "Redis", "workers"} <= set(found)
    assert found["clock process"].grade == "well"


def test_a_wrong_key_is_known(stack: Stack) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    other = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    found = looked({**stack.environment, "DRIFTLINE_PRIVATE_KEY": other.decode()})
    assert found["GitHub"].grade == "ill"
    assert "private key" in found["GitHub"].remedy


def test_a_redis_that_is_not_there_is_known(stack: Stack) -> None:
    url = f"redis://:s3cret-word@127.0.0.1:{closed_port()}/0"
    found = looked({**stack.environment, "REDIS_URL": url})
    assert found["Redis"].grade == "ill"
    assert "REDIS_URL" in found["Redis"].remedy
    assert "s3cret-word" not in repr(found)


def test_missing_settings_are_named(stack: Stack) -> None:
    values = {**stack.environment}
    del values["DRIFTLINE_APP_ID"]
    found = looked(values)
    assert found["settings"].grade == "ill"
    assert "DRIFTLINE_APP_ID" in found["settings"].remedy
