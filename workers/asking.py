"""What people ask for by buttons and by commands."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.requests import ActionRequest, CommandRequest, Reason, RerunRequest, ReviewRequest
from workers.bounded import Died, TookTooMuch
from workers.groups import group_of
from workers.timelimit import TookTooLong
from workers.workplace import Workplace

if TYPE_CHECKING:
    from bot.github.client import GitHub
    from workers.review.ignoring import Answer

Review = Callable[..., None]
"""`review(place, request, log, show_all=True)`."""


def rerun(place: Workplace, request: RerunRequest, log: Any) -> None:
    """Queue the reviews that somebody wants again."""
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


def act(place: Workplace, request: ActionRequest, log: Any, review: Review) -> None:
    """Do what a button of the check run stands for; `review` reviews at once."""
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
            review(place, asked, log, show_all=True)
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


def answer_to(place: Workplace, request: CommandRequest, log: Any) -> None:
    """Obey a command and answer it."""
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
    except (TookTooMuch, Died):
        return Answer("This pull request is more than Driftline can read: it was broken off.")
    wanted, reason = _named(github, request)
    lines = LineMap(read_patch(judged.checkout.shifts))
    return ignoring(Asked(judged.report, judged.checkout.snapshot, lines), wanted, reason)


def _named(github: GitHub, request: CommandRequest) -> tuple[str, str]:
    """Which finding is meant, and the reason; in its own thread it need not be named."""
    from workers.review.comments import marked
    from workers.review.ignoring import names_finding

    wanted, _, reason = request.text.partition(" ")
    if request.thread and not names_finding(wanted):
        first = github.review_comment(request.thread)
        if first.reply_to is not None:  # an event need not name the thread
            first = github.review_comment(first.reply_to)
        fingerprint = marked(first.body) if first.author.login == github.me() else None
        if fingerprint is not None:
            return fingerprint, request.text
    return wanted, reason
