"""Waiting until the App has nothing left to do."""

from __future__ import annotations

from redis import Redis

from bot import intake
from tests.sandbox.handles import wait_until
from tests.support.stack import Stack
from workers.inflight import InFlight

_RUNNING = frozenset({b"queued", b"started", b"scheduled", b"deferred"})


def settle(stack: Stack) -> None:
    """Every event was heard, and every job that follows from them is done."""
    stack.sandbox.drain()
    redis = Redis.from_url(stack.redis_url)

    def is_quiet() -> bool:
        # Jobs by themselves: one that a worker has just taken is in no queue and no registry yet.
        # What is passed on from the intake meanwhile is in both, so the intake is read first.
        if redis.exists(intake.LIST, intake.TAKEN):
            return False
        jobs = list(redis.scan_iter("rq:job:*", count=1_000))
        with redis.pipeline(transaction=False) as pipe:
            for key in jobs:
                pipe.hget(key, "status")
            statuses = pipe.execute()
        return _RUNNING.isdisjoint(statuses) and not InFlight(redis).all()

    wait_until(is_quiet, "quiet")
    redis.close()
