"""Waiting until the App has nothing left to do."""

from __future__ import annotations

from redis import Redis
from rq.registry import ScheduledJobRegistry

from bot import intake
from bot.queue import QUEUES, SERIALIZER
from tests.sandbox.handles import wait_until
from tests.support.stack import Stack
from workers.inflight import InFlight
from workers.rounds import WATCH

_RUNNING = frozenset({b"queued", b"started", b"deferred"})


def settle(stack: Stack) -> None:
    """Every event was heard, and every job that follows from them is done."""
    stack.sandbox.drain()
    redis = Redis.from_url(stack.redis_url)
    try:
        wait_until(lambda: not _unfinished(redis), "quiet")
    except TimeoutError as error:
        raise TimeoutError(f"not quiet: {_unfinished(redis)}") from error
    finally:
        redis.close()


def _unfinished(redis: Redis) -> list[str]:
    """What is still to be done. Jobs by themselves: one that a worker has just taken is in no queue
    and no registry yet. What is passed on from the intake meanwhile is in both, so the intake is
    read first. A retry waits where it is in the registry of those: the word alone stays with a job
    that another one has made needless. The next look at the environments stands there always."""
    taken = [key for key in (intake.LIST, intake.TAKEN) if redis.exists(key)]
    jobs = list(redis.scan_iter("rq:job:*", count=1_000))
    with redis.pipeline(transaction=False) as pipe:
        for key in jobs:
            pipe.hmget(key, "status", "description")
        found = zip(jobs, pipe.execute(), strict=True)
    left = [f"{key!r}: {about!r}" for key, about in found if about[0] in _RUNNING]
    for name in QUEUES:
        registry = ScheduledJobRegistry(name, connection=redis, serializer=SERIALIZER)
        waiting = [job for job in registry.get_job_ids(cleanup=False) if job != WATCH]
        left += [f"scheduled: {job}" for job in waiting]
    return taken + left + [f"in flight: {one.name}" for one in InFlight(redis).all()]
