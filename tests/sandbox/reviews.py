"""Reviews and comments on lines, with the rules that GitHub holds them to."""

from __future__ import annotations

from typing import Any

from tests.sandbox.comment_shapes import review_comment_json, review_json
from tests.sandbox.conversation import MAX_BODY, check_body, check_unlocked
from tests.sandbox.diff import ChangedFile
from tests.sandbox.errors import ApiError, invalid, not_found
from tests.sandbox.places import Place, PlaceError, find_place
from tests.sandbox.pull_shapes import pull_json
from tests.sandbox.state import Account, PullRequest, Review, ReviewComment, Thread
from tests.sandbox.webhooks import emit
from tests.sandbox.world import World

STATES = {"COMMENT": "COMMENTED", "APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED"}
RESOURCE = "PullRequestReviewComment"
MAX_FILES = 3000  # of a pull request's, by path: GitHub shows no others


def files_at(world: World, pull: PullRequest, commit: str) -> list[ChangedFile]:
    """The pull request's diff as it was at one of its commits."""
    git = pull.repository.git
    sha = git.resolve(commit)
    known = {pull.head_sha} | {after for _, _, after in pull.pushes}
    if sha is None or (sha not in known and sha not in git.between(pull.base_sha, pull.head_sha)):
        raise ApiError(422, "Unprocessable Entity", ["Commit is not part of the pull request"])
    base = git.merge_base(pull.base_sha, sha) or pull.base_sha
    return world.changes(pull.repository, base, sha)[:MAX_FILES]


def create_review(
    world: World, pull: PullRequest, user: Account, request: dict[str, Any], by_app: bool
) -> Review:
    """Makes a review with all of its comments, or nothing."""
    with world.lock:
        check_unlocked(pull, by_app)
        commit = request.get("commit_id") or pull.head_sha
        files = files_at(world, pull, commit)
        comments = request.get("comments") or []
        body = request.get("body") or ""
        event = request.get("event")
        check_review(pull, user, event, body, comments)
        places = [review_place(files, one) for one in comments]
        review = Review(
            id=world.new_id(),
            user=user,
            body=body,
            state=STATES[event] if event else "PENDING",  # type: ignore[arg-type]
            commit_id=commit,
            submitted_at=world.now() if event else None,
            by_app=by_app,
        )
        pull.reviews.append(review)
        for place, one in zip(places, comments, strict=True):
            start_thread(world, pull, review, place, one["body"])
        if event:
            announce(world, pull, review)
        return review


def check_review(
    pull: PullRequest, user: Account, event: str | None, body: str, comments: list[Any]
) -> None:
    """Raises 422 for a review that GitHub would not take, whatever its places."""
    if len(body) > MAX_BODY:
        raise ApiError(
            422, "Unprocessable Entity", [f"Body is too long (maximum is {MAX_BODY} characters)"]
        )
    if event in ("COMMENT", "REQUEST_CHANGES") and not body.strip() and not comments:
        raise ApiError(422, "Unprocessable Entity", ["Body can't be blank"])
    if event in ("APPROVE", "REQUEST_CHANGES") and user is pull.user:
        words = "approve" if event == "APPROVE" else "request changes on"
        raise ApiError(422, "Unprocessable Entity", [f"Can not {words} your own pull request"])
    pending = any(one.user is user and one.state == "PENDING" for one in pull.reviews)
    if pending:
        text = "User can only have one pending review per pull request"
        raise ApiError(422, "Unprocessable Entity", [text])
    for one in comments:
        if not str(one.get("body", "")).strip() or len(one["body"]) > MAX_BODY:
            raise ApiError(422, "Unprocessable Entity", ["Body is invalid"])


def review_place(files: list[ChangedFile], request: dict[str, Any]) -> Place:
    """A comment's place; the error does not say which comment it was, as on GitHub."""
    try:
        return find_place(files, request)
    except PlaceError as error:
        raise ApiError(422, "Unprocessable Entity", [error.words]) from None


def create_comment(
    world: World, pull: PullRequest, user: Account, request: dict[str, Any], by_app: bool
) -> ReviewComment:
    """A single comment, in a review of its own, or a reply where `in_reply_to` says so."""
    with world.lock:
        check_unlocked(pull, by_app)
        check_body(RESOURCE, request.get("body", ""))
        if request.get("in_reply_to"):
            return reply(world, pull, user, request["in_reply_to"], request["body"], by_app)
        commit = request.get("commit_id")
        if not commit:
            raise invalid(RESOURCE, "commit_id", "missing_field")
        try:
            place = find_place(files_at(world, pull, commit), request)
        except PlaceError as error:
            field = f"pull_request_review_thread.{error.field}"
            raise invalid(RESOURCE, field, "custom", error.message) from None
        now = world.now()
        review = Review(world.new_id(), user, "", "COMMENTED", commit, now, by_app)
        pull.reviews.append(review)
        comment = start_thread(world, pull, review, place, request["body"])
        announce(world, pull, review)
        return comment


