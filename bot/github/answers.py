"""GitHub's JSON as the values of `facts`; null users are the ghost, null forks are None."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from bot.github.facts import (
    AppFacts,
    Branch,
    ChangedFile,
    CheckRun,
    Comparison,
    Delivery,
    Installation,
    IssueComment,
    OpenPaths,
    PullRequest,
    RepositoryFacts,
    Review,
    ReviewComment,
    ReviewThread,
    ThreadComment,
    User,
)

GHOST = User(id=10137, login="ghost")
"""Who GitHub shows where an account was deleted: https://github.com/ghost"""
_COMPARED_FILES = 300


def user(data: Any) -> User:
    """A `simple-user`, or the ghost."""
    if not data:
        return GHOST
    return User(id=data["id"], login=data["login"], is_bot=data.get("type") == "Bot")


def repository(data: Any) -> RepositoryFacts:
    """A repository."""
    return RepositoryFacts(
        id=data["id"],
        name=data["full_name"],
        default_branch=data.get("default_branch") or "",
        is_private=bool(data.get("private")),
        is_archived=bool(data.get("archived")),
        is_disabled=bool(data.get("disabled")),
        is_fork=bool(data.get("fork")),
    )


def pull_request(data: Any) -> PullRequest:
    """A pull request out of its own answer or out of a list."""
    return PullRequest(
        number=data["number"],
        title=data.get("title") or "",
        state=data["state"],
        is_draft=bool(data.get("draft")),
        is_locked=bool(data.get("locked")),
        is_merged=bool(data.get("merged_at") or data.get("merged")),
        head=_branch(data["head"]),
        base=_branch(data["base"]),
        author=user(data.get("user")),
        url=data.get("html_url") or "",
        changed_files=data.get("changed_files"),
        merge_commit_sha=data.get("merge_commit_sha"),
    )


def changed_file(data: Any) -> ChangedFile:
    """A file of a pull request or a comparison."""
    return ChangedFile(
        path=data["filename"],
        status=data["status"],
        previous_path=data.get("previous_filename"),
        patch=data.get("patch"),
    )


def comparison(data: Any) -> Comparison:
    """The first page of `compare`, which alone holds the files."""
    files = tuple(changed_file(item) for item in data.get("files") or ())
    return Comparison(
        merge_base_sha=data["merge_base_commit"]["sha"],
        ahead_by=data["ahead_by"],
        behind_by=data["behind_by"],
        files=files,
        is_truncated=len(files) >= _COMPARED_FILES,
        base_sha=(data.get("base_commit") or {}).get("sha") or "",
    )


def check_run(data: Any) -> CheckRun:
    """A check run."""
    output = data.get("output") or {}
    app = data.get("app") or {}
    return CheckRun(
        id=data["id"],
        name=data["name"],
        head_sha=data["head_sha"],
        status=data["status"],
        conclusion=data.get("conclusion"),
        app_id=app.get("id"),
        app_client_id=app.get("client_id"),
        external_id=data.get("external_id") or "",
        title=output.get("title") or "",
        summary=output.get("summary") or "",
        annotations_count=output.get("annotations_count") or 0,
        started_at=moment(data.get("started_at")),
        completed_at=moment(data.get("completed_at")),
        url=data.get("html_url") or "",
    )


def review(data: Any) -> Review:
    """A review."""
    return Review(
        id=data["id"],
        body=data.get("body") or "",
        state=data["state"],
        author=user(data.get("user")),
        commit_sha=data.get("commit_id"),
        url=data.get("html_url") or "",
    )


def review_comment(data: Any) -> ReviewComment:
    """A comment on a line."""
    return ReviewComment(
        id=data["id"],
        path=data["path"],
        body=data.get("body") or "",
        author=user(data.get("user")),
        line=data.get("line"),
        start_line=data.get("start_line"),
        side="LEFT" if data.get("side") == "LEFT" else "RIGHT",
        original_line=data.get("original_line"),
        commit_sha=data.get("commit_id") or "",
        original_commit_sha=data.get("original_commit_id") or "",
        reply_to=data.get("in_reply_to_id"),
        review_id=data.get("pull_request_review_id"),
        created_at=moment(data.get("created_at")),
        url=data.get("html_url") or "",
        node_id=data.get("node_id") or "",
    )


def issue_comment(data: Any) -> IssueComment:
    """A comment of the conversation."""
    return IssueComment(
        id=data["id"],
        body=data.get("body") or "",
        author=user(data.get("user")),
        url=data.get("html_url") or "",
    )


def open_paths(data: Any) -> OpenPaths:
    """A GraphQL `PullRequest` with its files."""
    files = (data.get("files") or {}).get("nodes") or ()
    new = ("ADDED", "RENAMED", "COPIED")
    return OpenPaths(
        number=data["number"],
        head_sha=data["headRefOid"],
        paths=tuple(node["path"] for node in files if node and node.get("changeType") in new),
    )


def review_thread(data: Any) -> ReviewThread:
    """A GraphQL `PullRequestReviewThread`."""
    comments = data["comments"]
    return ReviewThread(
        id=data["id"],
        is_resolved=bool(data["isResolved"]),
        is_outdated=bool(data["isOutdated"]),
        path=data.get("path") or "",
        comments=tuple(_thread_comment(node) for node in comments["nodes"] if node),
        can_resolve=bool(data.get("viewerCanResolve")),
    )


def app(item: Any, date: str) -> AppFacts:
    """`GET /app`, with the `Date` of the answer."""
    try:
        asked_at = parsedate_to_datetime(date)
    except ValueError:
        asked_at = None
    return AppFacts(
        name=str(item["name"]),
        permissions={str(name): str(level) for name, level in item["permissions"].items()},
        events=tuple(str(event) for event in item["events"]),
        asked_at=asked_at,
    )


def installation(data: Any) -> Installation:
    """An installation."""
    account = data.get("account") or {}
    return Installation(
        id=data["id"],
        account=account.get("login") or account.get("slug") or "",
        permissions=dict(data.get("permissions") or {}),
        events=tuple(data.get("events") or ()),
        is_suspended=data.get("suspended_at") is not None,
        all_repositories=data.get("repository_selection") == "all",
    )


def delivery(data: Any) -> Delivery:
    """A webhook delivery."""
    delivered_at = moment(data["delivered_at"])
    assert delivered_at is not None
    return Delivery(
        id=data["id"],
        guid=data["guid"],
        event=data["event"],
        action=data.get("action"),
        status_code=data["status_code"],
        delivered_at=delivered_at,
        is_redelivery=bool(data.get("redelivery")),
        installation_id=data.get("installation_id"),
        repository_id=data.get("repository_id"),
    )


def moment(text: str | None) -> datetime | None:
    """A time as GitHub writes it (`2026-11-22T17:00:00Z`)."""
    return datetime.fromisoformat(text) if text else None


def _branch(data: Any) -> Branch:
    repo = data.get("repo") or {}
    return Branch(
        sha=data["sha"],
        ref=data["ref"],
        repository_id=repo.get("id"),
        repository=repo.get("full_name"),
    )


def _thread_comment(data: Any) -> ThreadComment:
    author = data.get("author") or {}
    return ThreadComment(
        id=int(data["fullDatabaseId"]),
        login=author.get("login") or GHOST.login,
        is_bot=author.get("__typename") == "Bot",
        body=data.get("body") or "",
    )
