"""Turns, records and sweeps, on a real Valkey."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
import structlog
from redis import Redis

from bot.leases import Lease, LeaseHeld
from bot.queue import Queue
from bot.requests import Reason, Repository, ReviewRequest, to_json
from bot.settings import Settings
from workers.cache import RedisMemo, engine_digest
from workers.inflight import InFlight, Review
from workers.schedule import release_due_retries, sweep
from workers.timelimit import TookTooLong, time_limit
from workers.turn import AlreadyServed, Superseded, Turn, lease_name
from workers.workplace import Workplace

REQUEST = ReviewRequest(1, Repository(7, "acme/shop"), 3, Reason.OPENED)
NAME = lease_name(7, 3)


def turn(redis: Redis, **more: bool) -> Turn:
    return Turn(redis, 7, 3, to_json(REQUEST), **more)


def place(redis: Redis) -> Workplace:
    settings = Settings("1", "key", ("secret",), "redis://nowhere")
    return Workplace(settings, redis, Queue(redis))


def log() -> Any:
    return structlog.get_logger()


def test_one_turn_at_a_time(redis: Redis) -> None:
    with turn(redis), pytest.raises(LeaseHeld), turn(redis):
        pass
    with turn(redis):
        pass


def test_a_newer_request_ends_a_turn_at_its_next_step(redis: Redis) -> None:
    queue = Queue(redis)
    with turn(redis) as first:
        first.step()
        queue.serials.announce(7, 3)
        with pytest.raises(Superseded):
            first.step()


def test_a_job_that_comes_twice_finds_its_work_done(redis: Redis) -> None:
    Queue(redis).serials.announce(7, 3)
    with turn(redis) as first:
        first.finished()
    with pytest.raises(AlreadyServed), turn(redis):
        pass
    with pytest.raises(AlreadyServed), turn(redis, with_comments=False):
        pass
    Queue(redis).serials.announce(7, 3)
    with turn(redis, with_comments=False) as silent:
        silent.finished()
    with turn(redis) as again:
        again.finished()


def test_a_record_stands_while_the_review_runs_and_after_it_broke(redis: Redis) -> None:
    records = InFlight(redis)
    with turn(redis) as first:
        first.note_run("a" * 40, 5)
        record = records.get(NAME)
        assert record is not None
        assert (record.run_id, record.attempts) == (5, 1)
    assert records.get(NAME) is None
    with pytest.raises(RuntimeError), turn(redis):
        raise RuntimeError("broken")
    with turn(redis) as third:
        assert third.record is not None
        assert third.record.attempts == 2


def test_a_first_contact_does_not_end_what_a_lost_review_was_to_say(redis: Redis) -> None:
    InFlight(redis).write(Review(NAME, to_json(REQUEST)))
    with pytest.raises(AlreadyServed), turn(redis, with_comments=False):
        pass
    assert InFlight(redis).get(NAME) is not None
    with turn(redis):
        pass
    assert InFlight(redis).get(NAME) is None


def test_a_review_without_a_holder_is_queued_again(redis: Redis) -> None:
    InFlight(redis).write(Review(NAME, to_json(REQUEST)))
    assert sweep(place(redis), log()) == 1
    assert Queue(redis).length() == 1
    assert sweep(place(redis), log()) == 0, "the new job is given time"


def test_a_review_with_a_holder_or_a_retry_to_come_is_left_alone(redis: Redis) -> None:
    records = InFlight(redis)
    records.write(Review(NAME, to_json(REQUEST)))
    with Lease(redis, NAME):
        assert sweep(place(redis), log()) == 0
    records.wait(NAME, 30)
    assert sweep(place(redis), log()) == 0
    late = records.get(NAME)
    assert late is not None
    records.write(replace(late, resumes_at=time.time() - 60))
    assert sweep(place(redis), log()) == 1


def test_records_of_other_releases_do_no_harm(redis: Redis) -> None:
    redis.hset("driftline:in-flight", "review:1:1", '{"name": 1, "future": true}')
    redis.hset("driftline:in-flight", "review:1:2", "no JSON")
    InFlight(redis).write(Review("review:1:3", {"kind": "review", "version": 99}))
    assert sweep(place(redis), log()) == 1
    assert InFlight(redis).get("review:1:3") is None


def test_a_review_that_was_put_off_without_fault_counts_no_attempt(redis: Redis) -> None:
    records = InFlight(redis)
    records.begin(NAME, to_json(REQUEST))
    records.wait(NAME, 5, counts=False)
    assert records.begin(NAME, to_json(REQUEST)).attempts == 1


def test_retries_that_are_due_are_queued(redis: Redis) -> None:
    from datetime import timedelta

    from rq import Queue as RqQueue

    from bot.queue import DEFAULT, SERIALIZER

    queue = RqQueue(DEFAULT, connection=redis, serializer=SERIALIZER)
    queue.enqueue_in(timedelta(seconds=-1), "workers.jobs.cancel_review", {})
    queue.enqueue_in(timedelta(seconds=60), "workers.jobs.cancel_review", {})
    release_due_retries(redis)
    assert queue.count == 1


def test_the_memo_remembers_and_survives_redis_being_away(redis: Redis) -> None:
    memo = RedisMemo(redis)
    memo.put("a", b'{"x": 1}')
    assert RedisMemo(redis).get("a") == b'{"x": 1}'
    assert memo.get("b") is None
    redis.set(f"driftline:memo:{engine_digest()}:c", b"not packed")
    assert memo.get("c") is None
    away = RedisMemo(Redis(port=1, socket_connect_timeout=0.2, retry=None))
    away.put("a", b"1")
    began = time.monotonic()
    assert [away.get("a") for _ in range(1000)] == [None] * 1000
    assert time.monotonic() - began < 1


def test_a_bomb_in_redis_is_not_unpacked(redis: Redis) -> None:
    import zlib

    redis.set(f"driftline:memo:{engine_digest()}:bomb", zlib.compress(b"0" * (80 * 1024 * 1024)))
    assert RedisMemo(redis).get("bomb") is None


def test_a_block_that_runs_too_long_is_ended_and_rq_keeps_its_own_alarm() -> None:
    import signal

    rung: list[int] = []
    old = signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.4)
        with pytest.raises(TookTooLong), time_limit(0.1):
            time.sleep(5)
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
        time.sleep(0.5)
        assert rung == [signal.SIGALRM]
        with time_limit(5):
            pass
        assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
