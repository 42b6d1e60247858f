"""The private Valkey server, and what is said where there is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as Refused

from tests.support.valkey import running_valkey

ROOT = Path(__file__).parents[2]


def test_a_server_of_ones_own_ends_with_the_block() -> None:
    with running_valkey(maxmemory="64mb") as url:
        client = Redis.from_url(url)
        assert client.ping()
        assert client.config_get("maxmemory")["maxmemory"] == str(64 * 1024 * 1024)
    with pytest.raises(Refused):
        client.ping()


def test_redis_url_names_a_real_server_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere.test/3")
    with running_valkey() as url:
        assert url == "redis://elsewhere.test/3"


def test_without_any_server_one_is_told_what_to_do() -> None:
    code = "from tests.support.valkey import server_binary; server_binary()"
    bare = [sys.executable, "-S", "-c", code]  # without the packages of this environment
    environment = {"PATH": "/nonexistent", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(bare, env=environment, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1
    assert "No Redis server was found. Install one" in done.stderr
    assert "REDIS_URL" in done.stderr
