"""A connection to Redis in an event loop, on a real server that closes, stops and forgets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.intake import LIST, Entry, Intake
from bot.line import Line
from bot.redis_connection import connect_for_web
from tests.support.ports import closed_port


def running(redis: Redis, body: Callable[[Line], Awaitable[Any]], seconds: float = 1.0) -> Any:
    async def run() -> Any:
        return await body(Line(redis, seconds))

    return asyncio.run(run())


async def connections(redis: Redis) -> set[str]:
    found: Any = await asyncio.to_thread(redis.client_list)
    return {one["id"] for one in found}


def test_commands_are_answered_on_one_connection(redis: Redis) -> None:
    async def body(line: Line) -> list[Any]:
        first = await line.ask("CLIENT ID")
        return [first, await line.ask("CLIENT ID"), await line.ask("ECHO", b"x" * 300_000)]

    first, second, echo = running(redis, body)
    assert first == second
    assert echo == b"x" * 300_000


def test_a_refusal_keeps_the_connection(redis: Redis) -> None:
    async def body(line: Line) -> None:
        before = await line.ask("CLIENT ID")
        with pytest.raises(ResponseError):
            await line.ask("NO SUCH COMMAND")
        assert await line.ask("CLIENT ID") == before

    running(redis, body)


def test_a_connection_that_the_server_closed_is_made_anew(redis: Redis) -> None:
    async def body(line: Line) -> None:
        before = await line.ask("CLIENT ID")
        await asyncio.to_thread(redis.client_kill_filter, before)
        await asyncio.sleep(0.05)
        assert await line.ask("CLIENT ID") != before

    running(redis, body)


def test_an_answer_that_comes_too_late_is_not_taken_for_the_next(redis: Redis) -> None:
    async def body(line: Line) -> None:
        assert await line.ask("ECHO", "first") == b"first"
        await asyncio.to_thread(redis.client_pause, 400)
        with pytest.raises(RedisTimeoutError):
            await line.ask("ECHO", "late")
        await asyncio.sleep(0.5)
        assert await line.ask("ECHO", "next") == b"next"

    running(redis, body, seconds=0.1)


def test_who_no_longer_waits_leaves_no_answer_behind(redis: Redis) -> None:
    async def body(line: Line) -> None:
        assert await line.ask("ECHO", "first") == b"first"
        await asyncio.to_thread(redis.client_pause, 200)
        gone = asyncio.create_task(line.ask("ECHO", "gone"))
        await asyncio.sleep(0.05)
        gone.cancel()
        await asyncio.sleep(0.3)
        assert await line.ask("ECHO", "next") == b"next"

    running(redis, body)


def test_each_loop_has_a_connection_and_leaves_none_behind(redis: Redis) -> None:
    line = Line(redis)

    async def ask() -> Any:
        return await line.ask("CLIENT ID"), await connections(redis)

    seen = [asyncio.run(ask()) for _ in range(4)]
    assert len({number for number, _ in seen}) == 4
    assert len(seen[-1][1]) <= len(seen[0][1])


def test_no_server_is_an_error_at_once() -> None:
    away = connect_for_web(f"redis://127.0.0.1:{closed_port()}")

    async def body(line: Line) -> None:
        await line.ask("PING")

    with pytest.raises(RedisConnectionError):
        running(away, body)


def test_a_server_that_has_forgotten_the_script_is_told_it_again(redis: Redis) -> None:
    async def put(name: str) -> list[bool]:
        entries = [Entry(f"claim:{name}", b"{}"), Entry("claim:same", b"{}")]
        return await intake.put_directly(entries)

    async def run() -> list[list[bool]]:
        said = [await put("one")]
        await asyncio.to_thread(redis.script_flush)
        said.append(await put("two"))
        for client in await connections(redis):
            if client != str(redis.client_id()):
                redis.client_kill_filter(_id=client)
        return [*said, await put("three")]

    intake = Intake(redis)
    assert asyncio.run(run()) == [[True, True], [True, False], [True, False]]
    assert redis.llen(LIST) == 4
