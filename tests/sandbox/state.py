"""What the sandbox remembers: accounts, the App, repositories, pull requests and all on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from tests.sandbox.diff import Side
from tests.sandbox.git import Entry, GitRepository

Role = Literal["admin", "maintain", "write", "triage", "read", "none"]


@dataclass
class Account:
    """A user, a bot or an organization."""

    id: int
    login: str
    type: Literal["User", "Bot", "Organization"] = "User"


@dataclass
class App:
    """The GitHub App under test, with what its owner would have been shown at registration."""

    id: int
    client_id: str
    slug: str
    name: str
    owner: Account
    bot: Account
    private_key: str
    public_keys: list[str]
    webhook_secret: str
    permissions: dict[str, str]
    events: list[str]
    created_at: datetime
    webhook_url: str | None = None
    setup_url: str | None = None


@dataclass
class Installation:
    """The App on one account; `repositories` are ids, None means all of the account's."""

    id: int
    account: Account
    permissions: dict[str, str]
    events: list[str]
    created_at: datetime
    repositories: set[int] | None = None
    suspended_at: datetime | None = None
    deleted: bool = False


@dataclass
class Token:
    """An installation token; `repositories` narrows it, None means the installation's."""

    value: str
    installation: Installation
    permissions: dict[str, str]
    expires_at: datetime
    repositories: set[int] | None


@dataclass
class Reaction:
    """One user's reaction to a comment."""

    id: int
    user: Account
    content: str
    created_at: datetime


@dataclass
class IssueComment:
    """A comment in the conversation of a pull request."""

    id: int
    user: Account
    body: str
    created_at: datetime
    updated_at: datetime
    by_app: bool = False
    minimized: str | None = None
    reactions: list[Reaction] = field(default_factory=list)


@dataclass
class ReviewComment:
    """A comment on lines of the diff; `line` is None once it is outdated."""

    id: int
    user: Account
    body: str
    path: str
    side: Side
    line: int | None
    start_line: int | None
    start_side: Side | None
    original_line: int | None
    original_start_line: int | None
    commit_id: str
    original_commit_id: str
    diff_hunk: str
    position: int | None
    original_position: int | None
    review: Review
    created_at: datetime
    updated_at: datetime
    subject_type: Literal["line", "file"] = "line"
    in_reply_to: ReviewComment | None = None
    by_app: bool = False
    minimized: str | None = None
    reactions: list[Reaction] = field(default_factory=list)


@dataclass
class Review:
    """A review; `submitted_at` is None while it is pending."""

    id: int
    user: Account
    body: str
    state: Literal["PENDING", "COMMENTED", "APPROVED", "CHANGES_REQUESTED", "DISMISSED"]
    commit_id: str
    submitted_at: datetime | None
    by_app: bool = False
    minimized: str | None = None


@dataclass
class Thread:
    """A thread of review comments, the first of which is no reply."""

    id: int
    comments: list[ReviewComment]
    resolved_by: Account | None = None


@dataclass
class PullRequest:
    """A pull request; shas are kept as they were when it was last pushed to."""

    id: int
    number: int
    repository: Repository
    title: str
    body: str
    user: Account
    base_ref: str
    base_sha: str
    head_repository: Repository | None
    head_ref: str
    head_sha: str
    created_at: datetime
    updated_at: datetime
    state: Literal["open", "closed"] = "open"
    draft: bool = False
    locked: bool = False
    merged_at: datetime | None = None
    closed_at: datetime | None = None
    merge_sha: str | None = None
    mergeable: bool | None = None
    comments: list[IssueComment] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    pushes: list[tuple[datetime, str, str]] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)

    @property
    def review_comments(self) -> list[ReviewComment]:
        """All comments on lines whose review is submitted, oldest first."""
        shown = [c for t in self.threads for c in t.comments if c.review.state != "PENDING"]
        return sorted(shown, key=lambda comment: comment.id)


@dataclass
class CheckSuite:
    """The App's check suite for one commit."""

    id: int
    head_sha: str
    head_branch: str | None
    created_at: datetime
    updated_at: datetime


@dataclass
class CheckRun:
    """A check run; annotations are as they were sent, in order."""

    id: int
    suite: CheckSuite
    name: str
    head_sha: str
    external_id: str
    details_url: str | None
    status: str
    conclusion: str | None
    started_at: datetime
    completed_at: datetime | None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Issue:
    """An issue that is no pull request; both share their numbers."""

    id: int
    number: int
    title: str
    body: str
    user: Account
    created_at: datetime
    updated_at: datetime
    state: Literal["open", "closed"] = "open"
    state_reason: str | None = None
    closed_at: datetime | None = None


@dataclass
class Repository:
    """A repository; `collaborators` are roles by login."""

    id: int
    owner: Account
    name: str
    git: GitRepository
    default_branch: str
    private: bool
    created_at: datetime
    pushed_at: datetime
    parent: Repository | None = None
    archived: bool = False
    disabled: bool = False
    deleted: bool = False
    collaborators: dict[str, Role] = field(default_factory=dict)
    pulls: dict[int, PullRequest] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    check_suites: list[CheckSuite] = field(default_factory=list)
    check_runs: list[CheckRun] = field(default_factory=list)
    old_names: set[str] = field(default_factory=set)

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner.login}/{self.name}"

    @property
    def next_number(self) -> int:
        """The number of the next issue or pull request."""
        return max([0, *self.pulls, *self.issues]) + 1

    def role(self, account: Account) -> Role:
        """What the account may do here; a public repository may be read by anyone."""
        if account is self.owner:
            return "admin"
        return self.collaborators.get(account.login, "none" if self.private else "read")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A push that waits behind a button of the page; `files` as for a commit."""

    title: str
    files: Mapping[str, str | bytes | Entry | None]
    note: str = ""
    force: bool = False


@dataclass
class Delivery:
    """One attempt to deliver a webhook."""

    id: int
    guid: str
    event: str
    action: str | None
    delivered_at: datetime
    payload: dict[str, Any]
    body: bytes
    installation_id: int | None
    repository_id: int | None
    redelivery: bool = False
    duration: float = 0.0
    status: str = "pending"
    status_code: int = 0
    request_headers: dict[str, str] = field(default_factory=dict)
    response_headers: dict[str, str] = field(default_factory=dict)
    response_body: str = ""

    @property
    def name(self) -> str:
        """`event` or `event.action`."""
        return f"{self.event}.{self.action}" if self.action else self.event
