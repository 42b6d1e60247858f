"""What a review does on GitHub: the check run, the review comments, and closing what is mended.

Everything here may be run again at any moment, by a retry or by a second worker, and changes
nothing then: a comment that stands is known by its hidden marker and its author, a check run by
what Redis remembers of it or by GitHub's own list. After a write of unknown outcome the state is
read back before anything is written again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.github.errors import Forbidden, NotFound, UnknownOutcome, Unprocessable
from bot.github.facts import Action, CheckRun, Conclusion, Output, PullRequest, ReviewComment
from bot.github.ports import Checks, Conversation
from workers.inflight import KnownRun, KnownRuns
from workers.review.comments import marked, mended_body
from workers.review.compose import Comment, Composition

NAME = "Driftline"
"""Of the check run, exactly: branch protection asks for it by name."""

Step = Callable[[], None]
"""Asked before each write; raises where the review has been overtaken."""


@dataclass
class CheckRunOfHead:
    """The one check run of a head. `external_id` tells runs of two pull requests apart."""

    checks: Checks
    runs: KnownRuns
    head_sha: str
    external_id: str
    run_id: int | None = None
    annotated: int = 0
    is_silent: bool = False

    def begin(self, output: Output, *, ask_github: bool = False) -> int:
        """Show that the review runs: a new run, or the one that is there already.

        A run that was concluded with annotations is not taken up again, since GitHub only ever
        adds to those: the head gets a newer run of the same name, which is the one that counts.
        """
        known = self.runs.get(self.head_sha)
        if known is None and ask_github:
            known = self._found()
        if known is not None and not known.is_concluded:
            return self._take(known)
        if known is not None and known.annotations == 0:
            try:
                self.checks.update_check_run(known.id, status="in_progress", output=output)
            except (NotFound, UnknownOutcome):
                return self._created(output)
            return self._take(replace(known, is_concluded=False))
        return self._created(output)

    def _take(self, known: KnownRun) -> int:
        self.run_id, self.annotated = known.id, known.annotations
        self.runs.put(self.head_sha, known)
        return known.id

    def _created(self, output: Output) -> int:
        try:
            run = self.checks.create_check_run(
                NAME, self.head_sha, output=output, external_id=self.external_id
            )
        except UnknownOutcome:
            found = self._found()
            if found is not None and not found.is_concluded:
                return self._take(found)
            run = self.checks.create_check_run(
                NAME, self.head_sha, output=output, external_id=self.external_id
            )
        return self._take(KnownRun(run.id, is_concluded=False, annotations=0))

    def _found(self) -> KnownRun | None:
        runs = self.checks.check_runs(self.head_sha, NAME)
        ours = next((run for run in runs if run.external_id == self.external_id), None)
        if ours is None:
            return None
        return KnownRun(ours.id, ours.is_completed, ours.annotations_count)

    def conclude(
        self,
        conclusion: Conclusion,
        output: Output,
        actions: Sequence[Action] = (),
        *,
        is_stopped: bool = False,
    ) -> None:
        """Give the run its conclusion; annotations that are there already are not sent again.

        `is_stopped` says that it is no result: the head, should it come back, is reviewed.
        """
        assert self.run_id is not None
        for _ in range(3):
            skip = min(self.annotated, len(output.annotations))
            try:
                self.checks.update_check_run(
                    self.run_id,
                    conclusion=conclusion,
                    output=output,
                    actions=actions,
                    skip_annotations=skip,
                )
            except UnknownOutcome:
                run = self.checks.check_run(self.run_id)
                self.annotated = run.annotations_count
                if _is_as_wanted(run, conclusion, output):
                    break
                continue
            break
        else:
            raise UnknownOutcome("GitHub did not say whether the check run was concluded.")
        annotations = max(self.annotated, len(output.annotations))
        run = KnownRun(self.run_id, True, annotations, is_stopped, self.is_silent)
        self.runs.put(self.head_sha, run)


def _is_as_wanted(run: CheckRun, conclusion: Conclusion, output: Output) -> bool:
    return (
        run.is_completed
        and run.conclusion == conclusion
        and run.title == output.title
        and run.annotations_count >= len(output.annotations)
    )


class CommentsRefused(Exception):
    """GitHub takes no comment here: the conversation is locked, or the lines are not its own."""


@dataclass
class Published:
    """What was done to the comments, for the log."""

    posted: int = 0
    kept: int = 0
    mended: int = 0
    resolved: int = 0
    doubled: int = 0
    may_resolve: bool = True
    """False where the installation turned out not to let threads be resolved."""


@dataclass(frozen=True)
class Standing:
    """Our comments on a pull request, by the fingerprint of their finding; oldest first."""

    comments: Mapping[str, Sequence[ReviewComment]] = field(default_factory=dict)
    answered: Collection[int] = frozenset()
    """Top comments of threads in which somebody else wrote."""

    @classmethod
    def of(cls, comments: Sequence[ReviewComment], own_login: str) -> Standing:
        """Sort out what is ours by its author and its marker."""
        ours: dict[str, list[ReviewComment]] = {}
        answered: set[int] = set()
        for comment in comments:
            if comment.author.login != own_login:
                if comment.reply_to is not None:
                    answered.add(comment.reply_to)
                continue
            fingerprint = marked(comment.body)
            if fingerprint is not None and comment.reply_to is None:
                ours.setdefault(fingerprint, []).append(comment)
        return cls(ours, answered)


@dataclass
class Comments:
    """The review comments of one pull request."""

    github: Conversation
    pull: PullRequest
    step: Step
    may_resolve: bool = True

    def publish(self, composition: Composition) -> Published:
        """Bring the comments in line with a composition; `CommentsRefused` where none may be."""
        standing = self._standing()
        done = Published()
        missing = [
            each for each in composition.comments if each.fingerprint not in standing.comments
        ]
        done.kept = len(composition.comments) - len(missing)
        if missing:
            done.posted = self._post(composition, missing)
        if composition.can_mend:
            self._close(standing, composition, done)
        self._remove_doubled(standing, done)
        return done

    def _standing(self) -> Standing:
        comments = self.github.review_comments(self.pull.number)
        return Standing.of(comments, self.github.me())

    def _post(self, composition: Composition, missing: Sequence[Comment]) -> int:
        for _ in range(2):
            self.step()
            try:
                self.github.create_review(
                    self.pull.number,
                    self.pull.head.sha,
                    composition.review_body,
                    [each.draft for each in missing],
                )
            except UnknownOutcome:
                there = self._standing().comments
                missing = [each for each in missing if each.fingerprint not in there]
                if not missing:
                    return len(composition.comments)
                continue
            except (Unprocessable, Forbidden) as error:
                raise CommentsRefused(str(error)) from error
            return len(missing)
        raise UnknownOutcome("GitHub did not say whether the review was made.")

    def _close(self, standing: Standing, composition: Composition, done: Published) -> None:
        """Say of each comment whose finding is gone that it is mended, and close its thread."""
        gone = [
            comment
            for fingerprint, comments in standing.comments.items()
            if fingerprint not in composition.standing
            for comment in comments
            if comment.id not in standing.answered
        ]
        for comment in gone:
            self.step()
            is_suppressed = marked(comment.body) in composition.suppressed
            try:
                body = mended_body(comment.body, self.pull.head.sha, is_suppressed=is_suppressed)
                self.github.edit_review_comment(comment.id, body)
            except (NotFound, Forbidden):
                continue
            done.mended += 1
        if done.mended and self.may_resolve:
            self._resolve({comment.id for comment in gone}, done)

    def _resolve(self, wanted: set[int], done: Published) -> None:
        for thread in self.github.review_threads(self.pull.number):
            top = thread.comments[0].id if thread.comments else None
            if thread.is_resolved or top not in wanted:
                continue
            self.step()
            if not self.github.resolve_thread(thread.id):
                done.may_resolve = False
                return
            done.resolved += 1

    def _remove_doubled(self, standing: Standing, done: Published) -> None:
        """Remove what slipped through twice, but nothing that was answered."""
        for comments in standing.comments.values():
            answered = [comment for comment in comments if comment.id in standing.answered]
            keep = answered[0] if answered else comments[0]
            for comment in comments:
                if comment is keep or comment.id in standing.answered:
                    continue
                self.step()
                self.github.delete_review_comment(comment.id)
                done.doubled += 1
