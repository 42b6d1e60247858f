"""Comments in the conversation of a pull request, and reactions to any comment."""

from __future__ import annotations

from tests.sandbox.comment_shapes import comment_json
from tests.sandbox.errors import ApiError, invalid
from tests.sandbox.pull_shapes import issue_json
from tests.sandbox.shapes import REACTIONS
from tests.sandbox.state import Account, IssueComment, PullRequest, Reaction, ReviewComment
from tests.sandbox.webhooks import emit
from tests.sandbox.world import World

MAX_BODY = 65536  # characters of a comment's or review's text


def check_body(resource: str, body: str) -> None:
    """Raises 422 for a text that GitHub would not take."""
    if not body.strip():
        raise invalid(resource, "body", "missing_field")
    if len(body) > MAX_BODY:
        raise invalid(
            resource, "body", "custom", f"body is too long (maximum is {MAX_BODY} characters)"
        )


def check_unlocked(pull: PullRequest, by_app: bool) -> None:
    """Raises 403 where the conversation is locked to the App."""
    if pull.locked and by_app:
        raise ApiError(403, "Unable to create comment because issue is locked.")


def add_comment(
    world: World, pull: PullRequest, user: Account, body: str, by_app: bool = False
) -> IssueComment:
    """Writes a comment."""
    with world.lock:
        check_unlocked(pull, by_app)
        check_body("IssueComment", body)
        now = world.now()
        comment = IssueComment(world.new_id(), user, body, now, now, by_app)
        pull.comments.append(comment)
        emit_comment(world, pull, comment, "created", user)
        return comment


def edit_comment(
    world: World, pull: PullRequest, comment: IssueComment, body: str, user: Account
) -> None:
    """Replaces a comment's text."""
    with world.lock:
        check_body("IssueComment", body)
        old, comment.body, comment.updated_at = comment.body, body, world.now()
        emit_comment(world, pull, comment, "edited", user, changes={"body": {"from": old}})


def delete_comment(world: World, pull: PullRequest, comment: IssueComment, user: Account) -> None:
    """Removes a comment."""
    with world.lock:
        pull.comments.remove(comment)
        emit_comment(world, pull, comment, "deleted", user)


def emit_comment(
    world: World,
    pull: PullRequest,
    comment: IssueComment,
    action: str,
    user: Account,
    **more: object,
) -> None:
    """Sends an `issue_comment` webhook."""
    payload = {
        "issue": issue_json(world, pull),
        "comment": comment_json(world, pull, comment),
    } | more
    emit(world, "issue_comment", action, payload, user, pull.repository)


def react(
    world: World,
    comment: PullRequest | IssueComment | ReviewComment,
    user: Account,
    content: str,
) -> tuple[Reaction, bool]:
    """The user's reaction, and whether it is new; reacting twice changes nothing."""
    with world.lock:
        if content not in REACTIONS:
            raise invalid("Reaction", "content")
        for reaction in comment.reactions:
            if reaction.user is user and reaction.content == content:
                return reaction, False
        reaction = Reaction(world.new_id(), user, content, world.now())
        comment.reactions.append(reaction)
        return reaction, True
