"""Reviews, comments, threads and reactions (port `Conversation`)."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.github import answers
from bot.github.errors import Forbidden, NotFound
from bot.github.facts import (
    DraftComment,
    IssueComment,
    Reaction,
    Review,
    ReviewComment,
    ReviewThread,
)
from bot.github.repository import RepositoryClient

if TYPE_CHECKING:
    from bot.github.transport import Transport

# `databaseId` of a review comment does not hold 64 bits and is deprecated for `fullDatabaseId`:
# https://docs.github.com/en/graphql/reference/objects#pullrequestreviewcomment
_THREADS = """
query ReviewThreads($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id
          isResolved
          isOutdated
          path
          viewerCanResolve
          comments(first: 50) {
            nodes { fullDatabaseId body author { __typename login } }
          }
        }
      }
    }
  }
}
"""
_COMMENT = "pullRequestReviewCommentId"
_BATCH = 50
"""Mutations in one request: GitHub makes them one after the other, and ends after ten seconds.
https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api"""


class Conversations(RepositoryClient):
    """What is said on the pull requests of one repository."""

    def reviews(self, number: int) -> tuple[Review, ...]:
        """Every review of the pull request."""
        items = self._transport.pages(self._path("pulls", number, "reviews"))
        return tuple(answers.review(item) for item in items)

    def create_review(
        self, number: int, commit_sha: str, body: str, comments: Sequence[DraftComment]
    ) -> Review:
        """One COMMENT review with its comments, all or nothing; `body` may not be empty."""
        if not body:
            raise ValueError("GitHub demands a body of a COMMENT review.")
        request = {
            "commit_id": commit_sha,
            "body": body,
            "event": "COMMENT",
            "comments": [_draft(comment) for comment in comments],
        }
        path = self._path("pulls", number, "reviews")
        return answers.review(self._transport.write("POST", path, request))

    def review_comments(self, number: int) -> tuple[ReviewComment, ...]:
        """Every review comment of the pull request, the oldest first."""
        items = self._transport.pages(
            self._path("pulls", number, "comments"), sort="created", direction="asc"
        )
        return tuple(answers.review_comment(item) for item in items)

    def review_comment(self, comment_id: int) -> ReviewComment:
        """One review comment."""
        return answers.review_comment(
            self._transport.get(self._path("pulls", "comments", comment_id))
        )

    def reply(self, number: int, to: ReviewComment, body: str) -> ReviewComment:
        """Answer in the thread of a comment.

        By `in_reply_to`, since GitHub's description keeps `.../replies` from Apps; the commit and
        the path are demanded there and then ignored.
        """
        request = {
            "body": body,
            "in_reply_to": to.reply_to or to.id,
            "commit_id": to.commit_sha or to.original_commit_sha,
            "path": to.path,
        }
        path = self._path("pulls", number, "comments")
        return answers.review_comment(self._transport.write("POST", path, request))

    def edit_review_comment(self, comment_id: int, body: str) -> None:
        """Replace a review comment's text."""
        path = self._path("pulls", "comments", comment_id)
        self._transport.write("PATCH", path, {"body": body}, may_repeat=True)

    def delete_review_comment(self, comment_id: int) -> None:
        """Delete a review comment; one that is gone already is well."""
        self._delete(self._path("pulls", "comments", comment_id))

    def issue_comments(self, number: int) -> tuple[IssueComment, ...]:
        """The conversation's comments, the oldest first."""
        items = self._transport.pages(self._path("issues", number, "comments"))
        return tuple(answers.issue_comment(item) for item in items)

    def create_issue_comment(self, number: int, body: str) -> IssueComment:
        """Write into the conversation."""
        path = self._path("issues", number, "comments")
        return answers.issue_comment(self._transport.write("POST", path, {"body": body}))

    def edit_issue_comment(self, comment_id: int, body: str) -> None:
        """Replace a comment's text."""
        path = self._path("issues", "comments", comment_id)
        self._transport.write("PATCH", path, {"body": body}, may_repeat=True)

    def delete_issue_comment(self, comment_id: int) -> None:
        """Delete a comment; one that is gone already is well."""
        self._delete(self._path("issues", "comments", comment_id))

    def react(self, comment_id: int, reaction: Reaction) -> None:
        """React to a comment of the conversation; twice is the same as once."""
        self._react(self._path("issues", "comments", comment_id, "reactions"), reaction)

    def react_to_review_comment(self, comment_id: int, reaction: Reaction) -> None:
        """React to a review comment; twice is the same as once."""
        self._react(self._path("pulls", "comments", comment_id, "reactions"), reaction)

    def review_threads(self, number: int) -> tuple[ReviewThread, ...]:
        """Every review thread with its first 50 comments, by GraphQL."""
        owner, _, name = self.name.partition("/")
        threads: list[ReviewThread] = []
        after: str | None = None
        while True:
            variables = {"owner": owner, "name": name, "number": number, "after": after}
            page = _threads_page(self._transport.graphql(_THREADS, variables))
            threads += (answers.review_thread(node) for node in page["nodes"] if node)
            if not page["pageInfo"]["hasNextPage"]:
                return tuple(threads)
            after = page["pageInfo"]["endCursor"]

    def revise_review_comments(
        self, edits: Mapping[str, str], deletions: Sequence[str] = ()
    ) -> frozenset[str]:
        """Replace texts and delete comments by their node ids; those that were changed."""
        deeds = [
            Deed(node, "updatePullRequestReviewComment", {_COMMENT: node, "body": body})
            for node, body in edits.items()
        ]
        deeds += [Deed(node, "deletePullRequestReviewComment", {"id": node}) for node in deletions]
        return done(self._transport, deeds)

    def _delete(self, path: str) -> None:
        with contextlib.suppress(NotFound):
            self._transport.write("DELETE", path, None, may_repeat=True)

    def _react(self, path: str, reaction: Reaction) -> None:
        # 200 says that it was there, 201 that it is new.
        self._transport.write("POST", path, {"content": reaction}, may_repeat=True)


