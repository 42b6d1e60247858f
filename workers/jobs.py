"""The jobs, by the names under which `bot.queue` enqueues them; each takes a request as JSON.

A job ends well, or is put off: RQ runs it again when it returns a `Retry`, so that waiting costs
no worker. What goes wrong is told apart here, in one place.
"""

from __future__ import annotations

import dataclasses
import random
import time
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
from workers.bases import Bringers, look_at_bases
from workers.groups import group_of
from workers.heads import SharedHeads
from workers.pull_review import review_pull
from workers.reviewing import Reviewing, review_group
from workers.timelimit import TookTooLong
from workers.turn import AlreadyServed, Superseded, Turn
from workers.workplace import Workplace

if TYPE_CHECKING:
    from bot.github.client import GitHub
    from workers.review.ignoring import Answer

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
    """The pull request was closed: what runs for it was told by the serial, and stops itself.

    What it brought into its base may matter to others that are open.
    """
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
    ending, began = "failed", time.perf_counter()
    try:
        story(place, request, log)
        ending = "done"
    except LeaseHeld:
        ending = "waits for another"
        return _again(_LEASE_WAIT)
    except (AlreadyServed, Superseded, LeaseLost) as end:
        ending = "stopped"
        log.info("stopped", reason=str(end))
    except Gone as error:
        ending = "gone"
        log.warning("the installation is gone", error=str(error))
    except (NotFound, Forbidden) as error:
        ending = "dropped"
        log.warning("dropped", error=str(error), status=error.status)
    except RateLimited as error:
        ending = "limited"
        log.info("put off", reason=str(error), seconds=round(error.retry_after))
        return _again(error.retry_after + random.uniform(0.5, 3.0))
    except PutOff as error:
        ending = "put off"
        return _again(error.seconds)
    finally:
        place.tally.add("driftline_jobs_total", kind=request.kind, ending=ending)
        seconds = time.perf_counter() - began
        place.tally.time("driftline_job_seconds", seconds, kind=request.kind)
        place.tally.flush(place.redis)
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
    bringers = Bringers(place.redis)
    brought = bringers.get(request.repository.id, request.number)
    bringers.forget(request.repository.id, request.number)
    heads = SharedHeads(place.redis, request.repository.id)
    for other in heads.forget(request.head_sha or "", str(request.number)):
        place.queue.enqueue(
            ReviewRequest(request.installation_id, request.repository, int(other), Reason.SWEEP)
        )
    if brought is not None and request.is_merged and request.base_ref:
        queued = look_at_bases(place, log, only=(request.repository.id, request.base_ref))
        log.info("looked at the base", queued=queued)


def _drop_group(place: Workplace, request: MergeGroupGone, log: Any) -> None:
    turn = Turn(place.redis, request.repository.id, request.head_sha, to_json(request))
    with place.github(request.installation_id, request.repository) as github, turn:
        reviewing = _of_group(place, github, turn, log, request)
        reviewing.conclude_what_stands(request.head_sha, "The merge group is gone.")


def _rerun(place: Workplace, request: RerunRequest, log: Any) -> None:
    with place.github(request.installation_id, request.repository) as github:
        numbers = _numbers(github, request)
    if not numbers and not _rerun_group(place, request):
        log.info("dropped", reason="no open pull request has this head")
    for number in numbers:
        place.queue.enqueue(_asked(request, number, Reason.RERUN, request.sender))


def _numbers(github: GitHub, request: RerunRequest | ActionRequest) -> tuple[int, ...]:
    """The pull requests of the head; GitHub names none that comes out of a fork."""
    if request.numbers:
        return request.numbers
    return tuple(pull.number for pull in github.pull_requests_of(request.head_sha))


def _rerun_group(place: Workplace, request: RerunRequest | ActionRequest) -> bool:
    """Review a merge group again, if the head is that of one."""
    group = group_of(place.redis, request.repository.id, request.head_sha)
    if group is not None:
        place.queue.enqueue(dataclasses.replace(group, delivery=request.delivery))
    return group is not None


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
    from workers.review.compose import PROPOSE_FIX, RECHECK, SHOW_ALL

    with place.github(request.installation_id, request.repository) as github:
        numbers = _numbers(github, request)
        if request.identifier == PROPOSE_FIX.identifier:
            for number in numbers:
                _propose(place, github, request, number, log)
            return
    if request.identifier == RECHECK.identifier and not numbers:
        _rerun_group(place, request)
    for number in numbers:
        if request.identifier == RECHECK.identifier:
            place.queue.enqueue(_asked(request, number, Reason.RERUN, request.login))
        elif request.identifier == SHOW_ALL.identifier:
            place.queue.serials.announce(request.repository.id, number)
            asked = _asked(request, number, Reason.RERUN, request.login, request.head_sha)
            _review(place, asked, log, show_all=True)
        else:
            log.warning("dropped", reason="no such button", identifier=request.identifier)


def _propose(
    place: Workplace, github: GitHub, request: ActionRequest, number: int, log: Any
) -> None:
    """*Propose fix* was clicked: one reply, for people who may write. No bot asks for a fix."""
    from workers.proposals import FixRequest, propose_fix
    from workers.replies import is_answered, say_once

    about = f"{request.repository.id}:{number}:{request.delivery or request.head_sha}"
    if request.login.endswith("[bot]") or not github.permission(request.login).may_write:
        log.info("refused", login=request.login, command="fix")
    elif not is_answered(place.redis, about):
        asked = FixRequest(place, github, number, request.login, log, request.head_sha)
        say_once(github, place.redis, number, about, propose_fix(asked), log)


def _answer(place: Workplace, request: CommandRequest, log: Any) -> None:
    from workers.replies import answer

    with place.github(request.installation_id, request.repository) as github:

        def judge(asked: CommandRequest) -> Answer:
            return _judged(place, github, asked, log)

        if answer(github, place.redis, request, judge, log):
            place.queue.enqueue(_asked(request, request.number, Reason.COMMAND, request.login))


def _judged(place: Workplace, github: GitHub, request: CommandRequest, log: Any) -> Answer:
    """The answer to a command that needs the pull request judged."""
    from workers.judging import judged_now
    from workers.proposals import FixRequest, propose_fix
    from workers.review.ignoring import Answer, Asked, ignoring
    from workers.review.lines import LineMap
    from workers.review.patch import read_patch

    try:
        if request.command == "fix":
            asked = FixRequest(place, github, request.number, request.login, log)
            return Answer(propose_fix(asked), True)
        judged = judged_now(github, place.redis, request.number)
    except TookTooLong:
        return Answer("Driftline did not finish looking at this pull request in time.")
    wanted, _, reason = request.text.partition(" ")
    lines = LineMap(read_patch(judged.checkout.shifts))
    return ignoring(Asked(judged.report, judged.checkout.snapshot, lines), wanted, reason)


def _change_installation(place: Workplace, request: InstallationRequest, log: Any) -> None:
    from workers.installations import change

    change(place, request, log)
