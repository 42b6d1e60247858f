"""The receiver's two doors: what Flask's view answers, the event loop answers as well."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from redis import Redis
from structlog.testing import capture_logs

from bot.answer import DIRECT
from bot.app import create_app
from bot.batches import MOST, Batches
from bot.gateway import SMALL_BYTES, Gateway
from bot.intake import LIST
from bot.queue import Queue
from bot.redis_connection import connect_for_web
from bot.settings import Settings
from tests.bot import payloads
from tests.bot.test_gateway import Sender, scope
from tests.bot.test_webhook import sign
from tests.support.ports import closed_port

BODY = json.dumps(payloads.pull_request("synchronize")).encode()
FINE = {
    "content-type": "application/json",
    "x-github-event": "pull_request",
    "x-github-delivery": "fine",
    "x-hub-signature-256": sign(BODY),
}
LARGE = BODY + b" " * SMALL_BYTES
REQUESTS: dict[str, tuple[dict[str, str], bytes]] = {
    "fine": (FINE, BODY),
    "large": (FINE | {"x-hub-signature-256": sign(LARGE)}, LARGE),
    "ignored": (FINE | {"x-github-event": "watch"}, BODY),
    "unsigned": ({k: v for k, v in FINE.items() if "signature" not in k}, BODY),
    "of another secret": (FINE | {"x-hub-signature-256": sign(BODY, "other")}, BODY),
    "of the old secret": (FINE | {"x-hub-signature-256": sign(BODY, "old secret")}, BODY),
    "no JSON": (FINE | {"x-hub-signature-256": sign(b"{")}, b"{"),
    "odd": (FINE | {"x-hub-signature-256": sign(b'{"action": 1}')}, b'{"action": 1}'),
    "without an event": (FINE | {"x-github-event": ""}, BODY),
    "without an id": (FINE | {"x-github-delivery": "a b"}, BODY),
    "a form": (FINE | {"content-type": "text/plain"}, BODY),
}


def gateway(settings: Settings, redis: Redis, *, direct: bool) -> Gateway:
    """As `driftline serve` makes it; without the second door where it is not `direct`."""
    app = create_app(settings, Queue(redis))
    doors = app.extensions[DIRECT] if direct else {}
    return Gateway(app, settings.max_payload_bytes, directly=doors)


async def post(door: Gateway, headers: dict[str, str], body: bytes) -> tuple[int, Any, Any]:
    sender = Sender(body)
    about = scope(path="/webhooks/github", **headers, content_length=str(len(body)))
    await door(about, sender)
    status, answered, text = sender.answer
    lowered = {name.lower(): value for name, value in answered.items()}
    lowered.pop("content-length", None)  # the server's to set
    told = json.loads(text)
    if "job" in told:
        told["job"] = told["job"].split("-")[1]
    return status, lowered, told


@pytest.mark.parametrize("name", REQUESTS)
def test_both_doors_answer_alike(name: str, settings: Settings, redis: Redis) -> None:
    headers, body = REQUESTS[name]
    said = []
    for direct in (False, True):
        redis.flushdb()
        with capture_logs() as lines:
            door = gateway(settings, redis, direct=direct)
            answers = [asyncio.run(post(door, headers, body)) for _ in range(2)]
        for line in lines:
            line.pop("job", None)
        said.append((answers, lines, redis.llen(LIST)))
    assert said[0] == said[1]
    assert said[1][0][0][1]["x-content-type-options"] == "nosniff"


def test_both_doors_say_that_redis_is_away(settings: Settings) -> None:
    away = connect_for_web(f"redis://127.0.0.1:{closed_port()}")
    said = [
        asyncio.run(post(gateway(settings, away, direct=direct), FINE, BODY))
        for direct in (False, True)
    ]
    assert said[0] == said[1]
    assert said[0][0] == 503


def test_what_fails_behind_the_second_door_says_so_without_the_errors_words(
    settings: Settings, redis: Redis
) -> None:
    async def breaks(environ: object) -> Any:
        raise LookupError("secret words")

    app = create_app(settings, Queue(redis))
    door = Gateway(app, 1_000_000, directly={"/webhooks/github": breaks})
    with capture_logs() as lines:
        status, headers, told = asyncio.run(post(door, FINE, BODY))
    assert (status, headers["x-frame-options"]) == (500, "DENY")
    assert "secret words" not in str(told) + str([line | {"trace": ""} for line in lines])
    assert [line["error"] for line in lines] == ["LookupError"]


def test_of_two_alike_at_the_same_time_one_is_kept(settings: Settings, redis: Redis) -> None:
    async def run() -> list[int]:
        door = gateway(settings, redis, direct=True)
        others = [FINE | {"x-github-delivery": f"other-{number}"} for number in range(200)]
        sent = [post(door, headers, BODY) for headers in (FINE, FINE, *others)]
        return [status for status, _, _ in await asyncio.gather(*sent)]

    assert sorted(asyncio.run(run())) == [200] + [202] * 201
    assert redis.llen(LIST) == 201


def test_what_gathers_while_a_call_is_under_way_shares_the_next() -> None:
    sizes: list[int] = []

    async def double(items: Any) -> list[int]:
        sizes.append(len(items))
        await asyncio.sleep(0.05)
        return [2 * item for item in items]

    async def run() -> list[int]:
        batches: Batches[int, int] = Batches(double)
        first = asyncio.create_task(batches.result(0))
        await asyncio.sleep(0.02)
        rest = [asyncio.create_task(batches.result(number)) for number in range(1, MOST + 3)]
        rest[0].cancel()
        await asyncio.gather(first, *rest[1:])
        return [await one for one in (first, *rest[1:])]

    assert asyncio.run(run()) == [0, *(2 * number for number in range(2, MOST + 3))]
    assert sizes[0] == 1
    assert max(sizes) <= MOST
    assert len(sizes) == 3


def test_a_call_that_fails_fails_for_its_own_alone() -> None:
    async def refuse(items: Any) -> list[int]:
        if 1 in items:
            raise OSError("away")
        return list(items)

    async def run() -> list[Any]:
        batches: Batches[int, int] = Batches(refuse)
        told = await asyncio.gather(*map(batches.result, (1, 2)), return_exceptions=True)
        return [*told, await batches.result(3)]

    first, second, third = asyncio.run(run())
    assert isinstance(first, OSError)
    assert isinstance(second, OSError)
    assert third == 3
