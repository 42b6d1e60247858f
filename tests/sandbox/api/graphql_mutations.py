"""What GraphQL changes: threads resolved, comments minimized, edited, deleted, answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sandbox import conversation, reviews
from tests.sandbox.api.asking import ON_PULLS
from tests.sandbox.api.graphql_answers import forbidden, need, node, refuse
from tests.sandbox.api.graphql_pulls import (
    expected,
    find,
    node_of,
    review_comment_node,
    review_node,
    thread_node,
)
from tests.sandbox.state import IssueComment, PullRequest, ReviewComment, Thread
from tests.sandbox.world import World

Input = dict[str, Any]

CLASSIFIERS = {
    "ABUSE": "abuse",
    "DUPLICATE": "duplicate",
    "LOW_QUALITY": "low-quality",
    "OFF_TOPIC": "off-topic",
    "OUTDATED": "outdated",
    "RESOLVED": "resolved",
    "SPAM": "spam",
}


def payload(given: Input, **fields: Any) -> dict[str, Any]:
    """A mutation's answer, with the caller's own id for it."""
    return node("Payload", clientMutationId=given.get("clientMutationId"), **fields)


class Mutations:
    """The mutations that the sandbox knows, each with the permission that GitHub asks for."""

    def __init__(self, world: World) -> None:
        self.world = world

    def resolvers(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """The resolver of each mutation by its name."""
        deeds: dict[str, Callable[[Input], dict[str, Any]]] = {
            "resolveReviewThread": self.resolve,
            "unresolveReviewThread": self.unresolve,
            "minimizeComment": self.minimize,
            "unminimizeComment": self.unminimize,
            "updatePullRequestReviewComment": self.update_review_comment,
            "updateIssueComment": self.update_issue_comment,
            "deletePullRequestReviewComment": self.delete,
            "addPullRequestReviewThreadReply": self.reply,
        }
        return {name: resolver(deed) for name, deed in deeds.items()}

    def resolve(self, given: Input) -> dict[str, Any]:
        """Marks a thread as resolved."""
        return self._set_resolved(given, True)

    def unresolve(self, given: Input) -> dict[str, Any]:
        """Opens a thread again."""
        return self._set_resolved(given, False)

    def _set_resolved(self, given: Input, value: bool) -> dict[str, Any]:
        found = find(self.world, given["threadId"])
        thread = expected(found, Thread)
        # https://github.com/orgs/community/discussions/44650: pull_requests: write is not enough
        need(found.pull, ["pull_requests"], "write")
        need(found.pull, ["contents"], "write")
        bot = self.world.app.bot
        reviews.resolve_thread(self.world, found.pull, thread, bot if value else None, bot)
        return payload(given, thread=thread_node(self.world, found.pull, thread))

    def minimize(self, given: Input) -> dict[str, Any]:
        """Folds a comment away, with a reason."""
        reason = CLASSIFIERS[given["classifier"]]
        return payload(given, minimizedComment=self._set_minimized(given, reason))

    def unminimize(self, given: Input) -> dict[str, Any]:
        """Shows a folded comment again."""
        return payload(given, unminimizedComment=self._set_minimized(given, None))

    def _set_minimized(self, given: Input, reason: str | None) -> dict[str, Any]:
        found = find(self.world, given["subjectId"])
        need(found.pull, ON_PULLS, "write")
        if isinstance(found.thing, PullRequest | Thread):
            raise refuse("NOT_FOUND", "Could not resolve to Minimizable node.")
        found.thing.minimized = reason
        return node_of(self.world, found)

    def update_review_comment(self, given: Input) -> dict[str, Any]:
        """Replaces the text of a comment on lines."""
        found = find(self.world, given["pullRequestReviewCommentId"])
        comment = expected(found, ReviewComment)
        self._own(found.pull, comment)
        reviews.edit_comment(self.world, found.pull, comment, given["body"], self.world.app.bot)
        return payload(given, pullRequestReviewComment=node_of(self.world, found))

    def update_issue_comment(self, given: Input) -> dict[str, Any]:
        """Replaces the text of a comment in the conversation."""
        found = find(self.world, given["id"])
        comment = expected(found, IssueComment)
        self._own(found.pull, comment)
        bot = self.world.app.bot
        conversation.edit_comment(self.world, found.pull, comment, given["body"], bot)
        return payload(given, issueComment=node_of(self.world, found))

    def delete(self, given: Input) -> dict[str, Any]:
        """Removes a comment on lines."""
        found = find(self.world, given["id"])
        comment = expected(found, ReviewComment)
        self._own(found.pull, comment)
        shown = node_of(self.world, found)
        reviews.delete_comment(self.world, found.pull, comment, self.world.app.bot)
        review = review_node(self.world, found.pull, comment.review)
        return payload(given, pullRequestReviewComment=shown, pullRequestReview=review)

    def reply(self, given: Input) -> dict[str, Any]:
        """Answers in a thread."""
        found = find(self.world, given["pullRequestReviewThreadId"])
        thread = expected(found, Thread)
        need(found.pull, ["pull_requests"], "write")
        bot, first = self.world.app.bot, thread.comments[0].id
        made = reviews.reply(self.world, found.pull, bot, first, given["body"], by_app=True)
        return payload(given, comment=review_comment_node(self.world, found.pull, made))

    def _own(self, pull: PullRequest, comment: IssueComment | ReviewComment) -> None:
        need(pull, ["pull_requests"], "write")
        if not comment.by_app:
            raise forbidden()


def resolver(deed: Callable[[Input], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A mutation as graphql-core calls it."""
    return lambda info, **arguments: deed(arguments["input"])
