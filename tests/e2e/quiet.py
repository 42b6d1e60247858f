"""Waiting until the App has nothing left to do."""

from __future__ import annotations

from redis import Redis
from rq.registry import ScheduledJobRegistry, StartedJobRegistry

from bot.queue import QUEUES, Queue
from tests.sandbox.handles import wait_until
from tests.support.stack import Stack
from workers.inflight import InFlight


def settle(stack: Stack) -> None:
    """Every event was heard, and every job that follows from them is done."""
    stack.sandbox.drain()
    redis = Redis.from_url(stack.redis_url)

    def is_quiet() -> bool:
        registries = [
            kind(name, connection=redis)
            for name in QUEUES
            for kind in (StartedJobRegistry, ScheduledJobRegistry)
        ]
        waiting = Queue(redis).length() + sum(len(registry) for registry in registries)
        return waiting == 0 and not InFlight(redis).all()

    wait_until(is_quiet, "quiet")
    redis.close()
