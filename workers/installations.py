"""What happens when the App comes to repositories or leaves them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.github.errors import Forbidden, NotFound
from bot.requests import (
    InstallationChange,
    InstallationRequest,
    Reason,
    Repository,
    ReviewRequest,
    from_json,
)
from workers.defaults import Selections, forget_default
from workers.inflight import InFlight, KnownRuns
from workers.turn import lease_name

if TYPE_CHECKING:
    from bot.github.facts import PullRequest
    from workers.workplace import Workplace

_ARRIVALS = frozenset({InstallationChange.CREATED, InstallationChange.REPOSITORIES_ADDED})
_DEPARTURES = frozenset({InstallationChange.DELETED, InstallationChange.SUSPENDED})
_MOST_PULLS = 100
"""Of one repository, the newest: a check run each, no comment."""


def change(place: Workplace, request: InstallationRequest, log: Any) -> None:
    """Look at the open pull requests of new repositories; forget what runs for lost ones."""
    log.info("installation", change=request.change.value, account=request.account)
    if request.is_selective is not None:
        selections = Selections(place.redis)
        selections.note(request.installation_id, is_selective=request.is_selective)
    forget_default(place.redis, request.installation_id, request.account)
    if request.change in _ARRIVALS:
        for repository in request.repositories:
            _welcome(place, request, repository, log)
    elif request.change in _DEPARTURES:
        _forget(place, request.installation_id)
        if request.change is InstallationChange.DELETED:
            log.info("erased", count=_erased(place, request, request.installation_id))
    elif request.change is InstallationChange.REPOSITORIES_REMOVED:
        log.info("erased", count=_erased(place, request, None))
    elif request.change is InstallationChange.RESUMED:
        from workers.rounds import pick_up_installation

        pick_up_installation(place, request.installation_id, log)
    elif request.change is InstallationChange.PERMISSIONS:
        place.redis.delete(f"driftline:no-resolve:{request.installation_id}")


def _erased(place: Workplace, request: InstallationRequest, installation_id: int | None) -> int:
    from workers.erasure import erase

    return erase(place.redis, request.repositories, installation_id)


def _welcome(
    place: Workplace, request: InstallationRequest, repository: Repository, log: Any
) -> None:
    """No storm of comments: open pull requests get a check run, comments from their next push."""
    try:
        with place.github(request.installation_id, repository) as github:
            facts = github.repository()
            if facts.is_archived or facts.is_disabled:
                return
            pulls = github.open_pull_requests()[:_MOST_PULLS]
    except (NotFound, Forbidden) as error:
        log.info("not welcomed", repository=repository.name, error=str(error))
        return
    for pull in pulls:
        if _is_looked_after(place, repository, pull):
            continue
        place.queue.enqueue(
            ReviewRequest(
                installation_id=request.installation_id,
                repository=repository,
                number=pull.number,
                reason=Reason.INSTALLED,
                head_sha=pull.head.sha,
                delivery=request.delivery,
                is_first_contact=True,
            )
        )


def _is_looked_after(place: Workplace, repository: Repository, pull: PullRequest) -> bool:
    """An event of its own came first: that review comments, and is not to be overtaken."""
    name = lease_name(repository.id, pull.number)
    runs = KnownRuns(place.redis, repository.id, str(pull.number))
    return InFlight(place.redis).get(name) is not None or runs.get(pull.head.sha) is not None


def _forget(place: Workplace, installation_id: int) -> None:
    records = InFlight(place.redis)
    for review in records.all():
        try:
            belongs = from_json(review.request).installation_id == installation_id
        except ValueError:
            continue
        if belongs:
            records.end(review.name)
