"""`driftline doctor` beside a whole App that runs, and beside broken ones."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.projects import CLEAN, PROJECT
from tests.support.ports import closed_port
from tests.support.stack import Stack
from workers.doctor import Check, examine


def looked(values: Mapping[str, str]) -> dict[str, Check]:
    return {check.name: check for check in examine(values)}


def test_an_app_that_runs_is_well(stack: Stack, tmp_path: Path) -> None:
    stack.new_repository(PROJECT).open_pull_request("feature", CLEAN).wait_for_check()
    # Other tests bind databases of theirs to this App, and take the databases away again.
    bound = tmp_path / "environments.toml"
    bound.write_text("")
    found = looked({**stack.environment, "DRIFTLINE_ENVIRONMENTS": str(bound)})
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


def test_each_environment_that_cannot_be_read_is_named_with_its_remedy(
    stack: Stack, tmp_path: Path
) -> None:
    secret = "s3cret-word"
    dark = tmp_path / "dark"
    dark.write_text(f"postgresql://u:{secret}@127.0.0.1:{closed_port()}/app")
    lit = tmp_path / "lit.db"
    sqlite3.connect(lit).close()
    file = tmp_path / "environments.toml"
    file.write_text(
        f'[[environment]]\nrepository = "o/r"\nname = "production"\nurl_file = "{dark}"\n'
        '[[environment]]\nrepository = "o/r"\nname = "staging"\nurl_env = "NOT_SET_ANYWHERE"\n'
        f'[[environment]]\nrepository = "o/r"\nname = "local"\nurl_env = "LIT_URL"\n'
    )
    os.environ["LIT_URL"] = f"file:{lit}"
    try:
        found = looked({**stack.environment, "DRIFTLINE_ENVIRONMENTS": str(file)})
    finally:
        del os.environ["LIT_URL"]
    assert found["environments"].seen == "3 bound for 1 repositories"
    production = found["environment production of o/r"]
    assert (production.grade, "nothing listens" in production.remedy) == ("ill", True)
    assert "NOT_SET_ANYWHERE" in found["environment staging of o/r"].remedy
    assert "environment local of o/r" not in found
    assert secret not in repr(found)
    file.write_text("nonsense")
    found = looked({**stack.environment, "DRIFTLINE_ENVIRONMENTS": str(file)})
    assert found["environments"].grade == "ill"
