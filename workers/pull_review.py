"""The review of a pull request as it is now: what is read, said and concluded, step by step."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from msgspec.structs import replace

from bot.github.errors import Gone, NotFound
from bot.github.facts import Comparison, PullRequest
from bot.requests import Reason, ReviewRequest
from workers.bases import Bringers, Bringing
from workers.collisions import with_others
from workers.fetch import HeadGone
from workers.heads import SharedHeads, not_better_than
from workers.inflight import KnownRuns, Met
from workers.judging import comparison_of, source_of
from workers.publish import Comments, CommentsRefused
from workers.review import markdown
from workers.review.compose import Composition
from workers.reviewing import Reviewing
from workers.states import Checkout
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
        Bringers(reviewing.place.redis).forget(reviewing.repository_id, pull.number)
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
    comparison = comparison_of(reviewing.github, pull.base.ref, pull.head.sha)
    checkout = reviewing.fetched(source_of(reviewing.github, pull, comparison))
    reviewing.base_ref = pull.base.ref
    checkout = _with_environments(reviewing, pull, _with_others(reviewing, pull, checkout))

    def composed(*, may_comment: bool) -> Composition:
        return reviewing.composed(checkout, pull.head.sha, may_comment=may_comment)

    may_comment = not (pull.is_draft or pull.is_locked or request.is_first_contact)
    composition = composed(may_comment=may_comment)
    if not pull.is_locked and not request.is_first_contact:
        composition = _commented(reviewing, request, pull, composition, composed)
    reviewing.conclude(_shared(reviewing, request, pull, composition))
    _note_base(reviewing, pull, checkout, comparison)
    if request.reason.value in _PUSHES and not request.is_first_contact:
        Met(reviewing.place.redis, reviewing.installation_id, reviewing.repository_id).note()
    reviewing.turn.finished()


def _shared(
    reviewing: Reviewing, request: ReviewRequest, pull: PullRequest, made: Composition
) -> Composition:
    """What is shown, where another pull request has the same head and so the same check."""
    heads = SharedHeads(reviewing.place.redis, reviewing.repository_id)
    sha, number = pull.head.sha, str(pull.number)
    for other in heads.note(sha, number, made.verdict.conclusion, made.verdict.title):
        again = dataclasses.replace(request, number=int(other), reason=Reason.SWEEP)
        reviewing.place.queue.enqueue(again)
    failing = None if reviewing.is_trial else heads.other_that_fails(sha, number)
    if failing is not None:
        other_pull = reviewing.github.pull_request(int(failing.number))
        if not other_pull.is_open or other_pull.head.sha != sha:  # its event was lost
            heads.forget(sha, failing.number)
            return made
    return not_better_than(failing, made)


def _with_others(reviewing: Reviewing, pull: PullRequest, checkout: Checkout) -> Checkout:
    """The checkout with what the other open pull requests bring, where that may collide."""
    snapshot = with_others(
        checkout.snapshot,
        reviewing.github,
        reviewing.place.redis,
        reviewing.repository_id,
        pull,
        reviewing.log,
    )
    return replace(checkout, snapshot=snapshot)


def _with_environments(reviewing: Reviewing, pull: PullRequest, checkout: Checkout) -> Checkout:
    """The checkout with what the bound databases hold.

    Not for a fork: what a real database holds is no answer for strangers to ask for.
    """
    if pull.is_fork or not checkout.is_touched:
        return checkout
    from workers.environments.branches import of_branches
    from workers.environments.looking import look_at

    seen = of_branches(
        look_at(reviewing.github.name, reviewing.place.redis), checkout.snapshot, pull.base.ref
    )
    if not seen:
        return checkout
    reviewing.log.info("looked", environments=[(one.environment, one.was_read) for one in seen])
    return replace(checkout, snapshot=replace(checkout.snapshot, observations=seen))


def _note_base(
    reviewing: Reviewing, pull: PullRequest, checkout: Checkout, comparison: Comparison | None
) -> None:
    """Remember on which base it was judged, where that may come to matter."""
    bringers = Bringers(reviewing.place.redis)
    if not checkout.is_touched:
        bringers.forget(reviewing.repository_id, pull.number)
        return
    bringers.note(
        Bringing(
            installation_id=reviewing.installation_id,
            repository_id=reviewing.repository_id,
            repository=reviewing.github.name,
            number=pull.number,
            base_ref=pull.base.ref,
            base_sha=comparison.base_sha if comparison else pull.base.sha,
        )
    )


def _commented(
    reviewing: Reviewing,
    request: ReviewRequest,
    pull: PullRequest,
    composition: Composition,
    composed: Callable[..., Composition],
) -> Composition:
    """Bring the comments in line; where GitHub takes none, what they said as annotations."""
    redis, key = reviewing.place.redis, f"driftline:no-resolve:{reviewing.installation_id}"
    commented = f"driftline:commented:{reviewing.repository_id}:{pull.number}"
    known = redis.get(commented)
    is_silent = known == b"0" or (known is None and request.reason is Reason.OPENED)
    if not composition.comments and is_silent:
        redis.set(commented, "0", ex=_COMMENTED_SECONDS)
        return composition  # nothing to say, and nothing was ever said
    _still_the_head(reviewing, pull)
    composition = replace(composition, review_body=_greeted(reviewing, composition.review_body))
    comments = Comments(
        reviewing.github, pull, reviewing.turn.step, may_resolve=not redis.exists(key)
    )
    redis.set(commented, "1", ex=_COMMENTED_SECONDS)
    try:
        reviewing.published = comments.publish(composition)
    except CommentsRefused as error:
        reviewing.log.warning("comments refused", error=str(error))
        return composed(may_comment=False)
    if reviewing.published.posted:
        redis.set(_greeting_key(reviewing), "1")
    if not reviewing.published.may_resolve:
        redis.set(key, "1", ex=_NO_RESOLVE_SECONDS)
    return composition


def _greeted(reviewing: Reviewing, body: str) -> str:
    """The first review of a repository says where to read more; no other does."""
    if reviewing.place.redis.exists(_greeting_key(reviewing)):
        return body
    url = reviewing.place.settings.documentation(reviewing.github.me())
    return (
        f"{body}\n\nThis is Driftline's first review here. What it finds and how to configure it"
        f" stands in its {markdown.link('documentation', url)}; `/driftline help` in a comment"
        " lists what it answers to."
    )


def _greeting_key(reviewing: Reviewing) -> str:
    return f"driftline:greeted:{reviewing.installation_id}:{reviewing.repository_id}"


def _still_the_head(reviewing: Reviewing, pull: PullRequest) -> None:
    """No comment is made on a head, or for a base, that moved on meanwhile.

    A check run belongs to its own head, and is right there whatever was pushed since.
    """
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
