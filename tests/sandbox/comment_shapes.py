"""The JSON of comments and reviews, as GitHub writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.pull_shapes import association, pull_html, pull_url
from tests.sandbox.shapes import (
    Json,
    app_json,
    node_id,
    reactions_json,
    repository_url,
    stamp,
    user_json,
)
from tests.sandbox.state import IssueComment, PullRequest, Review, ReviewComment

if TYPE_CHECKING:
    from tests.sandbox.world import World


def comment_json(world: World, pull: PullRequest, comment: IssueComment) -> Json:
    """An `issue-comment`."""
    repo = repository_url(world, pull.repository)
    url = f"{repo}/issues/comments/{comment.id}"
    return {
        "url": url,
        "html_url": f"{pull_html(world, pull)}#issuecomment-{comment.id}",
        "issue_url": f"{repo}/issues/{pull.number}",
        "id": comment.id,
        "node_id": node_id("IC", comment.id),
        "user": user_json(world, comment.user),
        "created_at": stamp(comment.created_at),
        "updated_at": stamp(comment.updated_at),
        "author_association": association(pull, comment.user),
        "body": comment.body,
        "reactions": reactions_json(url, comment.reactions),
        "performed_via_github_app": app_json(world, world.app) if comment.by_app else None,
    }


def review_json(world: World, pull: PullRequest, review: Review) -> Json:
    """A `pull-request-review`."""
    url = pull_url(world, pull)
    html = f"{pull_html(world, pull)}#pullrequestreview-{review.id}"
    shape = {
        "id": review.id,
        "node_id": node_id("PRR", review.id),
        "user": user_json(world, review.user),
        "body": review.body,
        "state": review.state,
        "html_url": html,
        "pull_request_url": url,
        "author_association": association(pull, review.user),
        "_links": {"html": {"href": html}, "pull_request": {"href": url}},
        "commit_id": review.commit_id,
    }
    if review.submitted_at:
        shape["submitted_at"] = stamp(review.submitted_at)
    return shape


def review_comment_json(world: World, pull: PullRequest, comment: ReviewComment) -> Json:
    """A `pull-request-review-comment`."""
    url = f"{repository_url(world, pull.repository)}/pulls/comments/{comment.id}"
    html = f"{pull_html(world, pull)}#discussion_r{comment.id}"
    address = pull_url(world, pull)
    shape: dict[str, Any] = {
        "url": url,
        "pull_request_review_id": comment.review.id,
        "id": comment.id,
        "node_id": node_id("PRRC", comment.id),
        "diff_hunk": comment.diff_hunk,
        "path": comment.path,
        "position": comment.position,
        "original_position": comment.original_position,
        "commit_id": comment.commit_id,
        "original_commit_id": comment.original_commit_id,
        "user": user_json(world, comment.user),
        "body": comment.body,
        "created_at": stamp(comment.created_at),
        "updated_at": stamp(comment.updated_at),
        "html_url": html,
        "pull_request_url": address,
        "author_association": association(pull, comment.user),
        "_links": {
            "self": {"href": url},
            "html": {"href": html},
            "pull_request": {"href": address},
        },
        "start_line": comment.start_line,
        "original_start_line": comment.original_start_line,
        "start_side": comment.start_side,
        "line": comment.line,
        "original_line": comment.original_line,
        "side": comment.side,
        "subject_type": comment.subject_type,
        "reactions": reactions_json(url, comment.reactions),
    }
    if comment.in_reply_to:
        shape["in_reply_to_id"] = comment.in_reply_to.id
    return shape
