"""Rounds that are made by the clock: deliveries that failed, pull requests that nobody reviewed.

Each is a job of its own on the low queue, asks GitHub little, and may be made twice without harm.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from bot.github.errors import GitHubError
from bot.github.facts import Delivery
from bot.requests import Reason, Repository, ReviewRequest
from workers.defaults import Selections
from workers.environments.binding import VARIABLE
from workers.inflight import InFlight, KnownRuns, Met
from workers.turn import lease_name
from workers.workplace import Workplace

if TYPE_CHECKING:
    from redis import Redis
    from rq import Queue as RqQueue

    from bot.github.facts import Installation, PullRequest, RepositoryFacts

REDELIVER_SECONDS = 300
PICK_UP_SECONDS = 86_400
BASES_SECONDS = 3_600
ENVIRONMENTS_SECONDS = 900
WATCH = "driftline-watch"
"""The name of the job that looks at the environments."""
RESTART_SECONDS = 3_600
"""After a start, pull requests are looked at once more, but not at each of many restarts."""
_LOOKED_BACK = timedelta(days=3)
"""GitHub keeps deliveries for three days."""
_MOST_REDELIVERIES = 50
_MOST_TRIES = 3
_MOST_PULLS = 200


def due(redis: Redis, name: str, seconds: int) -> bool:
    """True once in so many seconds, for one of all processes."""
    return bool(redis.set(f"driftline:rounds:{name}", "1", nx=True, ex=seconds))


def send_out(redis: Redis, *, is_start: bool = False) -> None:
    """Queue the rounds that are due."""
    from rq import Queue

    from bot.queue import LOW, SERIALIZER

    queue = Queue(LOW, connection=redis, serializer=SERIALIZER, default_timeout=600)
    if due(redis, "redeliver", REDELIVER_SECONDS):
        queue.enqueue_call("workers.rounds.redeliver_failed", result_ttl=60)
    if due(redis, "bases", BASES_SECONDS):
        queue.enqueue_call("workers.rounds.look_at_all_bases", result_ttl=60)
    if os.environ.get(VARIABLE):
        keep_watch(queue, datetime.now(UTC))
    is_due = due(redis, "pick-up", PICK_UP_SECONDS)
    if is_due or (is_start and due(redis, "start", RESTART_SECONDS)):
        queue.enqueue_call("workers.rounds.pick_up_unreviewed", result_ttl=60)


def keep_watch(queue: RqQueue, now: datetime) -> None:
    """See that RQ's own scheduler holds the next look at the environments, once for all processes.

    The job has one name: while it is scheduled, waits or runs, nothing is done; when it has ended,
    however it ended, it is scheduled a quarter of an hour after it last came to the queue.
    """
    from rq.exceptions import NoSuchJobError
    from rq.job import Job, JobStatus

    try:
        last = Job.fetch(WATCH, connection=queue.connection, serializer=queue.serializer)
    except NoSuchJobError:
        last = None
    at = now
    if last is not None:
        if last.get_status() in (JobStatus.SCHEDULED, JobStatus.QUEUED, JobStatus.STARTED):
            return
        at = max(now, (last.enqueued_at or now) + timedelta(seconds=ENVIRONMENTS_SECONDS))
        last.delete()
    queue.enqueue_at(
        at,
        "workers.watching.watch_environments",
        job_id=WATCH,
        result_ttl=2 * ENVIRONMENTS_SECONDS,
        failure_ttl=2 * ENVIRONMENTS_SECONDS,
    )


class Hooks(Protocol):
    """The App's webhook deliveries."""

    def deliveries(self) -> Iterable[Delivery]:
        """The newest first."""

    def redeliver(self, delivery_id: int) -> None:
        """Send one again."""


def redeliver_failed() -> None:
    """The job: have GitHub send again what our receiver did not take."""
    from bot.github.app import App

    place = Workplace.from_environment()
    log = structlog.get_logger().bind(round="redeliver")
    app = App.connect(place.settings, place.redis)
    try:
        count = redeliver(app, place.redis, datetime.now(UTC))
        log.info("made", redelivered=count)
    except GitHubError as error:
        log.warning("broken off", error=str(error))


