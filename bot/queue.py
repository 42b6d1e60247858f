"""The queue on RQ: jobs by name, as JSON, one waiting per pull request; the newest head wins.

What of RQ 3 is used, and why:

- `serializer="json"`: a job is a name and one JSON object. Nothing that lies in Redis is code, as
  it is with pickle, RQ's default.
- `RateLimit(key, concurrency)`, by installation: RQ keeps the jobs of one installation above the
  bound out of the queue, in an order of their own, so that an installation with a thousand open
  pull requests leaves room for one with two. A slot is freed by RQ when its job ends, is put off
  for a retry, or is found abandoned.
- `Retry(max, interval)`: backoff; needs a worker with the scheduler (`with_scheduler=True`). A
  job may return a `Retry` of its own to be put off by as long as GitHub said.
- three queues in the order in which workers serve them.
- not `unique=True`: RQ refuses it together with a rate limit, and a unique id stays taken while
  the job runs, which would drop a push that arrives meanwhile. Waiting jobs are coalesced here.
- not `RateLimit(..., concurrency=1)` by pull request: a job has one rate limit, and after a
  worker's death the slot comes free only at RQ's maintenance. `leases.Lease` does it, and ends
  by itself.

Coalescing: `driftline:waiting:<subject>` names the job that waits for a pull request. A request
like it is not queued again, since that job will read the head from GitHub when it starts. The
serial is raised in the same step (`arrivals`) in which the job's status is looked at: if it starts
afterwards it takes the raised serial, and if it had started already a new job is queued. Nothing
is lost either way. One that waits for a retry is replaced: the new event need not wait as long.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from rq import Queue as RqQueue
from rq import RateLimit, Retry

from bot.arrivals import SERIAL_SECONDS, Arrivals
from bot.requests import (
    CancelRequest,
    MergeGroupGone,
    MergeGroupRequest,
    Reason,
    Request,
    ReviewRequest,
    to_json,
)

if TYPE_CHECKING:
    from redis import Redis

HIGH, DEFAULT, LOW = "driftline-high", "driftline-default", "driftline-low"
QUEUES = (HIGH, DEFAULT, LOW)
"""In the order in which workers serve them: what people wait for, reviews, sweeps."""

SERIALIZER = "json"
"""The workers must be started with the same one."""

JOBS: Mapping[str, str] = MappingProxyType(
    {
        "review": "workers.jobs.review_pull_request",
        "cancel": "workers.jobs.cancel_review",
        "command": "workers.jobs.answer_command",
        "rerun": "workers.jobs.rerun_review",
        "action": "workers.jobs.take_action",
        "merge-group": "workers.jobs.review_merge_group",
        "merge-group-gone": "workers.jobs.drop_merge_group",
        "installation": "workers.jobs.change_installation",
    }
)
"""By the request's kind: the function, called with the request as a JSON object."""

JOB_SECONDS = 600
RETRY_SECONDS = (5, 30, 120, 600, 1800)
_RESULT_SECONDS = 300
_FAILURE_SECONDS = 7 * 86_400


class Queue:
    """Where requests go. `redis` has short timeouts, so that an outage is known at once.

    `concurrency` bounds how many jobs of one installation are queued for or with the workers;
    `jobs` names the function for each kind of request.
    """

    def __init__(
        self, redis: Redis, *, concurrency: int = 8, jobs: Mapping[str, str] = JOBS
    ) -> None:
        self.redis = redis
        self.serials = Serials(redis)
        self._concurrency = concurrency
        self._jobs = jobs
        self._arrivals = Arrivals(redis)
        self._queues = {
            name: RqQueue(
                name,
                connection=redis,
                serializer=SERIALIZER,
                default_timeout=JOB_SECONDS,
            )
            for name in QUEUES
        }

    def enqueue(self, request: Request, job_id: str = "", trace: str = "") -> str:
        """Queue the job that serves the request; its id, or that of the like one that waits.

        Reviews, merge groups and their ends raise the serial first, so that an older job in
        progress stops at its next step.
        """
        job_id = job_id or new_job_id(request)
        waiting = self._arrive(request, job_id)
        return waiting or self._put(request, job_id, trace)

    def length(self) -> int:
        """How many jobs wait for a worker, those that a rate limit holds back not counted."""
        return sum(queue.count for queue in self._queues.values())

    def is_alive(self) -> bool:
        """Redis answers; a broken connection raises redis's own errors."""
        return bool(self.redis.ping())

    def _arrive(self, request: Request, job_id: str) -> str | None:
        subject = _subject(request)
        serial = _serial_key(request_repository(request), subject) if subject is not None else ""
        return self._arrivals.arrive(job_id, serial=serial, place=_place(request))

    def _put(self, request: Request, job_id: str, trace: str) -> str:
        self._queues[_queue_name(request)].enqueue_call(
            self._jobs[request.kind],
            args=(to_json(request) | ({"trace": trace} if trace else {}),),
            job_id=job_id,
            description=_description(request),
            meta={"delivery": request.delivery, "installation": request.installation_id},
            retry=Retry(max=len(RETRY_SECONDS), interval=list(RETRY_SECONDS)),
            rate_limit=RateLimit(_limit_key(request), self._concurrency),
            result_ttl=_RESULT_SECONDS,
            failure_ttl=_FAILURE_SECONDS,
        )
        return job_id


