"""What the workers need of GitHub, by subject; `client.GitHub` is the one that speaks HTTP.

Every method is one request or the pages of one list, and raises the types of `errors`:
`NotFound`, `Gone`, `Forbidden`, `Unprocessable`, `RateLimited` (at once, nothing sleeps here),
`Unavailable` for reads, and `UnknownOutcome` for writes that may have worked. Tests bring fakes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.github.facts import (
    Action,
    ChangedFile,
    CheckRun,
    CheckStatus,
    Comparison,
    Conclusion,
    DraftComment,
    IssueComment,
    OpenPaths,
    Output,
    Permission,
    PullRequest,
    Reaction,
    RepositoryFacts,
    Review,
    ReviewComment,
    ReviewThread,
)


class PullRequests(Protocol):
    """Reads about the repository and its pull requests."""

    def repository(self) -> RepositoryFacts:
        """The repository as it is now: its name after a rename, archived, disabled."""

    def pull_request(self, number: int) -> PullRequest:
        """The pull request as it is now."""

    def open_pull_requests(self) -> tuple[PullRequest, ...]:
        """Every open pull request, the newest first."""

    def pull_requests_of(self, head_sha: str) -> tuple[PullRequest, ...]:
        """Open pull requests whose head is `head_sha`, those of forks included.

        Asks `commits/{sha}/pulls` first and, where that names none (GitHub leaves out commits
        that lie in a fork alone), the list of open pull requests.
        """

    def open_paths(self, base_ref: str) -> tuple[OpenPaths, ...]:
        """What the open pull requests onto a branch add, those touched last first, by GraphQL.

        One request: at most 100 pull requests, and of each the first 100 files.
        """

    def changed_files(self, number: int) -> tuple[ChangedFile, ...]:
        """The pull request's files with their patches; GitHub lists at most 3,000."""

    def compare(self, base: str, head: str) -> Comparison:
        """`base...head`, by sha or `branch` or `owner:branch`."""

    def permission(self, login: str) -> Permission:
        """What `login` may do here; a stranger or an unknown account may do nothing."""


class Checks(Protocol):
    """The check run."""

    def create_check_run(
        self,
        name: str,
        head_sha: str,
        *,
        status: CheckStatus = "in_progress",
        conclusion: Conclusion | None = None,
        output: Output | None = None,
        actions: Sequence[Action] = (),
        external_id: str = "",
        details_url: str = "",
        started_at: datetime | None = None,
    ) -> CheckRun:
        """Create a check run; past 50 annotations the rest is appended by `update_check_run`.

        With a conclusion and more than 50 annotations it is created `in_progress` and completed
        by the last append, so that nobody sees it concluded with half of its annotations.
        """

    def update_check_run(
        self,
        run_id: int,
        *,
        status: CheckStatus | None = None,
        conclusion: Conclusion | None = None,
        output: Output | None = None,
        actions: Sequence[Action] = (),
        skip_annotations: int = 0,
    ) -> CheckRun:
        """Change a check run. Annotations are appended by GitHub, 50 a request.

        `skip_annotations` leaves out those that are there already: after an `UnknownOutcome`
        read the run's `annotations_count` and go on from there.
        """

    def check_run(self, run_id: int) -> CheckRun:
        """One check run."""

    def check_runs(self, head_sha: str, name: str) -> tuple[CheckRun, ...]:
        """This App's latest runs of that name on a commit, the newest first."""


class Conversation(Protocol):
    """Reviews, comments, threads and reactions."""

    def me(self) -> str:
        """The login that this App writes as (`driftline[bot]`): to know own comments by.

        GitHub tells an App its slug, not the id of its account; no person can register a login
        with brackets, so the login is as good.
        """

    def reviews(self, number: int) -> tuple[Review, ...]:
        """Every review of the pull request."""

    def create_review(
        self, number: int, commit_sha: str, body: str, comments: Sequence[DraftComment]
    ) -> Review:
        """One COMMENT review with its comments, all or nothing; `body` may not be empty."""

    def review_comments(self, number: int) -> tuple[ReviewComment, ...]:
        """Every review comment of the pull request, the oldest first."""

    def review_comment(self, comment_id: int) -> ReviewComment:
        """One review comment."""

    def reply(self, number: int, to: ReviewComment, body: str) -> ReviewComment:
        """Answer in the thread of a comment."""

    def edit_review_comment(self, comment_id: int, body: str) -> None:
        """Replace a review comment's text."""

    def delete_review_comment(self, comment_id: int) -> None:
        """Delete a review comment; one that is gone already is well."""

    def issue_comments(self, number: int) -> tuple[IssueComment, ...]:
        """The conversation's comments, the oldest first."""

    def create_issue_comment(self, number: int, body: str) -> IssueComment:
        """Write into the conversation."""

    def edit_issue_comment(self, comment_id: int, body: str) -> None:
        """Replace a comment's text."""

    def delete_issue_comment(self, comment_id: int) -> None:
        """Delete a comment; one that is gone already is well."""

    def react(self, comment_id: int, reaction: Reaction) -> None:
        """React to a comment of the conversation; twice is the same as once."""

    def react_to_review_comment(self, comment_id: int, reaction: Reaction) -> None:
        """React to a review comment."""

    def review_threads(self, number: int) -> tuple[ReviewThread, ...]:
        """Every review thread with its first 50 comments, by GraphQL."""

    def revise_review_comments(
        self, edits: Mapping[str, str], deletions: Sequence[str] = ()
    ) -> frozenset[str]:
        """Replace texts and delete comments by their node ids, many in one request.

        The node ids of those that were changed: one that is gone, or that may not be changed, is
        left out and hinders no other.
        """

    def resolve_threads(self, thread_ids: Sequence[str]) -> frozenset[str]:
        """Resolve threads, many in one request; the ids of those that are resolved now.

        None is where the installation does not grant it (`contents: write`).
        """