def redeliver(hooks: Hooks, redis: Redis, now: datetime) -> int:
    """Redeliver what failed in its newest attempt and was not tried too often; how many."""
    seen: set[str] = set()
    count = 0
    for delivery in hooks.deliveries():
        if now - delivery.delivered_at > _LOOKED_BACK or count >= _MOST_REDELIVERIES:
            break
        is_newest = delivery.guid not in seen
        seen.add(delivery.guid)
        if delivery.is_ok or not is_newest or not _may_try(redis, delivery.guid):
            continue
        hooks.redeliver(delivery.id)
        count += 1
    return count


def _may_try(redis: Redis, guid: str) -> bool:
    key = f"driftline:redelivered:{guid}"
    with redis.pipeline() as pipe:
        pipe.incr(key)
        pipe.expire(key, int(_LOOKED_BACK.total_seconds()))
        return int(pipe.execute()[0]) <= _MOST_TRIES


def look_at_all_bases() -> None:
    """The job: queue open pull requests whose base has gained what concerns them."""
    from workers.bases import look_at_bases

    log = structlog.get_logger().bind(round="bases")
    log.info("made", queued=look_at_bases(Workplace.from_environment(), log))


def pick_up_installation(place: Workplace, installation_id: int, log: Any) -> None:
    """The same as `pick_up_unreviewed`, for one installation that is back."""
    from bot.github.app import App

    app = App.connect(place.settings, place.redis)
    found = _of_installation(place, app, app.installation(installation_id), log)
    log.info("picked up", queued=found)


def pick_up_unreviewed() -> None:
    """The job: queue open pull requests whose head has no check run of ours."""
    from bot.github.app import App

    place = Workplace.from_environment()
    log = structlog.get_logger().bind(round="pick-up")
    app = App.connect(place.settings, place.redis)
    found = 0
    try:
        for installation in app.installations():
            if not installation.is_suspended:
                found += _of_installation(place, app, installation, log)
        log.info("made", queued=found)
    except GitHubError as error:
        log.warning("broken off", queued=found, error=str(error))


def _of_installation(place: Workplace, app: Any, installation: Installation, log: Any) -> int:
    is_selective = not installation.all_repositories
    Selections(place.redis).note(installation.id, is_selective=is_selective)
    try:
        repositories = app.repositories(installation.id)
    except GitHubError as error:
        # What is wrong with one installation must not cost the others their round.
        log.info("passed over", installation=installation.id, error=str(error))
        return 0
    return sum(_of_repository(place, installation, each, log) for each in repositories)


def _of_repository(
    place: Workplace, installation: Installation, facts: RepositoryFacts, log: Any
) -> int:
    if facts.is_archived or facts.is_disabled:
        return 0
    repository = Repository(facts.id, facts.name)
    try:
        with place.github(installation.id, repository) as github:
            pulls = github.open_pull_requests()[:_MOST_PULLS]
    except GitHubError as error:
        log.info("passed over", repository=facts.name, error=str(error))
        return 0
    missing = [pull for pull in pulls if _is_unreviewed(place.redis, repository, pull)]
    is_first = not Met(place.redis, installation.id, facts.id)
    for pull in missing:
        place.queue.enqueue(
            ReviewRequest(
                installation_id=installation.id,
                repository=repository,
                number=pull.number,
                reason=Reason.INSTALLED if is_first else Reason.SWEEP,
                head_sha=pull.head.sha,
                is_first_contact=is_first,
            )
        )
    return len(missing)


def _is_unreviewed(redis: Redis, repository: Repository, pull: PullRequest) -> bool:
    if InFlight(redis).get(lease_name(repository.id, pull.number)) is not None:
        return False
    known = KnownRuns(redis, repository.id, str(pull.number)).get(pull.head.sha)
    return known is None or not known.is_concluded or known.is_stopped
