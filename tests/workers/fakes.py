"""A GitHub of values, for what is published; it remembers, and fails when told to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.github.facts import (
    Action,
    Branch,
    CheckRun,
    Conclusion,
    DraftComment,
    IssueComment,
    Output,
    Permission,
    PullRequest,
    Reaction,
    Review,
    ReviewComment,
    ReviewThread,
    ThreadComment,
    User,
)

BOT = User(41898282, "driftline[bot]", is_bot=True)
ADA = User(7, "ada")


def pull_request(**changes: Any) -> PullRequest:
    """An open pull request."""
    pull = PullRequest(
        number=3,
        title="Add",
        state="open",
        is_draft=False,
        is_locked=False,
        is_merged=False,
        head=Branch("a" * 40, "feature", 1, "acme/shop"),
        base=Branch("b" * 40, "main", 1, "acme/shop"),
        author=ADA,
    )
    return replace(pull, **changes)


class FakeGitHub:
    """Checks and conversation. `fail(method, error, after=...)` plans one failure each."""

    def __init__(self) -> None:
        self.runs: list[CheckRun] = []
        self.annotations: dict[int, list[str]] = {}
        self.comments: list[ReviewComment] = []
        self.made_reviews: list[tuple[str, list[DraftComment]]] = []
        self.said: list[str] = []
        self.reactions: list[tuple[int, str]] = []
        self.resolved: set[str] = set()
        self.may_resolve = True
        self.untouchable: set[str] = set()
        self.permissions: dict[str, Permission] = {}
        self.calls: list[str] = []
        self.plans: list[tuple[str, Exception, bool]] = []
        self.next_id = 100

    def fail(self, method: str, error: Exception, *, after: bool = False) -> None:
        """Have the next call of a method raise, before or after it did its work."""
        self.plans.append((method, error, after))

    def _called(self, method: str) -> Exception | None:
        self.calls.append(method)
        for plan in self.plans:
            if plan[0] == method:
                self.plans.remove(plan)
                if not plan[2]:
                    raise plan[1]
                return plan[1]
        return None

    def _id(self) -> int:
        self.next_id += 1
        return self.next_id

    def create_check_run(
        self,
        name: str,
        head_sha: str,
        *,
        output: Output | None = None,
        external_id: str = "",
        **rest: object,
    ) -> CheckRun:
        after = self._called("create_check_run")
        run = CheckRun(self._id(), name, head_sha, "in_progress", None, 1, external_id=external_id)
        self.runs.append(run)
        if after:
            raise after
        return run

    def update_check_run(
        self,
        run_id: int,
        *,
        status: str | None = None,
        conclusion: Conclusion | None = None,
        output: Output | None = None,
        actions: Sequence[Action] = (),
        skip_annotations: int = 0,
    ) -> CheckRun:
        after = self._called("update_check_run")
        at = next(n for n, run in enumerate(self.runs) if run.id == run_id)
        there = self.annotations.setdefault(run_id, [])
        if output:
            there += [each.message for each in output.annotations[skip_annotations:]]
        self.runs[at] = replace(
            self.runs[at],
            status="completed" if conclusion else status or self.runs[at].status,
            conclusion=conclusion,
            title=output.title if output else "",
            annotations_count=len(there),
        )
        if after:
            raise after
        return self.runs[at]

    def check_run(self, run_id: int) -> CheckRun:
        self._called("check_run")
        return next(run for run in self.runs if run.id == run_id)

    def check_runs(self, head_sha: str, name: str) -> tuple[CheckRun, ...]:
        self._called("check_runs")
        return tuple(
            run for run in reversed(self.runs) if (run.head_sha, run.name) == (head_sha, name)
        )

    def me(self) -> str:
        return BOT.login

    def reviews(self, number: int) -> tuple[Review, ...]:
        return ()

    def create_review(
        self, number: int, commit_sha: str, body: str, comments: Sequence[DraftComment]
    ) -> Review:
        after = self._called("create_review")
        self.made_reviews.append((body, list(comments)))
        for draft in comments:
            self.write(draft.body, BOT, path=draft.path, line=draft.line)
        if after:
            raise after
        return Review(self._id(), body, "COMMENTED", BOT)

    def write(
        self,
        body: str,
        author: User,
        *,
        reply_to: int | None = None,
        path: str = "a",
        line: int = 1,
    ) -> ReviewComment:
        number = self._id()
        comment = ReviewComment(
            number, path, body, author, line, reply_to=reply_to, node_id=f"C{number}"
        )
        self.comments.append(comment)
        return comment

    def review_comments(self, number: int) -> tuple[ReviewComment, ...]:
        self._called("review_comments")
        return tuple(self.comments)

    def reply(self, number: int, comment_id: int, body: str) -> ReviewComment:
        return self.write(body, BOT, reply_to=comment_id)

    def edit_review_comment(self, comment_id: int, body: str) -> None:
        self._called("edit_review_comment")
        self.comments = [
            replace(each, body=body) if each.id == comment_id else each for each in self.comments
        ]

    def delete_review_comment(self, comment_id: int) -> None:
        self._called("delete_review_comment")
        self.comments = [each for each in self.comments if each.id != comment_id]

    def issue_comments(self, number: int) -> tuple[IssueComment, ...]:
        return ()

    def create_issue_comment(self, number: int, body: str) -> IssueComment:
        after = self._called("create_issue_comment")
        self.said.append(body)
        if after:
            raise after
        return IssueComment(self._id(), body, BOT)

    def edit_issue_comment(self, comment_id: int, body: str) -> None:
        raise AssertionError("no such need")

    def delete_issue_comment(self, comment_id: int) -> None:
        raise AssertionError("no such need")

    def react(self, comment_id: int, reaction: Reaction) -> None:
        self._called("react")
        self.reactions.append((comment_id, reaction))

    def react_to_review_comment(self, comment_id: int, reaction: Reaction) -> None:
        raise AssertionError("no such need")

    def permission(self, login: str) -> Permission:
        self._called("permission")
        return self.permissions.get(login, Permission.NONE)

    def review_threads(self, number: int) -> tuple[ReviewThread, ...]:
        self._called("review_threads")
        return tuple(
            ReviewThread(
                f"T{each.id}",
                f"T{each.id}" in self.resolved,
                False,
                each.path,
                (ThreadComment(each.id, "driftline"),),
            )
            for each in self.comments
            if each.reply_to is None
        )

    def revise_review_comments(
        self, edits: Mapping[str, str], deletions: Sequence[str] = ()
    ) -> frozenset[str]:
        self._called("revise_review_comments")
        there = {each.node_id for each in self.comments} - self.untouchable
        self.comments = [
            replace(each, body=edits[each.node_id])
            if each.node_id in edits and each.node_id in there
            else each
            for each in self.comments
            if each.node_id not in deletions or each.node_id not in there
        ]
        return there & {*edits, *deletions}

    def resolve_threads(self, thread_ids: Sequence[str]) -> frozenset[str]:
        self._called("resolve_threads")
        if not self.may_resolve:
            return frozenset()
        self.resolved |= set(thread_ids)
        return frozenset(thread_ids)