class Serials:
    """Newest head wins: a counter per pull request that rises with every review asked for.

    `driftline:serial:{repository_id}:{subject}` in Redis. A job takes the serial that stands when
    it starts, re-reads the head from GitHub, and asks `is_current` before each step that others
    see; a higher serial means that a newer job waits, which will read the newest head, so this
    one may stop. Since the newer job reads the head from GitHub itself, a late older
    `synchronize` never loses the newer push.
    """

    def __init__(self, redis: Redis) -> None:
        self.redis = redis

    def announce(self, repository_id: int, subject: str | int) -> int:
        """Say that a newer review is queued for a pull request's number or a merge group's sha."""
        key = _serial_key(repository_id, subject)
        with self.redis.pipeline() as pipe:
            pipe.incr(key)
            pipe.expire(key, SERIAL_SECONDS)
            return int(pipe.execute()[0])

    def current(self, repository_id: int, subject: str | int) -> int:
        """The serial that stands now; 0 where there is none."""
        value = self.redis.get(_serial_key(repository_id, subject))
        return int(value) if isinstance(value, (bytes, str)) else 0

    def is_current(self, repository_id: int, subject: str | int, serial: int) -> bool:
        """Nothing newer was announced since `serial` was taken."""
        return self.current(repository_id, subject) == serial


def request_repository(request: Request) -> int:
    """The repository's id; 0 where the request is about an installation."""
    repository = getattr(request, "repository", None)
    return int(repository.id) if repository is not None else 0


def new_job_id(request: Request) -> str:
    """An id that sorts by time: RQ orders what a rate limit holds back by second, then by id."""
    return f"{time.time_ns():016x}-{request.kind}-{random.getrandbits(32):08x}"


def _serial_key(repository_id: int, subject: str | int) -> str:
    return f"driftline:serial:{repository_id}:{subject}"


def _subject(request: Request) -> str | int | None:
    """Whose serial a request raises: that of a pull request or of a merge group's head."""
    if isinstance(request, (ReviewRequest, CancelRequest)):
        return request.number
    if isinstance(request, (MergeGroupRequest, MergeGroupGone)):
        return request.head_sha
    return None


def _place(request: Request) -> str:
    """Where one waiting job is enough; "" where each request counts.

    Asked-for reviews, first contacts and sweeps wait apart: the first must run although the head
    was reviewed, the second must not comment, the third may wait for long.
    """
    if not isinstance(request, ReviewRequest):
        return ""
    if request.reason.is_asked:
        manner = "asked"
    elif request.is_first_contact:
        manner = "first"
    else:
        manner = "sweep" if request.reason is Reason.SWEEP else "event"
    return f"driftline:waiting:{request.repository.id}:{request.number}:{manner}"


def _queue_name(request: Request) -> str:
    if not isinstance(request, ReviewRequest):
        return LOW if request.kind == "installation" else HIGH
    if request.reason.is_asked:
        return HIGH
    return LOW if request.reason in (Reason.SWEEP, Reason.INSTALLED) else DEFAULT


def _limit_key(request: Request) -> str:
    """People's clicks and commands do not queue behind their own installation's reviews."""
    return f"driftline-{request.installation_id}-{_queue_name(request).removeprefix('driftline-')}"


def _description(request: Request) -> str:
    repository = getattr(request, "repository", None)
    number = getattr(request, "number", None)
    name = repository.name if repository is not None else f"installation {request.installation_id}"
    return f"{request.kind} {name}" + (f"#{number}" if number is not None else "")
