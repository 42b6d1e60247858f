"""What happens in Redis when a request is queued, in one step: announce, coalesce.

One script, so that it costs one round trip and that no other process comes in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rq.job import Job

if TYPE_CHECKING:
    from redis import Redis

SERIAL_SECONDS = 30 * 86_400
_WAITING_SECONDS = 86_400
_SUPERSEDED_SECONDS = 300

# KEYS: the serial, the place of the waiting job; each may be empty.
# ARGV: the new job's id, RQ's prefixes of jobs and of scheduled jobs, and three times in seconds.
# A job that waits for its retry is taken back, for a new event need not wait as long; its hash is
# left to expire, since RQ's scheduler may hold it in memory at this moment.
_ARRIVE = """
local serial, place = KEYS[1], KEYS[2]
if serial ~= '' then
    redis.call('INCR', serial)
    redis.call('EXPIRE', serial, ARGV[4])
end
if place == '' then
    return false
end
local job = redis.call('GET', place)
if job then
    local about = redis.call('HMGET', ARGV[2] .. job, 'status', 'origin')
    local status, origin = about[1], about[2]
    local waits = status == 'queued' or status == 'rate_limited'
    if status == 'scheduled' and origin then
        if redis.call('ZREM', ARGV[3] .. origin, job) == 1 then
            redis.call('EXPIRE', ARGV[2] .. job, ARGV[6])
        else
            waits = true
        end
    end
    if waits then
        return job
    end
end
redis.call('SET', place, ARGV[1], 'EX', ARGV[5])
return false
"""


class Arrivals:
    """`arrive`, then queue the job where nothing waits."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._script = redis.register_script(_ARRIVE)

    def arrive(self, job_id: str, *, serial: str, place: str) -> str | None:
        """Raise the serial, and look whether a job like it waits: that job's id, or None.

        `serial` and `place` are keys; an empty one leaves its part out.
        """
        answer: Any = self._script(
            keys=[serial, place],
            args=[
                job_id,
                Job.redis_job_namespace_prefix,
                _scheduled_prefix(),
                SERIAL_SECONDS,
                _WAITING_SECONDS,
                _SUPERSEDED_SECONDS,
            ],
        )
        return answer.decode() if isinstance(answer, bytes) else answer


def _scheduled_prefix() -> str:
    from rq.registry import ScheduledJobRegistry

    return str(ScheduledJobRegistry.key_template).format("")
