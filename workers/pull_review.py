"""The review of a pull request as it is now: what is read, said and concluded, step by step."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from bot.github.errors import Gone, NotFound
from bot.github.facts import PullRequest
from bot.requests import Reason, ReviewRequest
from workers.fetch import HeadGone, Source
from workers.inflight import KnownRuns
from workers.publish import Comments, CommentsRefused
from workers.review.compose import Composition
from workers.reviewing import Reviewing, comparison_of
from workers.turn import Superseded

_NO_RESOLVE_SECONDS = 86_400
_COMMENTED_SECONDS = 366 * 86_400
_PUSHES = frozenset({"opened", "pushed"})
"""Reasons that come with a head that no run can know yet."""


def review_pull(reviewing: Reviewing, request: ReviewRequest) -> None:
    """Review a pull request as it is now, and publish what was found."""
    github = reviewing.github
    pull = github.pull_request(request.number)
    _conclude_older(reviewing, pull)
    if not pull.is_open:
        reviewing.log.info("dropped", reason="the pull request is closed")
        return
    reviewing.log = reviewing.log.bind(head=pull.head.sha)
    if request.is_first_contact and request.head_sha not in (None, pull.head.sha):
        reviewing.log.info("dropped", reason="a push came after the first contact")
        return
    if _is_known(reviewing, request, pull):
        reviewing.log.info("dropped", reason="this head was reviewed already")
        return
    try:
        _review_open(reviewing, request, pull)
    except Superseded:
        _leave(reviewing, request, pull)
        raise
    except HeadGone as error:
        if _leave(reviewing, request, pull):
            raise Superseded(str(error)) from error
        raise


def _conclude_older(reviewing: Reviewing, pull: PullRequest) -> None:
    """An attempt that failed or died may have left a run on a head that is none any more."""
    left = reviewing.turn.record
    if left is None or left.run_id is None:
        return
    if not pull.is_open:
        reviewing.conclude_what_stands(left.head_sha, "The pull request was closed.")
    elif left.head_sha != pull.head.sha:
        sentence = f"A newer commit was pushed: {pull.head.sha[:7]} is reviewed instead."
        reviewing.conclude_what_stands(left.head_sha, sentence)


def _is_known(reviewing: Reviewing, request: ReviewRequest, pull: PullRequest) -> bool:
    """A push that is told late or twice: the head's run has its conclusion."""
    if request.reason.value not in _PUSHES:
        return False
    runs = KnownRuns(reviewing.place.redis, reviewing.repository_id, reviewing.subject)
    known = runs.get(pull.head.sha)
    if known is None or not known.is_concluded:
        return False
    return not known.is_stopped and not known.is_silent


def _review_open(reviewing: Reviewing, request: ReviewRequest, pull: PullRequest) -> None:
    reviewing.begin(
        pull.head.sha,
        ask_github=request.reason.value not in _PUSHES,
        is_silent=request.is_first_contact,
    )
    comparison = comparison_of(reviewing.github, f"{pull.base.ref}", pull.head.sha)
    checkout = reviewing.fetched(
        Source(
            url=reviewing.github.git_url,
            base_sha=pull.base.sha,
            base_ref=f"refs/heads/{pull.base.ref}",
            head_sha=pull.head.sha,
            token=reviewing.github.git_token(),
            merge_base_sha=comparison.merge_base_sha if comparison else None,
            refs=(f"refs/heads/{pull.base.ref}", f"refs/pull/{pull.number}/head"),
        )
    )

    def composed(*, may_comment: bool) -> Composition:
        return reviewing.composed(checkout, pull.head.sha, may_comment=may_comment)

    may_comment = not (pull.is_draft or pull.is_locked or request.is_first_contact)
    composition = composed(may_comment=may_comment)
    _still_the_head(reviewing, pull)
    if not pull.is_locked and not request.is_first_contact:
        composition = _commented(reviewing, pull, composition, composed)
    reviewing.conclude(composition)
    reviewing.turn.finished()


def _commented(
    reviewing: Reviewing,
    pull: PullRequest,
    composition: Composition,
    composed: Callable[..., Composition],
) -> Composition:
    """Bring the comments in line; where GitHub takes none, what they said as annotations."""
    redis, key = reviewing.place.redis, f"driftline:no-resolve:{reviewing.installation_id}"
    commented = f"driftline:commented:{reviewing.repository_id}:{pull.number}"
    if not composition.comments and not redis.exists(commented):
        return composition  # nothing to say, and nothing was ever said
    comments = Comments(
        reviewing.github, pull, reviewing.turn.step, may_resolve=not redis.exists(key)
    )
    redis.set(commented, "1", ex=_COMMENTED_SECONDS)
    try:
        reviewing.published = comments.publish(composition)
    except CommentsRefused as error:
        reviewing.log.warning("comments refused", error=str(error))
        return composed(may_comment=False)
    if not reviewing.published.may_resolve:
        redis.set(key, "1", ex=_NO_RESOLVE_SECONDS)
    return composition


def _still_the_head(reviewing: Reviewing, pull: PullRequest) -> None:
    """Nothing is published over a head, or a base, that moved on meanwhile."""
    reviewing.turn.step()
    now = reviewing.github.pull_request(pull.number)
    if not now.is_open or now.head.sha != pull.head.sha or now.base.ref != pull.base.ref:
        raise Superseded("The pull request moved on while it was reviewed.")


def _leave(reviewing: Reviewing, request: ReviewRequest, pull: PullRequest) -> bool:
    """Conclude the run of a head that is none any more; whether it is none.

    The newer head is queued in case that its own event was lost; once reviewed it is known.
    """
    try:
        now = reviewing.github.pull_request(request.number)
    except (NotFound, Gone):
        return True
    if not now.is_open:
        reviewing.conclude_as_stopped("Stopped", "The pull request was closed.")
        return True
    if now.head.sha != pull.head.sha:
        sentence = f"A newer commit was pushed: {now.head.sha[:7]} is reviewed instead."
        reviewing.conclude_as_stopped("Overtaken by a newer push", sentence)
    if now.head.sha != pull.head.sha or now.base.ref != pull.base.ref:
        reviewing.place.queue.enqueue(
            dataclasses.replace(request, head_sha=now.head.sha, reason=Reason.SWEEP)
        )
        return True
    return False