def start_thread(
    world: World, pull: PullRequest, review: Review, place: Place, body: str
) -> ReviewComment:
    """The first comment of a new thread."""
    now = world.now()
    comment = ReviewComment(
        id=world.new_id(),
        user=review.user,
        body=body,
        path=place.path,
        side=place.side,
        line=place.line,
        start_line=place.start_line,
        start_side=place.start_side,
        original_line=place.line,
        original_start_line=place.start_line,
        commit_id=review.commit_id,
        original_commit_id=review.commit_id,
        diff_hunk=place.diff_hunk,
        position=place.position,
        original_position=place.position,
        review=review,
        created_at=now,
        updated_at=now,
        subject_type="line" if place.hunk else "file",
        by_app=review.by_app,
    )
    pull.threads.append(Thread(world.new_id(), [comment]))
    return comment


def reply(
    world: World, pull: PullRequest, user: Account, to: int, body: str, by_app: bool = False
) -> ReviewComment:
    """An answer in a thread; GitHub takes only the thread's first comment as its address."""
    with world.lock:
        check_unlocked(pull, by_app)
        thread = next((one for one in pull.threads if one.comments[0].id == to), None)
        if thread is None:
            raise not_found()
        first = thread.comments[0]
        now = world.now()
        review = Review(world.new_id(), user, "", "COMMENTED", pull.head_sha, now, by_app)
        pull.reviews.append(review)
        comment = ReviewComment(
            id=world.new_id(),
            user=user,
            body=body,
            path=first.path,
            side=first.side,
            line=first.line,
            start_line=first.start_line,
            start_side=first.start_side,
            original_line=first.original_line,
            original_start_line=first.original_start_line,
            commit_id=first.commit_id,
            original_commit_id=first.original_commit_id,
            diff_hunk=first.diff_hunk,
            position=first.position,
            original_position=first.original_position,
            review=review,
            created_at=now,
            updated_at=now,
            subject_type=first.subject_type,
            in_reply_to=first,
            by_app=by_app,
        )
        thread.comments.append(comment)
        announce(world, pull, review)
        return comment


def announce(world: World, pull: PullRequest, review: Review) -> None:
    """Sends the webhooks of a submitted review and its comments."""
    simple = pull_json(world, pull, full=False)
    shape = review_json(world, pull, review) | {"state": review.state.lower()}
    payload = {"review": shape, "pull_request": simple}
    emit(world, "pull_request_review", "submitted", payload, review.user, pull.repository)
    for thread in pull.threads:
        for comment in thread.comments:
            if comment.review is review:
                emit_comment(world, pull, comment, "created", review.user)


def emit_comment(
    world: World,
    pull: PullRequest,
    comment: ReviewComment,
    action: str,
    user: Account,
    **more: Any,
) -> None:
    """Sends a `pull_request_review_comment` webhook."""
    payload = {
        "comment": review_comment_json(world, pull, comment),
        "pull_request": pull_json(world, pull, full=False),
    } | more
    emit(world, "pull_request_review_comment", action, payload, user, pull.repository)


def edit_comment(
    world: World, pull: PullRequest, comment: ReviewComment, body: str, user: Account
) -> None:
    """Replaces a comment's text."""
    with world.lock:
        check_body(RESOURCE, body)
        old, comment.body, comment.updated_at = comment.body, body, world.now()
        emit_comment(world, pull, comment, "edited", user, changes={"body": {"from": old}})


def delete_comment(world: World, pull: PullRequest, comment: ReviewComment, user: Account) -> None:
    """Removes a comment; a thread without comments goes too."""
    with world.lock:
        for thread in pull.threads:
            if comment in thread.comments:
                thread.comments.remove(comment)
        pull.threads = [thread for thread in pull.threads if thread.comments]
        emit_comment(world, pull, comment, "deleted", user)


def resolve_thread(
    world: World, pull: PullRequest, thread: Thread, user: Account | None, by: Account
) -> None:
    """Marks a thread as resolved by a user, or with None as open again."""
    with world.lock:
        thread.resolved_by = user
        comments = [review_comment_json(world, pull, one) for one in thread.comments]
        payload = {
            "thread": {"node_id": f"PRRT_{thread.id}", "comments": comments},
            "pull_request": pull_json(world, pull, full=False),
        }
        action = "resolved" if user else "unresolved"
        emit(world, "pull_request_review_thread", action, payload, by, pull.repository)
