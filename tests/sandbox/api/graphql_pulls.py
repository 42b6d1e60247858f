"""Repositories' pull requests, threads, reviews and comments as GraphQL nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.sandbox.api.asking import caller
from tests.sandbox.api.graphql_answers import connection, need, node, refuse
from tests.sandbox.api.graphql_git import actor, commit_node, git_object, ref_node
from tests.sandbox.diff import ChangedFile
from tests.sandbox.pull_shapes import association, pull_html
from tests.sandbox.shapes import node_id, stamp
from tests.sandbox.state import (
    IssueComment,
    PullRequest,
    Repository,
    Review,
    ReviewComment,
    Thread,
)
from tests.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Of:
    """A thing with the pull request that it stands on."""

    pull: PullRequest
    thing: Any


def repository_node(world: World, repository: Repository) -> dict[str, Any]:
    """A Repository."""

    def pulls(info: Any, **asked: Any) -> dict[str, Any]:
        states = asked.get("states")
        found = [
            one for one in repository.pulls.values() if not states or pull_state(one) in states
        ]
        if asked.get("baseRefName"):
            found = [one for one in found if one.base_ref == asked["baseRefName"]]
        if asked.get("headRefName"):
            found = [one for one in found if one.head_ref == asked["headRefName"]]
        order = asked.get("orderBy") or {}
        key = "updated_at" if order.get("field") == "UPDATED_AT" else "number"
        found.sort(key=lambda one: getattr(one, key), reverse=order.get("direction") == "DESC")
        return connection(found, lambda one: pull_node(world, one))(info, **asked)

    def pull_request(info: Any, number: int) -> dict[str, Any] | None:
        pull = repository.pulls.get(number)
        if pull is None:
            text = f"Could not resolve to a PullRequest with the number of {number}."
            raise refuse("NOT_FOUND", text)
        need(pull, ["pull_requests"], "read")
        return pull_node(world, pull)

    return node(
        "Repository",
        id=node_id("R", repository.id),
        databaseId=repository.id,
        name=repository.name,
        nameWithOwner=repository.full_name,
        isPrivate=repository.private,
        isArchived=repository.archived,
        isFork=repository.parent is not None,
        url=f"{world.url}/{repository.full_name}",
        owner=actor(world, repository.owner),
        pullRequest=pull_request,
        pullRequests=pulls,
        object=lambda info, **asked: git_object(world, repository, **asked),
        defaultBranchRef=ref_node(world, repository, repository.default_branch),
    )


def pull_state(pull: PullRequest) -> str:
    """OPEN, CLOSED or MERGED."""
    return "MERGED" if pull.merged_at else pull.state.upper()


def pull_node(world: World, pull: PullRequest) -> dict[str, Any]:
    """A PullRequest."""
    threads = [one for one in pull.threads if one.comments[0].review.state != "PENDING"]
    reviews_shown = [one for one in pull.reviews if one.state != "PENDING"]

    def commits(info: Any, **asked: Any) -> dict[str, Any]:
        git = pull.repository.git
        shas = git.between(pull.base_sha, pull.head_sha)

        def make(sha: str) -> dict[str, Any]:
            commit = commit_node(world, pull.repository, git.read_commit(sha))
            return node("PullRequestCommit", id=f"PRC_{sha}", commit=commit)

        return connection(shas, make)(info, **asked)

    def files(info: Any, **asked: Any) -> dict[str, Any]:
        return connection(world.files(pull), file_node)(info, **asked)

    head = pull.head_repository
    living = head if head is not None and not head.deleted else None
    return node(
        "PullRequest",
        id=node_id("PR", pull.id),
        databaseId=pull.id,
        fullDatabaseId=str(pull.id),
        number=pull.number,
        title=pull.title,
        body=pull.body,
        state=pull_state(pull),
        isDraft=pull.draft,
        locked=pull.locked,
        merged=pull.merged_at is not None,
        closed=pull.state == "closed",
        mergeable="MERGEABLE" if pull.mergeable else "CONFLICTING",
        url=pull_html(world, pull),
        createdAt=stamp(pull.created_at),
        updatedAt=stamp(pull.updated_at),
        author=actor(world, pull.user),
        baseRefName=pull.base_ref,
        baseRefOid=pull.base_sha,
        headRefName=pull.head_ref,
        headRefOid=pull.head_sha,
        isCrossRepository=head is not pull.repository,
        baseRepository=lambda info: repository_node(world, pull.repository),
        headRepository=lambda info: living and repository_node(world, living),
        repository=lambda info: repository_node(world, pull.repository),
        additions=lambda info: sum(file.additions for file in world.files(pull)),
        deletions=lambda info: sum(file.deletions for file in world.files(pull)),
        changedFiles=lambda info: len(world.files(pull)),
        reviewThreads=connection(threads, lambda one: thread_node(world, pull, one)),
        reviews=connection(reviews_shown, lambda one: review_node(world, pull, one)),
        comments=connection(pull.comments, lambda one: issue_comment_node(world, pull, one)),
        commits=commits,
        files=files,
    )


def file_node(file: ChangedFile) -> dict[str, Any]:
    """A PullRequestChangedFile."""
    kinds = {"removed": "DELETED"}
    return node(
        "PullRequestChangedFile",
        path=file.path,
        additions=file.additions,
        deletions=file.deletions,
        changeType=kinds.get(file.status, file.status.upper()),
        viewerViewedState="UNVIEWED",
    )


def thread_node(world: World, pull: PullRequest, thread: Thread) -> dict[str, Any]:
    """A PullRequestReviewThread."""
    first = thread.comments[0]
    resolved = thread.resolved_by
    may = caller().grants("contents", "write") and caller().grants("pull_requests", "write")
    return node(
        "PullRequestReviewThread",
        id=node_id("PRRT", thread.id),
        isResolved=resolved is not None,
        resolvedBy=resolved and actor(world, resolved),
        isOutdated=first.subject_type == "line" and first.line is None,
        isCollapsed=resolved is not None or first.line is None,
        path=first.path,
        line=first.line,
        startLine=first.start_line,
        originalLine=first.original_line,
        originalStartLine=first.original_start_line,
        diffSide=first.side,
        startDiffSide=first.start_side,
        subjectType=first.subject_type.upper(),
        viewerCanResolve=may and resolved is None,
        viewerCanUnresolve=may and resolved is not None,
        viewerCanReply=not pull.locked,
        comments=connection(
            thread.comments, lambda one: review_comment_node(world, pull, one, thread)
        ),
        pullRequest=lambda info: pull_node(world, pull),
    )


def comment_fields(
    world: World, pull: PullRequest, comment: IssueComment | ReviewComment | Review
) -> dict[str, Any]:
    """What every comment has."""
    mine = comment.by_app
    return {
        "databaseId": comment.id,
        "fullDatabaseId": str(comment.id),
        "body": comment.body,
        "author": actor(world, comment.user),
        "authorAssociation": association(pull, comment.user),
        "isMinimized": comment.minimized is not None,
        "minimizedReason": comment.minimized,
        "viewerDidAuthor": mine,
        "viewerCanUpdate": mine,
        "viewerCanDelete": mine,
        "viewerCanMinimize": True,
        "pullRequest": lambda info: pull_node(world, pull),
    }


def issue_comment_node(world: World, pull: PullRequest, comment: IssueComment) -> dict[str, Any]:
    """An IssueComment."""
    return node(
        "IssueComment",
        id=node_id("IC", comment.id),
        url=f"{pull_html(world, pull)}#issuecomment-{comment.id}",
        createdAt=stamp(comment.created_at),
        updatedAt=stamp(comment.updated_at),
        **comment_fields(world, pull, comment),
    )


def review_node(world: World, pull: PullRequest, review: Review) -> dict[str, Any]:
    """A PullRequestReview."""
    own_comments = [c for t in pull.threads for c in t.comments if c.review is review]
    commit = pull.repository.git.read_commit(review.commit_id)
    return node(
        "PullRequestReview",
        id=node_id("PRR", review.id),
        url=f"{pull_html(world, pull)}#pullrequestreview-{review.id}",
        state=review.state,
        createdAt=stamp(review.submitted_at),
        submittedAt=stamp(review.submitted_at),
        commit=commit_node(world, pull.repository, commit),
        comments=connection(own_comments, lambda one: review_comment_node(world, pull, one)),
        **comment_fields(world, pull, review),
    )


def review_comment_node(
    world: World, pull: PullRequest, comment: ReviewComment, thread: Thread | None = None
) -> dict[str, Any]:
    """A PullRequestReviewComment."""
    answered = comment.in_reply_to
    return node(
        "PullRequestReviewComment",
        id=node_id("PRRC", comment.id),
        url=f"{pull_html(world, pull)}#discussion_r{comment.id}",
        createdAt=stamp(comment.created_at),
        updatedAt=stamp(comment.updated_at),
        path=comment.path,
        line=comment.line,
        startLine=comment.start_line,
        originalLine=comment.original_line,
        originalStartLine=comment.original_start_line,
        position=comment.position or 0,
        originalPosition=comment.original_position or 0,
        diffHunk=comment.diff_hunk,
        outdated=comment.line is None and comment.subject_type == "line",
        subjectType=comment.subject_type.upper(),
        state="SUBMITTED",
        replyTo=answered and review_comment_node(world, pull, answered),
        pullRequestReview=lambda info: review_node(world, pull, comment.review),
        commit=lambda info: commit_node(
            world, pull.repository, pull.repository.git.read_commit(comment.commit_id)
        ),
        originalCommit=lambda info: commit_node(
            world, pull.repository, pull.repository.git.read_commit(comment.original_commit_id)
        ),
        **comment_fields(world, pull, comment),
    )


def find(world: World, wanted: str) -> Of:
    """The thing with that id on any pull request; raises NOT_FOUND."""
    prefix, _, number = wanted.partition("_")
    for repository in world.repositories.values():
        for pull in repository.pulls.values():
            groups: dict[str, list[Any]] = {
                "PR": [pull],
                "PRRT": pull.threads,
                "PRR": pull.reviews,
                "PRRC": pull.review_comments,
                "IC": pull.comments,
            }
            for thing in groups.get(prefix, []):
                if str(thing.id) == number:
                    need(pull, ["pull_requests", "issues"], "read")
                    return Of(pull, thing)
    raise refuse("NOT_FOUND", f"Could not resolve to a node with the global id of '{wanted}'")


def node_of(world: World, found: Of) -> dict[str, Any]:
    """The GraphQL node of a thing."""
    pull, thing = found.pull, found.thing
    if isinstance(thing, PullRequest):
        return pull_node(world, pull)
    if isinstance(thing, Thread):
        return thread_node(world, pull, thing)
    if isinstance(thing, Review):
        return review_node(world, pull, thing)
    if isinstance(thing, ReviewComment):
        return review_comment_node(world, pull, thing)
    return issue_comment_node(world, pull, thing)


def expected(found: Of, kind: type) -> Any:
    """The thing, where it is of that kind."""
    if not isinstance(found.thing, kind):
        raise refuse("NOT_FOUND", f"Could not resolve to {kind.__name__} node.")
    return found.thing
