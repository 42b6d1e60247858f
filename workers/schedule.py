"""What runs by the clock, in one process of all at a time: due retries, reviews that lost their
worker, and the rounds.

`run_clock` is the process; each worker's supervisor keeps one, and a lease picks the one that acts.
Everything here may be done twice without harm.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog

from bot.leases import Lease, is_held
from bot.queue import QUEUES, SERIALIZER
from bot.requests import Reason, ReviewRequest, UnreadableRequest, from_json
from workers.inflight import InFlight, Review
from workers.rounds import send_out

if TYPE_CHECKING:
    from redis import Redis

    from workers.workplace import Workplace

TICK_SECONDS = 1.0
SWEEP_SECONDS = 5.0
_CLOCK_LEASE_SECONDS = 6.0
_MOST_ATTEMPTS = 6
"""After so many deaths of its worker a review is the cause of them, and its check says so."""
_GRACE_SECONDS = 10.0
"""How long after its time a retry that RQ was to make is waited for."""


def run_clock(place: Workplace, is_over: Callable[[], bool]) -> None:
    """Tick until it is over. Redis may go away and come back meanwhile."""
    from redis.exceptions import RedisError

    log = structlog.get_logger().bind(process="clock")
    lease = Lease(place.redis, "clock", ttl=_CLOCK_LEASE_SECONDS)
    has_it = False
    is_start = True
    swept_at = 0.0
    while not is_over():
        try:
            has_it = lease.renew() if has_it else lease.acquire()
            if has_it:
                release_due_retries(place.redis)
                if time.monotonic() - swept_at >= SWEEP_SECONDS:
                    swept_at = time.monotonic()
                    sweep(place, log)
                    send_out(place.redis, is_start=is_start)
                    is_start = False
        except RedisError as error:
            has_it = False
            log.warning("Redis does not answer", error=type(error).__name__)
        time.sleep(TICK_SECONDS)
    if has_it:
        lease.release()


def release_due_retries(redis: Redis) -> None:
    """Queue the jobs whose retry is due.

    RQ's own scheduler is a child of one worker, and its lock outlives a killed one by a minute.
    """
    from rq.scheduler import RQScheduler

    scheduler = RQScheduler(list(QUEUES), connection=redis, serializer=SERIALIZER)
    scheduler.prepare_registries(QUEUES)
    scheduler.enqueue_scheduled_jobs()  # type: ignore[no-untyped-call]


def sweep(place: Workplace, log: Any) -> int:
    """Have reviews run again whose worker vanished; how many."""
    records = InFlight(place.redis)
    found = [review for review in records.all() if is_abandoned(place.redis, review)]
    for review in found:
        _take_up(place, records, review, log)
    return len(found)


def is_abandoned(redis: Redis, review: Review) -> bool:
    """Nobody holds the lease that the review runs under, and no retry is to be waited for."""
    if review.resumes_at + _GRACE_SECONDS > time.time() and review.resumes_at:
        return False
    return not is_held(redis, review.name)


def _take_up(place: Workplace, records: InFlight, review: Review, log: Any) -> None:
    log = log.bind(review=review.name, attempts=review.attempts, run=review.run_id)
    try:
        request = from_json(review.request)
    except UnreadableRequest as error:
        log.error("a review cannot be taken up", error=str(error))
        records.end(review.name)
        return
    if review.attempts >= _MOST_ATTEMPTS:
        log.error("given up")
        _conclude(place, review, request, log)
        records.end(review.name)
        return
    # Stands until the new job begins: should that get lost, it is found again.
    records.write(replace(review, resumes_at=time.time() + 20, holder=""))
    if isinstance(request, ReviewRequest) and not request.reason.is_asked:
        request = replace(request, reason=Reason.REOPENED)
    job = place.queue.enqueue(request)
    log.warning("taken up", job=job)


def _conclude(place: Workplace, review: Review, request: Any, log: Any) -> None:
    """Let the check of a review that kills its workers fail, and say that it is ours."""
    from bot.github.errors import GitHubError
    from bot.github.facts import Output
    from workers.review.compose import RECHECK

    if review.run_id is None:
        return
    text = (
        "Driftline's worker ended in the middle of this review, several times. The fault is"
        " Driftline's, not this change's; nothing is known about drift. Use *Re-check* to try"
        " again."
    )
    try:
        with place.github(request.installation_id, request.repository) as github:
            github.update_check_run(
                review.run_id,
                conclusion="failure",
                output=Output("Driftline failed", text),
                actions=(RECHECK,),
            )
    except GitHubError as error:
        log.error("not concluded", error=str(error))
