"""The watch: each bound environment is looked at by the clock, and drift has one issue.

An issue is opened when an environment has left what its migrations make, is brought up to date
while that stands, and closed when it is gone. That needs `issues: write`, which
`driftline setup --with-issues` asks for; without it what is seen is kept and logged all the same.

Each repository is a job of its own, so that one that takes long costs the others nothing. Its
databases are read under the bounds of `looking`, its migrations in a child process that the
operating system bounds, as in a review.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog
from msgspec import Struct
from msgspec.structs import replace

from bot.github.errors import Forbidden, GitHubError, NotFound
from bot.requests import Repository
from workers.bounded import Died, Failed, TookTooMuch, bounded
from workers.engine.observed.observation import Observation
from workers.engine.observed.survey import Survey
from workers.environments.binding import Binding, WrongBinding, bindings, bindings_of
from workers.environments.looking import keep, look_now
from workers.fetch import Source, fetch_checkout
from workers.git import GitError
from workers.judging import FETCH_SECONDS
from workers.review.drift_issue import body_of, is_amiss, title_of
from workers.timelimit import TookTooLong

if TYPE_CHECKING:
    from redis import Redis

    from bot.github.app import App
    from bot.github.client import GitHub
    from workers.engine.snapshot import Snapshot
    from workers.workplace import Workplace

_ANALYSIS_SECONDS = 120.0
_JOB_SECONDS = 400
"""Of one repository's job: RQ ends it then, whatever it waits for."""
_HELD_SECONDS = 600
"""So long a repository that is queued is not queued again."""
_ID_SECONDS = 86_400


class Seen(Struct, frozen=True):
    """What the watch has to say of one environment; `title` is empty where all is well."""

    name: str
    failure: str
    story: str
    drift: int
    title: str = ""
    body: str = ""


def watch_environments() -> None:
    """The job: queue one for each repository that has environments."""
    from workers.workplace import Workplace

    log = structlog.get_logger().bind(round="environments")
    place = Workplace.from_environment()
    try:
        log.info("made", queued=spread(place.redis))
    except WrongBinding as error:
        log.error("the file of bindings makes no sense", reason=str(error))
    finally:
        place.redis.close()


def spread(redis: Redis) -> int:
    """Queue the repositories that are not queued yet; how many."""
    from rq import Queue

    from bot.queue import LOW, SERIALIZER

    queue = Queue(LOW, connection=redis, serializer=SERIALIZER)
    count = 0
    for name in dict.fromkeys(one.repository.lower() for one in bindings(os.environ)):
        if redis.set(_held(name), "1", nx=True, ex=_HELD_SECONDS):
            queue.enqueue_call(
                "workers.watching.watch_repository",
                args=(name,),
                timeout=_JOB_SECONDS,
                result_ttl=60,
            )
            count += 1
    return count


def _held(name: str) -> str:
    return f"driftline:watch:{name}"


def watch_repository(name: str) -> None:
    """The job: look at the environments of one repository (`owner/name`)."""
    from workers.workplace import Workplace

    log = structlog.get_logger().bind(round="environments", repository=name)
    place = Workplace.from_environment()
    try:
        log.info("made", looked_at=watch(place, name, log))
    finally:
        place.redis.delete(_held(name))
        place.redis.close()


def watch(place: Workplace, name: str, log: Any) -> int:
    """Look at a repository's environments; how many could be read."""
    from bot.github.app import App

    app = App.connect(place.settings, place.redis)
    try:
        return _watched(place, app, name, bindings_of(name, os.environ), log)
    except NotFound:
        log.warning("the App is not installed there")
    except (GitHubError, GitError, TookTooLong, TookTooMuch, Died, Failed) as error:
        log.warning("not watched", error=type(error).__name__)
    except WrongBinding as error:
        log.error("the file of bindings makes no sense", reason=str(error))
    finally:
        app.close()
    return 0


def _watched(place: Workplace, app: App, name: str, bound: Sequence[Binding], log: Any) -> int:
    installation = app.installation_of(name)
    number = _repository_id(place, app, installation.id, name)
    if number is None:
        raise NotFound(f"{name} is not among the installation's repositories.", status=404)
    count = 0
    with place.github(installation.id, Repository(number, name)) as github:
        default = github.repository().default_branch
        for branch in dict.fromkeys(one.branch or default for one in bound):
            mine = [one for one in bound if (one.branch or default) == branch]
            for seen in _seen(github, branch, mine, place):
                count += not seen.failure
                _tell(github, seen, log.bind(environment=seen.name))
    return count


def _repository_id(place: Workplace, app: App, installation: int, name: str) -> int | None:
    key = f"driftline:repository-id:{name.lower()}"
    known = place.redis.get(key)
    if isinstance(known, bytes) and known.isdigit():
        return int(known)
    for facts in app.repositories(installation):
        if facts.name.lower() == name.lower():
            place.redis.set(key, facts.id, ex=_ID_SECONDS)
            return facts.id
    return None


def _seen(
    github: GitHub, branch: str, bound: Sequence[Binding], place: Workplace
) -> tuple[Seen, ...]:
    """The environments beside the tip of the branch that is deployed to them."""
    sha = github.branch_sha(branch)
    source = Source(
        url=github.git_url,
        base_sha=sha,
        head_sha=sha,
        token=github.git_token(),
        merge_base_sha=sha,
        refs=(f"refs/heads/{branch}",),
    )
    snapshot = fetch_checkout(source, timeout=FETCH_SECONDS, all_files=True).snapshot
    now = datetime.now(UTC)
    observations = []
    for binding, observation in zip(bound, look_now(bound, now), strict=True):
        keep(place.redis, binding, observation)
        observations.append(replace(observation, branch=""))  # judged beside its own branch
    return bounded(
        lambda: _judged(snapshot, observations, now),
        seconds=_ANALYSIS_SECONDS,
        megabytes=place.settings.job_megabytes,
    )


def _judged(
    snapshot: Snapshot, observations: Sequence[Observation], now: datetime
) -> tuple[Seen, ...]:
    """In the child: nothing but texts comes back."""
    from workers.engine.analyze import analyze
    from workers.preferences import preferences

    wishes = preferences(snapshot, now.date())
    head = replace(snapshot, base=None, changed=None, observations=tuple(observations))
    report = analyze(head, wishes.settings)
    broken = [one.message for one in report.diagnostics if one.code == "environment-failed"]
    lost = [Seen("", message, "unread", 0) for message in broken]
    return (*(_told(survey) for survey in report.surveys), *lost)


def _told(survey: Survey) -> Seen:
    drift = len(survey.drift)
    if not survey.observation.was_read or not is_amiss(survey):
        return Seen(survey.name, survey.observation.failure, survey.story.kind, drift)
    return Seen(survey.name, "", survey.story.kind, drift, title_of(survey), body_of(survey))


def _tell(github: GitHub, seen: Seen, log: Any) -> None:
    """Open, renew or close the environment's issue."""
    if seen.failure:
        log.warning("not read", reason=seen.failure)
        return
    subject = f"environment:{seen.name}"
    log.info("looked", story=seen.story, drift=seen.drift)
    try:
        if seen.title:
            log.info("told", issue=github.issues().keep(subject, seen.title, seen.body))
        elif (closed := github.issues().close(subject)) is not None:
            log.info("closed", issue=closed)
    except Forbidden:
        log.info("issues are not granted")
