"""The queue on a real Valkey and real RQ workers: coalescing, order, fairness, the dead."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest
from redis import Redis
from rq import Queue as RqQueue
from rq import SimpleWorker, Worker
from rq.job import Job, JobStatus

from bot.queue import DEFAULT, HIGH, LOW, QUEUES, SERIALIZER, Queue, Serials
from bot.requests import (
    ActionRequest,
    CancelRequest,
    CommandRequest,
    InstallationChange,
    InstallationRequest,
    MergeGroupRequest,
    Reason,
    Repository,
    Request,
    RerunRequest,
    ReviewRequest,
)
from tests.support.recorded_jobs import LOG

HELLO = Repository(42, "octo/hello")
REVIEW = ReviewRequest(7, HELLO, 5, Reason.PUSHED, "a" * 40, "d-1")
RECORD = "tests.support.recorded_jobs.record"
T = TypeVar("T")
KINDS = ("review", "cancel", "command", "rerun", "action", "merge-group", "installation")


@pytest.fixture
def queue(redis: Redis) -> Queue:
    return Queue(redis, jobs=dict.fromkeys(KINDS, RECORD))


def work(redis: Redis) -> list[str]:
    """Let a worker in this process work until nothing is queued; what it did, in order."""
    names = [RqQueue(name, connection=redis, serializer=SERIALIZER) for name in QUEUES]
    SimpleWorker(names, connection=redis, serializer=SERIALIZER).work(
        burst=True, logging_level="CRITICAL"
    )
    return [line.decode() for line in redis.lrange(LOG, 0, -1)]


def job(redis: Redis, job_id: str) -> Job:
    return Job.fetch(job_id, connection=redis, serializer=SERIALIZER)


def test_pushes_that_wait_become_one_review(queue: Queue, redis: Redis) -> None:
    ids = {queue.enqueue(replace(REVIEW, head_sha=f"{n:040x}")) for n in range(200)}
    assert len(ids) == 1
    assert work(redis) == ["octo/hello#5"]


def test_a_push_during_the_review_is_reviewed_afterwards(queue: Queue, redis: Redis) -> None:
    first = queue.enqueue(REVIEW)
    redis.lrem(f"rq:queue:{DEFAULT}", 1, first)
    job(redis, first).set_status(JobStatus.STARTED)
    second = queue.enqueue(REVIEW)
    assert second != first
    assert queue.enqueue(REVIEW) == second


def test_other_pull_requests_do_not_share_a_job(queue: Queue, redis: Redis) -> None:
    for number in (5, 6):
        queue.enqueue(replace(REVIEW, number=number))
        queue.enqueue(replace(REVIEW, number=number, repository=Repository(43, "octo/other")))
    assert sorted(work(redis)) == ["octo/hello#5", "octo/hello#6", "octo/other#5", "octo/other#6"]


def test_what_must_be_done_differently_is_not_coalesced(queue: Queue) -> None:
    requests = [
        REVIEW,
        replace(REVIEW, reason=Reason.COMMAND),
        replace(REVIEW, reason=Reason.SWEEP),
        replace(REVIEW, reason=Reason.INSTALLED, is_first_contact=True),
    ]
    assert len({queue.enqueue(request) for request in requests}) == 4
    assert len({queue.enqueue(request) for request in requests * 2}) == 4


def test_every_command_counts(queue: Queue) -> None:
    command = CommandRequest(7, HELLO, 5, 99, "mona", "recheck")
    assert queue.enqueue(command) != queue.enqueue(command)


def test_a_vanished_job_does_not_swallow_the_next_push(queue: Queue, redis: Redis) -> None:
    """The web process died between naming the job and queueing it, or Redis lost the job."""
    first = queue.enqueue(REVIEW)
    redis.delete(f"rq:job:{first}")
    assert queue.enqueue(REVIEW) != first


def test_what_people_wait_for_is_served_first(queue: Queue, redis: Redis) -> None:
    requests: dict[Request, str] = {
        replace(REVIEW, number=1, reason=Reason.SWEEP): LOW,
        replace(REVIEW, number=2, reason=Reason.INSTALLED, is_first_contact=True): LOW,
        InstallationRequest(7, InstallationChange.CREATED): LOW,
        replace(REVIEW, number=3): DEFAULT,
        replace(REVIEW, number=4, reason=Reason.OPENED): DEFAULT,
        replace(REVIEW, number=5, reason=Reason.RERUN): HIGH,
        CommandRequest(7, HELLO, 6, 99, "mona", "recheck"): HIGH,
        RerunRequest(7, HELLO, "a" * 40): HIGH,
        ActionRequest(7, HELLO, "a" * 40, 77, "recheck", "mona"): HIGH,
        MergeGroupRequest(7, HELLO, "a" * 40, "q", "b" * 40, "main"): HIGH,
        CancelRequest(7, HELLO, 8): HIGH,
    }
    for request, name in requests.items():
        assert job(redis, queue.enqueue(request)).origin == name


def test_one_installation_leaves_room_for_others(redis: Redis) -> None:
    queue = Queue(redis, concurrency=2, jobs={"review": RECORD})
    for number in range(10):
        queue.enqueue(replace(REVIEW, number=number))
    small = Repository(43, "small/one")
    queue.enqueue(ReviewRequest(8, small, 1, Reason.PUSHED))
    assert queue.length() == 3
    done = work(redis)
    assert done[:3] == ["octo/hello#0", "octo/hello#1", "small/one#1"]
    assert done[3:] == [f"octo/hello#{n}" for n in range(2, 10)]


def test_a_failed_job_is_tried_again_later_and_frees_its_slot(redis: Redis) -> None:
    queue = Queue(redis, concurrency=1, jobs={"review": RECORD})
    failing = queue.enqueue(replace(REVIEW, number=1, sender="fail"))
    queue.enqueue(replace(REVIEW, number=2))
    assert work(redis) == ["octo/hello#1", "octo/hello#2"]
    assert job(redis, failing).get_status() == JobStatus.SCHEDULED
    assert job(redis, failing).retries_left == 4


def test_a_job_may_put_itself_off_and_frees_its_slot(redis: Redis) -> None:
    queue = Queue(redis, concurrency=1, jobs={"review": RECORD})
    waiting = queue.enqueue(replace(REVIEW, number=1, sender="put off"))
    queue.enqueue(replace(REVIEW, number=2))
    assert work(redis) == ["octo/hello#1", "octo/hello#2"]
    assert job(redis, waiting).get_status() == JobStatus.SCHEDULED


def test_a_push_does_not_wait_for_an_old_retry(queue: Queue, redis: Redis) -> None:
    first = queue.enqueue(replace(REVIEW, sender="fail"))
    work(redis)
    second = queue.enqueue(REVIEW)
    assert second != first
    assert redis.zcard(f"rq:scheduled:{DEFAULT}") == 0
    assert work(redis) == ["octo/hello#5", "octo/hello#5"]


def test_jobs_do_not_pile_up_in_redis(queue: Queue, redis: Redis) -> None:
    done = queue.enqueue(REVIEW)
    work(redis)
    assert 0 < redis.ttl(f"rq:job:{done}") <= 300


def test_the_serial_rises_before_the_job_is_queued(queue: Queue, redis: Redis) -> None:
    serials = Serials(redis)
    assert serials.current(42, 5) == 0
    queue.enqueue(REVIEW)
    running = serials.current(42, 5)
    assert serials.is_current(42, 5, running)
    queue.enqueue(REVIEW)
    assert not serials.is_current(42, 5, running)
    assert serials.current(42, 6) == 0


@pytest.mark.parametrize(
    ("request_", "subject"),
    [
        (CancelRequest(7, HELLO, 5), 5),
        (MergeGroupRequest(7, HELLO, "a" * 40, "q", "b" * 40, "main"), "a" * 40),
    ],
)
def test_an_end_stops_what_runs(
    queue: Queue, redis: Redis, request_: Request, subject: str | int
) -> None:
    queue.enqueue(request_)
    assert Serials(redis).current(42, subject) == 1


def _work_for_ever(url: str) -> None:
    redis = Redis.from_url(url)
    names = [RqQueue(name, connection=redis, serializer=SERIALIZER) for name in QUEUES]
    Worker(
        names, connection=redis, serializer=SERIALIZER, worker_ttl=30, maintenance_interval=1
    ).work(logging_level="CRITICAL", with_scheduler=True)


def test_the_slot_of_a_killed_work_horse_is_freed(redis: Redis, valkey_server: str) -> None:
    queue = Queue(redis, concurrency=1, jobs={"review": RECORD})
    victim = queue.enqueue(replace(REVIEW, number=1, sender="sleep"))
    queue.enqueue(replace(REVIEW, number=2))
    process = multiprocessing.get_context("spawn").Process(
        target=_work_for_ever, args=(valkey_server,)
    )
    process.start()
    try:
        _wait(lambda: redis.llen(LOG) == 1)
        horse = _wait(lambda: _child_of(process.pid))
        os.kill(horse, signal.SIGKILL)
        _wait(lambda: redis.llen(LOG) >= 2)
        assert [line.decode() for line in redis.lrange(LOG, 0, 1)] == [
            "octo/hello#1",
            "octo/hello#2",
        ]
        assert job(redis, victim).retries_left == 4
    finally:
        _kill_all(process.pid)
        process.join()


def _kill_all(pid: int | None) -> None:
    """The worker with its scheduler and whatever horse runs."""
    import psutil

    worker = psutil.Process(pid)
    for each in [worker, *worker.children(recursive=True)]:
        each.kill()


def _child_of(pid: int | None) -> int:
    """The work horse: the child that runs the job (the scheduler is another)."""
    import psutil

    for child in psutil.Process(pid).children():
        if os.getpgid(child.pid) == child.pid:
            return int(child.pid)
    return 0


def _wait(condition: Callable[[], T], seconds: float = 20) -> T:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise TimeoutError("It did not happen in time.")
