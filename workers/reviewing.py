"""The review of one commit against its base, from the check run's first sign to its conclusion."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.github.errors import Gone, NotFound
from bot.github.facts import Comparison, Output, PullRequest
from bot.requests import Reason
from workers.cache import RedisMemo
from workers.fetch import HeadGone, Source, fetch_checkout
from workers.inflight import KnownRuns
from workers.publish import CheckRunOfHead, Comments, CommentsRefused, Published
from workers.review.comments import Links
from workers.review.compose import RECHECK, Composition, Material, compose, untouched
from workers.timelimit import TookTooLong, time_limit
from workers.turn import Superseded, Turn

if TYPE_CHECKING:
    from bot.github.client import GitHub
    from bot.requests import MergeGroupRequest, ReviewRequest
    from workers.checkout import Checkout
    from workers.workplace import Workplace

ANALYSIS_SECONDS = 45.0
"""A check run is to be concluded within a minute; what takes longer is said, not waited for."""
FETCH_SECONDS = 120.0
_NO_RESOLVE_SECONDS = 86_400
_COMMENTED_SECONDS = 366 * 86_400
_PUSHES = frozenset({"opened", "pushed"})
"""Reasons that come with a head that no run can know yet."""

STARTED = Output(
    "Comparing the schema with its migrations",
    "Driftline is reading the Prisma schema and the migrations of this commit and of its base.",
)


@dataclass
class Reviewing:
    """One review. `subject` is the pull request's number, or the merge group's head."""

    place: Workplace
    github: GitHub
    turn: Turn
    log: Any
    repository_id: int
    installation_id: int
    subject: str
    show_all: bool = False
    run: CheckRunOfHead | None = None
    published: Published = field(default_factory=Published)

    def begin(self, head_sha: str, *, ask_github: bool, is_silent: bool = False) -> None:
        """Show the check run at once."""
        self.turn.step()
        runs = KnownRuns(self.place.redis, self.repository_id, self.subject)
        self.run = CheckRunOfHead(self.github, runs, head_sha, f"driftline-{self.subject}")
        self.run.is_silent = is_silent
        self.turn.note_run(head_sha, self.run.begin(STARTED, ask_github=ask_github))

    def fetched(self, source: Source) -> Checkout:
        """The texts of base and head."""
        self.turn.step()
        checkout = fetch_checkout(source, timeout=FETCH_SECONDS)
        self.log.info(
            "fetched",
            changed=len(checkout.snapshot.changed or ()),
            files=len(checkout.snapshot.head.files),
            is_touched=checkout.is_touched,
            conflicts=len(checkout.snapshot.conflicts),
        )
        return checkout

    def composed(self, checkout: Checkout, head_sha: str, *, may_comment: bool) -> Composition:
        """The findings, as GitHub shall show them."""
        if not checkout.is_touched:
            return untouched()
        from workers.engine.analyze import analyze
        from workers.preferences import preferences

        self.turn.step()
        wishes = preferences(checkout.snapshot)
        with time_limit(ANALYSIS_SECONDS):
            report = analyze(checkout.snapshot, wishes.settings, RedisMemo(self.place.redis))
            report = dataclasses.replace(
                report, diagnostics=(*wishes.diagnostics, *report.diagnostics)
            )
            composition = compose(
                Material(report, checkout.snapshot, checkout.diff, checkout.shifts),
                Links(self.place.settings.web_url, self.github.name, head_sha),
                wishes.conduct,
                may_comment=may_comment,
                show_all=self.show_all,
            )
        self.log.info(
            "analyzed",
            verdict=report.verdict,
            new=len(composition.output.annotations) + len(composition.comments),
            comments=len(composition.comments),
        )
        return composition

    def conclude(self, composition: Composition) -> None:
        """Give the check run its conclusion."""
        self.turn.step()
        assert self.run is not None
        self.run.conclude(composition.verdict.conclusion, composition.output, composition.actions)

    def conclude_what_stands(self, head_sha: str, sentence: str) -> None:
        """Conclude a run that an earlier job has left behind, if there is one."""
        runs = KnownRuns(self.place.redis, self.repository_id, self.subject)
        known = runs.get(head_sha)
        if known is not None and not known.is_concluded:
            name = f"driftline-{self.subject}"
            self.run = CheckRunOfHead(self.github, runs, head_sha, name, run_id=known.id)
            self.conclude_as_stopped("Stopped", sentence)

    def conclude_as_stopped(self, title: str, sentence: str) -> None:
        """Say that the run of a head that nobody waits for any more ended without a result."""
        if self.run is not None and self.run.run_id is not None:
            self.run.conclude("cancelled", Output(title, sentence), is_stopped=True)


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
    comparison = _comparison(reviewing.github, f"{pull.base.ref}", pull.head.sha)
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


def _comparison(github: GitHub, base: str, head: str) -> Comparison | None:
    """Where both parted; None where GitHub cannot say, so that git finds out."""
    try:
        comparison = github.compare(base, head)
    except NotFound:
        return None
    return comparison if comparison.merge_base_sha else None


def review_group(reviewing: Reviewing, request: MergeGroupRequest) -> None:
    """Review what a merge queue is about to land; there is nobody to comment to."""
    reviewing.begin(request.head_sha, ask_github=False)
    comparison = _comparison(reviewing.github, request.base_sha, request.head_sha)
    checkout = reviewing.fetched(
        Source(
            url=reviewing.github.git_url,
            base_sha=request.base_sha,
            head_sha=request.head_sha,
            token=reviewing.github.git_token(),
            merge_base_sha=comparison.merge_base_sha if comparison else None,
            refs=(request.head_ref, request.base_ref),
        )
    )
    reviewing.conclude(reviewing.composed(checkout, request.head_sha, may_comment=False))
    reviewing.turn.finished()


def conclude_as_ours(reviewing: Reviewing, error: BaseException) -> None:
    """After the last attempt: the check fails, and says that this is Driftline's fault."""
    if isinstance(error, TookTooLong):
        title = "Could not tell: the review took too long"
        sentence = (
            f"Driftline did not finish within {ANALYSIS_SECONDS:.0f} seconds. This is a limit of"
            " Driftline, not a fault of this change."
        )
    else:
        title = "Driftline failed"
        sentence = (
            "Driftline could not finish this review. The fault is Driftline's, not this change's;"
            " nothing is known about drift."
        )
    text = f"{sentence} Use *Re-check* to try again."
    if reviewing.run is not None and reviewing.run.run_id is not None:
        reviewing.run.conclude("failure", Output(title, text), (RECHECK,))
