"""The jobs, by the names under which `bot.queue` enqueues them; each takes a request as JSON.

A job ends well, or is put off: RQ runs it again when it returns a `Retry`, so that waiting costs
no worker. What goes wrong is told apart here, in one place.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import structlog
from rq import Retry, get_current_job

from bot.github.errors import (
    Forbidden,
    Gone,
    NotFound,
    RateLimited,
)
from bot.leases import LeaseHeld, LeaseLost
from bot.requests import (
    ActionRequest,
    CancelRequest,
    CommandRequest,
    InstallationRequest,
    MergeGroupGone,
    MergeGroupRequest,
    Reason,
    Request,
    RerunRequest,
    ReviewRequest,
    from_json,
    to_json,
)
from workers.attempts import PutOff, carry_out
from workers.pull_review import review_pull
from workers.reviewing import Reviewing, review_group
from workers.turn import AlreadyServed, Superseded, Turn
from workers.workplace import Workplace

if TYPE_CHECKING:
    from bot.github.client import GitHub

_MOST_RETRIES = 3_000
_LEASE_WAIT = 1

Job = Mapping[str, Any]


def review_pull_request(payload: Job) -> Retry | None:
    """Review a pull request as it is when the job begins."""
    return _served(payload, _review)


def review_merge_group(payload: Job) -> Retry | None:
    """Review a merge group against its own base."""
    return _served(payload, _review_group)


def cancel_review(payload: Job) -> Retry | None:
    """The pull request was closed: what runs for it was told by the serial, and stops itself."""
    return _served(payload, _cancel)


def drop_merge_group(payload: Job) -> Retry | None:
    """The merge group is gone: conclude its run where that was not done."""
    return _served(payload, _drop_group)


def rerun_review(payload: Job) -> Retry | None:
    """Re-run was clicked."""
    return _served(payload, _rerun)


def take_action(payload: Job) -> Retry | None:
    """A button of the check run was clicked."""
    return _served(payload, _act)


def answer_command(payload: Job) -> Retry | None:
    """Somebody wrote a command."""
    return _served(payload, _answer)


def change_installation(payload: Job) -> Retry | None:
    """The App was installed, removed, suspended, or given other repositories."""
    return _served(payload, _change_installation)


Story = Callable[[Workplace, Any, Any], None]


def _served(payload: Job, story: Story) -> Retry | None:
    request = from_json(payload)
    log = _log(request)
    place = Workplace.from_environment()
    try:
        story(place, request, log)
    except LeaseHeld:
        return _again(_LEASE_WAIT)
    except (AlreadyServed, Superseded, LeaseLost) as end:
        log.info("stopped", reason=str(end))
    except Gone as error:
        log.warning("the installation is gone", error=str(error))
    except (NotFound, Forbidden) as error:
        log.warning("dropped", error=str(error), status=error.status)
    except RateLimited as error:
        log.info("put off", reason=str(error), seconds=round(error.retry_after))
        return _again(error.retry_after + random.uniform(0.5, 3.0))
    except PutOff as error:
        return _again(error.seconds)
    finally:
        place.redis.close()
    return None


def _again(seconds: float) -> Retry:
    return Retry(max=_MOST_RETRIES, interval=max(1, round(seconds)))


def _log(request: Request) -> Any:
    """A logger that names what every line is about."""
    repository = getattr(request, "repository", None)
    job = get_current_job()
    about = {
        "job": job.id if job else None,
        "kind": request.kind,
        "delivery": request.delivery,
        "installation": request.installation_id,
        "repository": repository.name if repository else None,
        "pull": getattr(request, "number", None),
        "head": getattr(request, "head_sha", None),
        "reason": getattr(getattr(request, "reason", None), "value", None),
    }
    known = {name: value for name, value in about.items() if value is not None}
    return structlog.get_logger().bind(**known)


def _review(place: Workplace, request: ReviewRequest, log: Any, *, show_all: bool = False) -> None:
    with_comments = not request.is_first_contact
    turn = Turn(
        place.redis,
        request.repository.id,
        request.number,
        to_json(request),
        with_comments=with_comments,
    )
    with place.github(request.installation_id, request.repository) as github, turn:
        reviewing = Reviewing(
            place,
            github,
            turn,
            log,
            repository_id=request.repository.id,
            installation_id=request.installation_id,
            subject=str(request.number),
            show_all=show_all,
        )
        carry_out(reviewing, lambda: review_pull(reviewing, request))


def _review_group(place: Workplace, request: MergeGroupRequest, log: Any) -> None:
    turn = Turn(place.redis, request.repository.id, request.head_sha, to_json(request))
    with place.github(request.installation_id, request.repository) as github, turn:
        reviewing = _of_group(place, github, turn, log, request)
        carry_out(reviewing, lambda: review_group(reviewing, request))


def _of_group(
    place: Workplace, github: GitHub, turn: Turn, log: Any, request: MergeGroupRequest
) -> Reviewing:
    return Reviewing(
        place,
        github,
        turn,
        log,
        repository_id=request.repository.id,
        installation_id=request.installation_id,
        subject=request.head_sha,
    )


def _cancel(place: Workplace, request: CancelRequest, log: Any) -> None:
    log.info("closed", is_merged=request.is_merged)


def _drop_group(place: Workplace, request: MergeGroupGone, log: Any) -> None:
    turn = Turn(place.redis, request.repository.id, request.head_sha, to_json(request))
    with place.github(request.installation_id, request.repository) as github, turn:
        reviewing = _of_group(place, github, turn, log, request)
        reviewing.conclude_what_stands(request.head_sha, "The merge group is gone.")


def _rerun(place: Workplace, request: RerunRequest, log: Any) -> None:
    with place.github(request.installation_id, request.repository) as github:
        numbers = request.numbers or tuple(
            pull.number for pull in github.pull_requests_of(request.head_sha)
        )
    if not numbers:
        log.info("dropped", reason="no open pull request has this head")
    for number in numbers:
        place.queue.enqueue(_asked(request, number, Reason.RERUN, request.sender))


def _asked(
    request: RerunRequest | ActionRequest | CommandRequest,
    number: int,
    reason: Reason,
    who: str,
    head_sha: str | None = None,
) -> ReviewRequest:
    return ReviewRequest(
        installation_id=request.installation_id,
        repository=request.repository,
        number=number,
        reason=reason,
        head_sha=head_sha,
        delivery=request.delivery,
        sender=who,
    )


def _act(place: Workplace, request: ActionRequest, log: Any) -> None:
    from workers.review.compose import RECHECK, SHOW_ALL

    with place.github(request.installation_id, request.repository) as github:
        numbers = request.numbers or tuple(
            pull.number for pull in github.pull_requests_of(request.head_sha)
        )
    for number in numbers:
        asked = _asked(request, number, Reason.RERUN, request.login)
        if request.identifier == RECHECK.identifier:
            place.queue.enqueue(asked)
        elif request.identifier == SHOW_ALL.identifier:
            place.queue.serials.announce(request.repository.id, number)
            asked = _asked(request, number, Reason.RERUN, request.login, request.head_sha)
            _review(place, asked, log, show_all=True)
        else:
            log.warning("dropped", reason="no such button", identifier=request.identifier)


def _answer(place: Workplace, request: CommandRequest, log: Any) -> None:
    from workers.replies import answer

    with place.github(request.installation_id, request.repository) as github:
        if answer(github, place.redis, request, log):
            place.queue.enqueue(_asked(request, request.number, Reason.COMMAND, request.login))


def _change_installation(place: Workplace, request: InstallationRequest, log: Any) -> None:
    from workers.installations import change

    change(place, request, log)
