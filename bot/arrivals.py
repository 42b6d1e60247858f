"""What happens in Redis when a request arrives, in one step: claim, announce, coalesce.

One script, so that it costs one round trip and that no other process comes in between.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redis.exceptions import RedisError
from rq.job import Job

if TYPE_CHECKING:
    from redis import Redis

REMEMBERED_SECONDS = 8 * 86_400
"""Longer than a delivery can be sent again: 3 days on github.com, 7 on Enterprise Server."""
PENDING_SECONDS = 30
"""A claim that is not confirmed ends soon, so that the delivery can be sent again."""
SERIAL_SECONDS = 30 * 86_400
_WAITING_SECONDS = 86_400
_SUPERSEDED_SECONDS = 300

# KEYS: the delivery's claim, the serial, the place of the waiting job; each may be empty.
# ARGV: the new job's id, RQ's prefixes of jobs and of scheduled jobs, and five times in seconds.
# A job that waits for its retry is taken back, for a new event need not wait as long; its hash is
# left to expire, since RQ's scheduler may hold it in memory at this moment.
_ARRIVE = """
local claim, serial, place = KEYS[1], KEYS[2], KEYS[3]
if claim ~= '' and not redis.call('SET', claim, 'pending', 'NX', 'EX', ARGV[4]) then
    return {'repeated'}
end
if serial ~= '' then
    redis.call('INCR', serial)
    redis.call('EXPIRE', serial, ARGV[6])
end
if place == '' then
    return {'new'}
end
local job = redis.call('GET', place)
if job then
    local about = redis.call('HMGET', ARGV[2] .. job, 'status', 'origin')
    local status, origin = about[1], about[2]
    local waits = status == 'queued' or status == 'rate_limited'
    if status == 'scheduled' and origin then
        if redis.call('ZREM', ARGV[3] .. origin, job) == 1 then
            redis.call('EXPIRE', ARGV[2] .. job, ARGV[8])
        else
            waits = true
        end
    end
    if waits then
        if claim ~= '' then
            redis.call('SET', claim, 'queued', 'EX', ARGV[5])
        end
        return {'waits', job}
    end
end
redis.call('SET', place, ARGV[1], 'EX', ARGV[7])
return {'new'}
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of a request. `waiting` is the job that will serve it besides others."""

    is_repeated: bool = False
    waiting: str | None = None


class Arrivals:
    """`arrive`, then queue the job where nothing waits, then `confirm`, or else `release`."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._script = redis.register_script(_ARRIVE)

    def arrive(self, job_id: str, *, claim: str, serial: str, place: str) -> Arrival:
        """Take a delivery, raise the serial, and look whether a job like it waits.

        `claim`, `serial` and `place` are keys; an empty one leaves its part out.
        """
        answer: Any = self._script(
            keys=[claim, serial, place],
            args=[
                job_id,
                Job.redis_job_namespace_prefix,
                _scheduled_prefix(),
                PENDING_SECONDS,
                REMEMBERED_SECONDS,
                SERIAL_SECONDS,
                _WAITING_SECONDS,
                _SUPERSEDED_SECONDS,
            ],
        )
        words = [word.decode() if isinstance(word, bytes) else str(word) for word in answer]
        return Arrival(words[0] == "repeated", words[1] if words[0] == "waits" else None)

    def confirm(self, claim: str) -> None:
        """Its work is queued: remember the delivery for as long as it can be sent again.

        Where Redis went away meanwhile the claim ends early, and a repeat would be worked twice:
        harmless, since a review that is done twice changes nothing.
        """
        with contextlib.suppress(RedisError):
            self._redis.set(claim, "queued", ex=REMEMBERED_SECONDS)

    def release(self, claim: str) -> None:
        """Its work could not be queued: let the delivery be sent again."""
        with contextlib.suppress(RedisError):
            self._redis.delete(claim)


def _scheduled_prefix() -> str:
    from rq.registry import ScheduledJobRegistry

    return str(ScheduledJobRegistry.key_template).format("")
