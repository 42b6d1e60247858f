"""The watch: each bound environment is looked at by the clock, and drift has one issue.

An issue is opened when an environment has left what its migrations make, is brought up to date
while that stands, and closed when it is gone. That needs `issues: write`, which
`driftline setup --with-issues` asks for; without it what is seen is kept and logged all the same.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog
from msgspec.structs import replace

from bot.github.errors import Forbidden, GitHubError, NotFound
from bot.requests import Repository
from workers.engine.observed.survey import Survey
from workers.environments.binding import Binding, WrongBinding, bindings
from workers.environments.looking import keep, look_now
from workers.fetch import Source, fetch_checkout
from workers.git import GitError
from workers.judging import FETCH_SECONDS
from workers.review.drift_issue import body_of, is_amiss, title_of
from workers.timelimit import TookTooLong, time_limit

if TYPE_CHECKING:
    from bot.github.app import App
    from bot.github.client import GitHub
    from workers.workplace import Workplace

_ANALYSIS_SECONDS = 120.0
_ID_SECONDS = 86_400


def watch_environments() -> None:
    """The job: look at every environment that is bound."""
    from workers.workplace import Workplace

    log = structlog.get_logger().bind(round="environments")
    place = Workplace.from_environment()
    try:
        log.info("made", looked_at=watch(place, log))
    except WrongBinding as error:
        log.error("the file of bindings makes no sense", reason=str(error))
    finally:
        place.redis.close()


def watch(place: Workplace, log: Any) -> int:
    """Look at all, repository by repository; how many environments were read."""
    from bot.github.app import App

    bound = bindings(os.environ)
    app = App.connect(place.settings, place.redis)
    count = 0
    try:
        for name in dict.fromkeys(one.repository for one in bound):
            mine = [one for one in bound if one.repository == name]
            try:
                count += _watch_repository(place, app, name, mine, log.bind(repository=name))
            except NotFound:
                log.warning("the App is not installed there", repository=name)
            except (GitHubError, GitError, TookTooLong) as error:
                log.warning("not watched", repository=name, error=type(error).__name__)
            except Exception as error:  # what breaks on one repository does not cost the others
                log.error("not watched", repository=name, error=type(error).__name__)
    finally:
        app.close()
    return count


def _watch_repository(
    place: Workplace, app: App, name: str, bound: Sequence[Binding], log: Any
) -> int:
    installation = app.installation_of(name)
    number = _repository_id(place, app, installation.id, name)
    if number is None:
        raise NotFound(f"{name} is not among the installation's repositories.", status=404)
    count = 0
    with place.github(installation.id, Repository(number, name)) as github:
        default = github.repository().default_branch
        for branch in dict.fromkeys(one.branch or default for one in bound):
            mine = [one for one in bound if (one.branch or default) == branch]
            for survey in _surveys(github, branch, mine, place):
                count += survey.observation.was_read
                _tell(github, survey, log.bind(environment=survey.name))
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


def _surveys(
    github: GitHub, branch: str, bound: Sequence[Binding], place: Workplace
) -> tuple[Survey, ...]:
    """The environments beside the tip of the branch that is deployed to them."""
    from workers.engine.analyze import analyze
    from workers.preferences import preferences

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
    seen = []
    for binding, observation in zip(bound, look_now(bound, now), strict=True):
        keep(place.redis, binding, observation)
        seen.append(replace(observation, branch=""))  # it is judged beside its own branch
    wishes = preferences(snapshot, now.date())
    with time_limit(_ANALYSIS_SECONDS):
        head = replace(snapshot, base=None, changed=None, observations=tuple(seen))
        return analyze(head, wishes.settings).surveys


def _tell(github: GitHub, survey: Survey, log: Any) -> None:
    """Open, renew or close the environment's issue."""
    if not survey.observation.was_read:
        log.warning("not read", reason=survey.observation.failure)
        return
    subject = f"environment:{survey.name}"
    log.info("looked", story=survey.story.kind, drift=len(survey.drift))
    try:
        if is_amiss(survey):
            told = github.issues().keep(subject, title_of(survey), body_of(survey))
            log.info("told", issue=told)
        elif (closed := github.issues().close(subject)) is not None:
            log.info("closed", issue=closed)
    except Forbidden:
        log.info("issues are not granted")
