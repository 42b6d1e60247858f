"""What is being reviewed right now, so that a worker's death does not lose it.

A record stands in Redis from the moment a review begins until it ended well or was given up. It
names the lease that its worker holds: a record whose lease has ended belongs to nobody, and
`schedule` has the review run again, whatever RQ knows of the job.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from redis import Redis

_KEY = "driftline:in-flight"
_DONE_SECONDS = 30 * 86_400
_MET_SECONDS = 365 * 86_400
_RUN_SECONDS = 14 * 86_400
"""GitHub itself gives up a check run after 14 days."""


@dataclass(frozen=True, slots=True)
class Review:
    """A review in progress: the request as JSON, and what is known of it."""

    name: str
    """Of its lease."""
    request: Mapping[str, Any]
    head_sha: str = ""
    run_id: int | None = None
    attempts: int = 1
    holder: str = ""
    """`host:pid` of the work horse."""
    resumes_at: float = 0.0
    """It waits for a retry until then, and is nobody's loss before."""

    @property
    def comments(self) -> bool:
        """It is no first contact, which gives a check run alone."""
        return not self.request.get("is_first_contact", False)


def here() -> str:
    """This process, as holders are named."""
    return f"{socket.gethostname()}:{os.getpid()}"


class InFlight:
    """The records."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def begin(self, name: str, request: Mapping[str, Any]) -> Review:
        """Write down that a review begins; what an attempt before it left behind is kept."""
        before = self.get(name)
        review = Review(
            name=name,
            request=request,
            head_sha=before.head_sha if before else "",
            run_id=before.run_id if before else None,
            attempts=before.attempts + 1 if before else 1,
            holder=here(),
        )
        self.write(review)
        return review

    def get(self, name: str) -> Review | None:
        """The record of a lease."""
        value = self._redis.hget(_KEY, name)
        return _read(value) if isinstance(value, (bytes, str)) else None

    def write(self, review: Review) -> None:
        """Write a record."""
        self._redis.hset(_KEY, review.name, json.dumps(asdict(review)))

    def wait(self, name: str, seconds: float, *, counts: bool = True) -> None:
        """Say that a review was put off; one that `counts` not was no failure of its own."""
        review = self.get(name)
        if review is not None:
            attempts = review.attempts if counts else review.attempts - 1
            resumes_at = time.time() + seconds
            self.write(replace(review, attempts=attempts, resumes_at=resumes_at, holder=""))

    def end(self, name: str) -> None:
        """Forget a review that ended."""
        self._redis.hdel(_KEY, name)

    def all(self) -> tuple[Review, ...]:
        """Every record."""
        values: Mapping[Any, Any] = self._redis.hgetall(_KEY)
        return tuple(review for value in values.values() if (review := _read(value)))


def _read(value: bytes | str) -> Review | None:
    """A record, or None where another release wrote what this one cannot read."""
    try:
        return Review(**json.loads(value))
    except (ValueError, TypeError):
        return None


class Served:
    """The last serial (see `bot.queue.Serials`) whose review was published, by subject.

    A job that comes twice, after a retry or a worker's death, finds its serial served.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def has(self, name: str, serial: int, *, with_comments: bool) -> bool:
        """A review that did at least as much was made for this serial or a later one."""
        fields = ("comments",) if with_comments else ("comments", "silent")
        values = self._redis.hmget(f"driftline:served:{name}", *fields)
        return any(value is not None and int(value) >= serial for value in values)

    def note(self, name: str, serial: int, *, with_comments: bool) -> None:
        """A review was published."""
        key = f"driftline:served:{name}"
        with self._redis.pipeline() as pipe:
            pipe.hset(key, "comments" if with_comments else "silent", serial)
            pipe.expire(key, _DONE_SECONDS)
            pipe.execute()


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A check run that we made for a head: whether it has its conclusion, and annotations."""

    id: int
    is_concluded: bool
    annotations: int
    is_stopped: bool = False
    """Concluded without a result."""
    is_silent: bool = False
    """Of a first contact, which comments on nothing."""


class KnownRuns:
    """Check runs by repository, subject and head: remembered, so that GitHub need not be asked."""

    def __init__(self, redis: Redis, repository_id: int, subject: str) -> None:
        self._redis = redis
        self._prefix = f"driftline:run:{repository_id}:{subject}"

    def get(self, head_sha: str) -> KnownRun | None:
        """The newest run that we made for a head."""
        value = self._redis.get(f"{self._prefix}:{head_sha}")
        if not isinstance(value, (bytes, str)):
            return None
        try:
            return KnownRun(**json.loads(value))
        except (ValueError, TypeError):
            return None

    def put(self, head_sha: str, run: KnownRun) -> None:
        """Remember a run."""
        self._redis.set(f"{self._prefix}:{head_sha}", json.dumps(asdict(run)), ex=_RUN_SECONDS)


class Met:
    """Whether a repository has been reviewed after a push of its people's.

    Until then nobody there knows of Driftline, and what is made up for is a first contact: a check
    run and no comment.
    """

    def __init__(self, redis: Redis, installation_id: int, repository_id: int) -> None:
        self._redis = redis
        self._key = f"driftline:met:{installation_id}:{repository_id}"

    def note(self) -> None:
        """A review that somebody's push asked for has been concluded."""
        self._redis.set(self._key, "1", ex=_MET_SECONDS)

    def __bool__(self) -> bool:
        return bool(self._redis.exists(self._key))
