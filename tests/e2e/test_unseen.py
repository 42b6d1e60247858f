"""What must not be found: secrets and source in what a run wrote, a repository after it left."""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from tests.e2e.projects import DRIFT, PROJECT, SCHEMA_PATH, schema
from tests.e2e.quiet import settle
from tests.sandbox.handles import wait_until
from tests.sandbox.installing import select
from tests.support.stack import Stack, running_stack

SOURCE = "zebra crossing at midnight"
"""Stands in every file of the pull request, in comments, texts and names of values."""
BROKEN = f"model {{{{ {SOURCE}\n"


@pytest.fixture(scope="module")
def written() -> Iterator[Stack]:
    """A stack of its own, whose whole output is looked through."""
    with running_stack() as stack:
        yield stack


def dump(redis: Redis) -> dict[str, str]:
    """Every key with its value as text, unpacked where it is packed."""
    found = {}
    client: Any = redis
    for key in client.scan_iter(count=1_000):
        kind = client.type(key).decode()
        raw: list[bytes] = []
        if kind == "string":
            raw = [client.get(key)]
        elif kind == "hash":
            raw = [part for pair in client.hgetall(key).items() for part in pair]
        elif kind == "list":
            raw = client.lrange(key, 0, -1)
        elif kind == "set":
            raw = list(client.smembers(key))
        elif kind == "zset":
            raw = client.zrange(key, 0, -1)
        elif kind == "stream":
            raw = [json.dumps(str(client.xrange(key))).encode()]
        found[key.decode()] = "\n".join(unpacked(one) for one in raw if one)
    return found


def unpacked(value: bytes) -> str:
    with contextlib.suppress(zlib.error):
        value = zlib.decompress(value)
    return value.decode("utf-8", "replace")


def test_no_secret_and_no_line_of_source_is_written_anywhere(written: Stack) -> None:
    stack, sandbox = written, written.sandbox
    files = {
        SCHEMA_PATH: f"/// {SOURCE}\n" + schema("email String?", f'b String @default("{SOURCE}")'),
        "prisma/migrations/20240303000000_x/migration.sql": (
            f"-- {SOURCE}\nALTER TABLE nowhere ADD COLUMN a TEXT DEFAULT '{SOURCE}';\n"
        ),
        "src/db.ts": f"import {{ PrismaClient }} from '@prisma/client';\n// {SOURCE}\n",
    }
    repository = stack.new_repository(PROJECT)
    pull = repository.open_pull_request("feature", files)
    pull.wait_for_check()
    pull.comment("alice", "/driftline explain column-missing")
    pull.comment("alice", "/driftline fix")
    settle(stack)
    sandbox.misbehave("401", "GET */pulls/*")
    sandbox.misbehave("500", "GIT POST *")
    pull.push({SCHEMA_PATH: BROKEN, ".github/driftline.yml": f"{SOURCE}: ["})
    pull.wait_for_check(timeout=60)
    settle(stack)

    key_lines = sandbox.app.private_key.strip().splitlines()[1:-1]
    secrets = [*key_lines, sandbox.app.webhook_secret, *sandbox.world.tokens]
    assert len(sandbox.world.tokens) >= 2
    logs = {one.name: one.log.read_text(errors="replace") for one in stack.processes}
    assert all(len(text) > 200 for text in logs.values())
    for name, text in logs.items():
        for secret in secrets:
            assert secret not in text, name
        assert SOURCE not in text, name
        assert "eyJ" not in text, f"{name}: a JWT"
    redis = Redis.from_url(stack.redis_url)
    for key, text in dump(redis).items():
        for secret in secrets:
            assert secret not in text, key
        if not key.startswith("driftline:memo:"):
            assert SOURCE not in text, key
    redis.close()


def test_every_line_of_a_job_says_whose_it_is(written: Stack) -> None:
    repository = written.new_repository(PROJECT)
    pull = repository.open_pull_request("feature", DRIFT)
    pull.wait_for_check()
    settle(written)

    lines = [
        json.loads(line)
        for process in written.processes
        if process.name == "work"
        for line in process.log.read_text().splitlines()
    ]
    named = [line for line in lines if line.get("repository") == repository.full_name]
    assert {line["event"] for line in named} >= {"fetched", "analyzed", "reviewed"}
    for line in named:
        assert line["installation"]
        assert line["delivery"]
        assert line["job"]
        assert line["pull"] == pull.number


def test_nothing_of_a_repository_is_kept_after_the_app_left(written: Stack) -> None:
    stack = written
    repository = stack.new_repository(PROJECT)
    owner = repository.state.owner.login
    pull = repository.open_pull_request("feature", DRIFT)
    pull.wait_for_check()
    pull.comment("alice", "/recheck")
    settle(stack)
    installation = stack.sandbox.install(owner)
    redis = Redis.from_url(stack.redis_url)
    marks = (f":{repository.state.id}:", f":{installation.id}:")
    theirs = [
        key for key in dump(redis) if any(mark in f"{key}:" for mark in marks) and "rq:" not in key
    ]
    assert len(theirs) >= 5

    stack.sandbox.uninstall(installation)
    settle(stack)
    wait_until(
        lambda: '"count"' in stack.workers[0].tail(200) and "erased" in stack.workers[0].tail(200),
        "the erasure",
    )

    left = dump(redis)
    for key, text in left.items():
        if key.startswith(("driftline:memo:", "driftline:delivery:", "driftline:lease:")):
            continue
        if '"kind":"installation"' in text.replace(" ", ""):
            continue  # the job that erased: it goes by itself within five minutes
        assert not any(mark in f"{key}:" for mark in marks), key
        assert owner not in key, key
        assert owner not in text, key
    redis.close()


def test_nothing_of_a_repository_is_kept_that_was_taken_out_of_the_selection(
    written: Stack,
) -> None:
    """Its neighbour, in the same installation, keeps all that is its own."""
    stack = written
    gone = stack.new_repository(PROJECT)
    owner = gone.state.owner.login
    stays = stack.sandbox.create_repository(f"{owner}/stays", PROJECT)
    for repository in (gone, stays):
        pull = repository.open_pull_request("feature", DRIFT)
        pull.wait_for_check()
    settle(stack)
    installation = stack.sandbox.install(owner)
    redis = Redis.from_url(stack.redis_url)
    before = dump(redis)
    kept = {key for key in before if f":{stays.state.id}:" in f"{key}:" and "rq:" not in key}
    assert len(kept) >= 4

    select(stack.sandbox.world, installation, (), [gone.state.name])
    settle(stack)
    theirs = f":{gone.state.id}:"
    with contextlib.suppress(TimeoutError):
        wait_until(lambda: not any(theirs in f"{key}:" for key in dump(redis)), "the erasure")
    assert [key for key in dump(redis) if theirs in f"{key}:"] == []

    left = dump(redis)
    lasting = ("driftline:memo:", "driftline:delivery:", "driftline:lease:")
    for key, text in left.items():
        if key.startswith(lasting) or '"kind":"installation"' in text.replace(" ", ""):
            continue
        assert gone.full_name not in key, key
        assert gone.full_name not in text, key
    assert {key for key in kept if not key.startswith(lasting)} <= left.keys()
    redis.close()
