"""The queue on RQ: jobs by name, as JSON, one per pull request and head; the newest head wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.requests import Request

if TYPE_CHECKING:
    from redis import Redis

QUEUES = ("driftline-high", "driftline-default", "driftline-low")
"""In the order in which workers serve them: what people wait for, reviews, sweeps."""


class Queue:
    """Where requests go. `redis` is shared by the process and has short timeouts."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis

    def enqueue(self, request: Request) -> str:
        """Queue the job that serves the request; its id. A job like it that waits is not doubled.

        Announces reviews first (see `Serials`), so that an older one in progress stops.
        """
        raise NotImplementedError


class Serials:
    """Newest head wins: a counter per pull request that rises with every review asked for.

    `driftline:serial:{repository_id}:{number}` in Redis. A job takes the serial that stands when
    it starts, re-reads the head from GitHub, and asks `is_current` before each step that others
    see; a higher serial means that a newer job was queued, which will read the newest head, so
    this one may stop. Since the newer job reads the head from GitHub itself, a late older
    `synchronize` never loses the newer push.
    """

    def __init__(self, redis: Redis) -> None:
        self.redis = redis

    def announce(self, repository_id: int, subject: str | int) -> int:
        """Say that a newer review is queued for a pull request's number or a merge group's sha."""
        raise NotImplementedError

    def current(self, repository_id: int, subject: str | int) -> int:
        """The serial that stands now; 0 where there is none."""
        raise NotImplementedError

    def is_current(self, repository_id: int, subject: str | int, serial: int) -> bool:
        """Nothing newer was announced since `serial` was taken."""
        raise NotImplementedError
