"""What GitHub knows and is told, as plain values; no other module sees a PyGithub object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal

Side = Literal["LEFT", "RIGHT"]
CheckStatus = Literal["queued", "in_progress", "completed"]
Conclusion = Literal[
    "action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"
]
AnnotationLevel = Literal["notice", "warning", "failure"]
Reaction = Literal["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"]
OpenState = Literal["open", "closed"]

ANNOTATIONS_PER_REQUEST = 50
"""https://docs.github.com/en/rest/checks/runs#update-a-check-run"""
OUTPUT_BYTES = 65_535
"""Of `summary` and of `text` each, counted in bytes of UTF-8."""
ACTIONS_PER_RUN = 3


class Permission(Enum):
    """What a person may do in a repository; `maintain` counts as write, `triage` as read."""

    ADMIN = "admin"
    WRITE = "write"
    READ = "read"
    NONE = "none"

    @property
    def may_write(self) -> bool:
        """Write permission or more."""
        return self in (Permission.ADMIN, Permission.WRITE)


@dataclass(frozen=True, slots=True)
class User:
    """An account; a deleted one is `ghost`, id 10137."""

    id: int
    login: str
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """A repository as it is now; `name` is `owner/name`."""

    id: int
    name: str
    default_branch: str
    is_private: bool = False
    is_archived: bool = False
    is_disabled: bool = False
    is_fork: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """One end of a pull request. `repository` is None where the fork was deleted."""

    sha: str
    ref: str
    """The branch's name without `refs/heads/`."""
    repository_id: int | None = None
    repository: str | None = None


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as it is now."""

    number: int
    title: str
    state: OpenState
    is_draft: bool
    is_locked: bool
    is_merged: bool
    head: Branch
    base: Branch
    author: User
    url: str = ""
    """The page for people."""
    changed_files: int | None = None
    """None where a list gave the pull request, which does not count them."""
    merge_commit_sha: str | None = None

    @property
    def is_open(self) -> bool:
        """Neither closed nor merged."""
        return self.state == "open"

    @property
    def is_fork(self) -> bool:
        """The head lies in another repository than the base, or in one that was deleted."""
        return self.head.repository_id != self.base.repository_id


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file of a pull request or comparison. `patch` is None where GitHub leaves it out."""

    path: str
    status: Literal["added", "removed", "modified", "renamed", "copied", "changed", "unchanged"]
    previous_path: str | None = None
    patch: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`base...head`: files are those since the merge base, at most 300 of them."""

    merge_base_sha: str
    ahead_by: int
    behind_by: int
    files: tuple[ChangedFile, ...] = ()
    is_truncated: bool = False
    base_sha: str = ""
    """The base's tip at that moment."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark on lines of a file in the head, from 1; columns only where both lines are one."""

    path: str
    start_line: int
    end_line: int
    level: AnnotationLevel
    message: str
    title: str = ""
    raw_details: str = ""
    start_column: int | None = None
    end_column: int | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """A button: label and identifier of at most 20 characters, description of at most 40."""

    label: str
    description: str
    identifier: str


@dataclass(frozen=True, slots=True)
class Output:
    """The body of a check run, in GitHub's Markdown; cut to `OUTPUT_BYTES` by the caller."""

    title: str
    summary: str
    text: str = ""
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check run as GitHub holds it; `app_id` tells ours from those of other Apps."""

    id: int
    name: str
    head_sha: str
    status: str
    conclusion: str | None
    app_id: int | None
    app_client_id: str | None = None
    external_id: str = ""
    title: str = ""
    summary: str = ""
    annotations_count: int = 0
    started_at: datetime | None = None
    completed_at: datetime | None = None
    url: str = ""

    @property
    def is_completed(self) -> bool:
        """It has a conclusion."""
        return self.status == "completed"


@dataclass(frozen=True, slots=True)
class DraftComment:
    """A review comment to be made. `start_line` is None, or less than `line`: else GitHub's 422."""

    path: str
    body: str
    line: int
    side: Side = "RIGHT"
    start_line: int | None = None
    start_side: Side | None = None


@dataclass(frozen=True, slots=True)
class ReviewComment:
    """A comment on a line; `line` is None where it is outdated. `reply_to` is the thread's top."""

    id: int
    path: str
    body: str
    author: User
    line: int | None = None
    start_line: int | None = None
    side: Side = "RIGHT"
    original_line: int | None = None
    commit_sha: str = ""
    original_commit_sha: str = ""
    reply_to: int | None = None
    review_id: int | None = None
    created_at: datetime | None = None
    url: str = ""
    node_id: str = ""
    """What GraphQL calls it."""


@dataclass(frozen=True, slots=True)
class Review:
    """A review that stands on a pull request."""

    id: int
    body: str
    state: str
    author: User
    commit_sha: str | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class IssueComment:
    """A comment of the conversation."""

    id: int
    body: str
    author: User
    url: str = ""


@dataclass(frozen=True, slots=True)
class ThreadComment:
    """A comment inside a thread; `id` is the REST id. `login` has no `[bot]` at its end."""

    id: int
    login: str
    is_bot: bool = False
    body: str = ""


@dataclass(frozen=True, slots=True)
class OpenPaths:
    """An open pull request and the paths that it adds or renames to (at most 100 are told)."""

    number: int
    head_sha: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewThread:
    """A thread of review comments, by GraphQL; `id` is the node id that resolving takes."""

    id: str
    is_resolved: bool
    is_outdated: bool
    path: str
    comments: tuple[ThreadComment, ...]
    can_resolve: bool = False
    """`viewerCanResolve`: whether this token may close it."""


@dataclass(frozen=True, slots=True)
class AppFacts:
    """The App itself; `permissions` and `events` are what it asks for, `asked_at` is GitHub's
    clock when it answered, None where it did not say."""

    name: str
    permissions: Mapping[str, str]
    events: tuple[str, ...]
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """The App in one account. `permissions` is what the owner accepted."""

    id: int
    account: str
    permissions: Mapping[str, str]
    events: tuple[str, ...] = ()
    is_suspended: bool = False
    all_repositories: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook delivery that GitHub made. `guid` is the X-GitHub-Delivery of its attempts."""

    id: int
    guid: str
    event: str
    action: str | None
    status_code: int
    delivered_at: datetime
    is_redelivery: bool
    installation_id: int | None = None
    repository_id: int | None = None

    @property
    def is_ok(self) -> bool:
        """The receiver answered 2xx."""
        return 200 <= self.status_code < 300
