"""What a review says on GitHub: the review comments, and closing what is mended.

Everything here may be run again at any moment, by a retry or by a second worker, and changes
nothing then: a comment that stands is known by its hidden marker and its author. After a write of
unknown outcome the state is read back before anything is written again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.github.errors import Forbidden, UnknownOutcome, Unprocessable
from bot.github.facts import PullRequest, ReviewComment
from bot.github.ports import Conversation
from workers.review.comments import marked, mended_body
from workers.review.compose import Comment, Composition

Step = Callable[[], None]
"""Asked before each write; raises where the review has been overtaken."""


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

    @property
    def doubled(self) -> tuple[ReviewComment, ...]:
        """What slipped through twice, but nothing that was answered; the first, else, stays."""
        found: list[ReviewComment] = []
        for comments in self.comments.values():
            silent = [comment for comment in comments if comment.id not in self.answered]
            found += silent if len(silent) < len(comments) else silent[1:]
        return tuple(found)


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
        try:
            if missing:
                done.posted = self._post(composition, missing)
        except CommentsRefused:
            self._tidy(standing, composition, done)
            raise
        self._tidy(standing, composition, done)
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

    def _tidy(self, standing: Standing, composition: Composition, done: Published) -> None:
        """Say of what is gone that it is mended, close its thread, and remove what is there twice.

        A thread that people answered is left alone. All edits are one request.
        """
        doubled = standing.doubled
        gone = self._gone(standing, composition, doubled) if composition.can_mend else ()
        if not gone and not doubled:
            return
        self.step()
        edits = {each.node_id: self._closing(each, composition) for each in gone}
        done_with = self.github.revise_review_comments(edits, [each.node_id for each in doubled])
        mended = {each.id for each in gone if each.node_id in done_with}
        done.mended = len(mended)
        done.doubled = sum(each.node_id in done_with for each in doubled)
        if mended and self.may_resolve:
            self._resolve(mended, done)

    def _gone(
        self, standing: Standing, composition: Composition, doubled: Collection[ReviewComment]
    ) -> tuple[ReviewComment, ...]:
        """Comments whose finding is there no more."""
        return tuple(
            comment
            for fingerprint, comments in standing.comments.items()
            if fingerprint not in composition.standing
            for comment in comments
            if comment.id not in standing.answered and comment not in doubled
        )

    def _closing(self, comment: ReviewComment, composition: Composition) -> str:
        is_suppressed = marked(comment.body) in composition.suppressed
        return mended_body(comment.body, self.pull.head.sha, is_suppressed=is_suppressed)

    def _resolve(self, wanted: Collection[int], done: Published) -> None:
        threads = [
            thread.id
            for thread in self.github.review_threads(self.pull.number)
            if not thread.is_resolved and thread.comments and thread.comments[0].id in wanted
        ]
        if threads:
            self.step()
            done.resolved = len(self.github.resolve_threads(threads))
            done.may_resolve = done.resolved > 0
