"""The review of one commit against its base, from the check run's first sign to its conclusion."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from bot.github.defaults import REPOSITORY
from bot.github.facts import Output
from bot.redis_connection import connect_for_work
from workers.bounded import Died, TookTooMuch, bounded
from workers.cache import RedisMemo
from workers.check_run import CheckRunOfHead
from workers.collisions import keep
from workers.defaults import organisation_default
from workers.engine.findings import Status
from workers.fetch import Source
from workers.groups import remember_group
from workers.inflight import KnownRuns
from workers.judging import ANALYSIS_SECONDS, comparison_of, fetched, report_on
from workers.publish import Published
from workers.review.comments import Links
from workers.review.compose import RECHECK, Composition, Material, compose, untouched
from workers.timelimit import TookTooLong
from workers.turn import Turn

if TYPE_CHECKING:
    from bot.github.client import GitHub
    from bot.requests import MergeGroupRequest
    from workers.states import Checkout
    from workers.workplace import Workplace

STARTED = Output(
    "Comparing the schema with its migrations",
    "Driftline is reading the Prisma schema and the migrations of this commit and of its base.",
)


@dataclass(frozen=True)
class Seen:
    """What the analysis gives back from its process."""

    composition: Composition
    verdict: str
    rules: tuple[str, ...]
    """Of the new findings."""
    is_trial: bool
    hits: int
    misses: int


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
    base_ref: str = ""
    is_trial: bool = False
    run: CheckRunOfHead | None = None
    published: Published = field(default_factory=Published)

    @property
    def doubled(self) -> int:
        """How many comments and check runs had slipped through twice, and were put right."""
        return self.published.doubled + (self.run.doubled if self.run is not None else 0)

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
        with self.place.tally.timed("driftline_stage_seconds", stage="fetch"):
            checkout = fetched(self.github, source, self.place.redis)
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
        self.turn.step()
        default = organisation_default(self.github, self.place.redis, self.installation_id)
        timed = self.place.tally.timed("driftline_stage_seconds", stage="analyze")
        with timed:
            seen = bounded(
                lambda: self._analyzed(checkout, head_sha, default.text, may_comment=may_comment),
                seconds=ANALYSIS_SECONDS,
                megabytes=self.place.settings.job_megabytes,
            )
        self.is_trial = seen.is_trial
        for rule in seen.rules:
            self.place.tally.add("driftline_findings_total", rule=rule)
        for outcome, count in (("hit", seen.hits), ("miss", seen.misses)):
            if count:
                self.place.tally.add("driftline_memo_total", count, outcome=outcome)
        composition = seen.composition
        if default.is_outside:
            composition = self._told_once(composition)
        self.log.info(
            "analyzed",
            verdict=seen.verdict,
            new=len(composition.output.annotations) + len(composition.comments),
            comments=len(composition.comments),
        )
        return composition

    def _analyzed(
        self, checkout: Checkout, head_sha: str, default: str | None, *, may_comment: bool
    ) -> Seen:
        """The analysis, in a child with a connection of its own."""
        redis = connect_for_work(self.place.settings.redis_url)
        memo = RedisMemo(redis)
        report, wishes = report_on(checkout, redis, default, memo)
        if self.subject.isdigit():
            keep(redis, self.repository_id, int(self.subject), report)
        composition = compose(
            Material(report, checkout.snapshot, checkout.diff, checkout.shifts),
            Links(self.place.settings.web_url, self.github.name, head_sha, self.base_ref),
            wishes.conduct,
            may_comment=may_comment,
            show_all=self.show_all,
        )
        return Seen(
            composition,
            report.verdict,
            tuple(finding.rule for finding in report.of_status(Status.NEW)),
            wishes.conduct.is_trial,
            memo.hits,
            memo.misses,
        )

    def _told_once(self, composition: Composition) -> Composition:
        """Say in one check run of the installation that its default cannot be read."""
        key = f"driftline:no-default-told:{self.installation_id}"
        if not self.place.redis.set(key, "1", nx=True):
            return composition
        owner = self.github.name.partition("/")[0]
        note = (
            f"Driftline is not installed on `{owner}/{REPOSITORY}`: if there is a default for all"
            " repositories in it, it is not read. This is said once."
        )
        output = composition.output
        summary = f"{output.summary}\n\n{note}"
        return replace(composition, output=dataclasses.replace(output, summary=summary))

    def conclude(self, composition: Composition) -> None:
        """Give the check run its conclusion."""
        self.turn.step()
        assert self.run is not None
        with self.place.tally.timed("driftline_stage_seconds", stage="conclude"):
            self.run.conclude(
                composition.verdict.conclusion, composition.output, composition.actions
            )

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


def review_group(reviewing: Reviewing, request: MergeGroupRequest) -> None:
    """Review what a merge queue is about to land; there is nobody to comment to."""
    remember_group(reviewing.place.redis, request)
    reviewing.base_ref = request.base_ref.removeprefix("refs/heads/")
    reviewing.begin(request.head_sha, ask_github=False)
    comparison = comparison_of(reviewing.github, request.base_sha, request.head_sha)
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
    elif isinstance(error, TookTooMuch):
        title = "Could not tell: the review needed too much memory"
        sentence = (
            f"Reading this change needed more than the {reviewing.place.settings.job_megabytes} MB"
            " that a review may take. This is a limit of Driftline, not a fault of this change."
        )
    elif isinstance(error, Died):
        title = "Could not tell: reading this change broke off"
        sentence = (
            "The process that read this change ended at once, which a file that is nested or"
            " repeated beyond reason can bring about. Nothing is known about drift."
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