@dataclass(frozen=True, slots=True)
class Deed:
    """One mutation of a batch, on the thing of this node id."""

    node: str
    name: str
    input: Mapping[str, str]


def resolutions(thread_ids: Sequence[str]) -> list[Deed]:
    """What resolves threads, by a token that holds `contents: write`."""
    return [Deed(each, "resolveReviewThread", {"threadId": each}) for each in thread_ids]


def done(transport: Transport, deeds: Sequence[Deed]) -> frozenset[str]:
    """Do them, as few requests as GitHub allows; the nodes of those that worked.

    All may be done twice. A batch of which nothing worked because GitHub forbids it, or because
    all of it is gone, raises nothing.
    """
    found: set[str] = set()
    for start in range(0, len(deeds), _BATCH):
        batch = deeds[start : start + _BATCH]
        variables = {f"input{number}": dict(deed.input) for number, deed in enumerate(batch)}
        try:
            answer = transport.graphql(_mutation(batch), variables, is_write=True, partly=True)
        except (NotFound, Forbidden):
            continue
        found.update(deed.node for n, deed in enumerate(batch) if answer.get(f"deed{n}"))
    return frozenset(found)


def _mutation(batch: Sequence[Deed]) -> str:
    """One operation with an alias for each; nothing but their input is anybody's own text."""
    inputs = ", ".join(
        f"$input{n}: {deed.name[0].upper()}{deed.name[1:]}Input!" for n, deed in enumerate(batch)
    )
    lines = (
        f"  deed{n}: {deed.name}(input: $input{n}) {{ clientMutationId }}"
        for n, deed in enumerate(batch)
    )
    return f"mutation Batch({inputs}) {{\n{chr(10).join(lines)}\n}}\n"


def _threads_page(data: Any) -> Any:
    pull = (data.get("repository") or {}).get("pullRequest")
    if pull is None:
        raise NotFound("GitHub's GraphQL knows no such pull request.", status=404)
    return pull["reviewThreads"]


def _draft(comment: DraftComment) -> dict[str, Any]:
    body: dict[str, Any] = {
        "path": comment.path,
        "body": comment.body,
        "line": comment.line,
        "side": comment.side,
    }
    # "start line must precede the end line": GitHub refuses one that is the same.
    if comment.start_line is not None and comment.start_line < comment.line:
        body["start_line"] = comment.start_line
        body["start_side"] = comment.start_side or comment.side
    return body
