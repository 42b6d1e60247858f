"""What is done by the clock: which deliveries are sent again, and when databases are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from rq.job import JobStatus
from rq.registry import ScheduledJobRegistry

from bot.github.facts import Delivery
from bot.queue import LOW, SERIALIZER
from workers.rounds import ENVIRONMENTS_SECONDS, WATCH, due, keep_watch, redeliver, send_out
from workers.schedule import release_due_retries

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Hooks:
    """Deliveries by hand."""

    def __init__(self, *deliveries: Delivery) -> None:
        self.listed = deliveries
        self.sent: list[int] = []

    def deliveries(self) -> Iterator[Delivery]:
        return iter(self.listed)

    def redeliver(self, delivery_id: int) -> None:
        self.sent.append(delivery_id)


def delivery(number: int, guid: str, status: int, hours: float = 1) -> Delivery:
    at = NOW - timedelta(hours=hours)
    return Delivery(number, guid, "pull_request", "opened", status, at, False)


def test_what_failed_is_sent_again_and_what_got_through_is_not(redis: Redis) -> None:
    hooks = Hooks(
        delivery(5, "late", 202),
        delivery(4, "lost", 502),
        delivery(3, "late", 503),
        delivery(2, "fine", 202),
        delivery(1, "old", 500, hours=80),
    )
    assert redeliver(hooks, redis, NOW) == 1
    assert hooks.sent == [4]


def test_what_fails_for_ever_is_not_sent_for_ever(redis: Redis) -> None:
    hooks = Hooks(delivery(1, "broken", 500))
    for _ in range(10):
        redeliver(hooks, redis, NOW)
    assert hooks.sent == [1, 1, 1]


def test_a_round_is_due_once_in_its_time(redis: Redis) -> None:
    assert due(redis, "x", 100)
    assert not due(redis, "x", 100)
    redis.delete("driftline:rounds:x")
    assert due(redis, "x", 100)


@pytest.fixture
def low(redis: Redis, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Queue:
    """The queue of the rounds, where environments are bound."""
    monkeypatch.setenv("DRIFTLINE_ENVIRONMENTS", str(tmp_path / "environments.toml"))
    return Queue(LOW, connection=redis, serializer=SERIALIZER)


def test_the_watch_stands_in_rqs_own_scheduler_once(redis: Redis, low: Queue) -> None:
    for _ in range(3):
        send_out(redis)
    scheduled = ScheduledJobRegistry(queue=low)
    assert scheduled.get_job_ids() == [WATCH]
    assert WATCH not in low.job_ids
    release_due_retries(redis)  # RQ's scheduler: what is due goes to the queue
    send_out(redis)
    assert (low.job_ids.count(WATCH), scheduled.get_job_ids()) == (1, [])


def test_the_next_watch_is_scheduled_however_the_last_one_ended(redis: Redis, low: Queue) -> None:
    keep_watch(low, datetime.now(UTC))
    release_due_retries(redis)
    job = low.fetch_job(WATCH)
    assert job is not None
    # There is no App behind these settings, so that the job ends badly.
    SimpleWorker([low], connection=redis, serializer=SERIALIZER).work(burst=True, max_jobs=1)
    ended = low.fetch_job(WATCH)
    assert ended is not None
    assert ended.get_status() in (JobStatus.FAILED, JobStatus.FINISHED)
    keep_watch(low, datetime.now(UTC))
    scheduled = ScheduledJobRegistry(queue=low)
    wait = scheduled.get_scheduled_time(WATCH) - datetime.now(UTC)
    assert timedelta(seconds=ENVIRONMENTS_SECONDS - 60) < wait
    assert wait <= timedelta(seconds=ENVIRONMENTS_SECONDS)
    release_due_retries(redis)
    assert low.job_ids == []  # not before its time
    keep_watch(low, datetime.now(UTC) + timedelta(days=1))
    assert scheduled.get_job_ids() == [WATCH]


def test_without_environments_nothing_is_watched(redis: Redis) -> None:
    send_out(redis)
    low = Queue(LOW, connection=redis, serializer=SERIALIZER)
    assert ScheduledJobRegistry(queue=low).get_job_ids() == []
