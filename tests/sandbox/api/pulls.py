"""Pull requests over REST: themselves, their files and commits, their reviews."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from tests.sandbox import pulls, reviews
from tests.sandbox.api.asking import body, caller, find_pull, paged
from tests.sandbox.comment_shapes import review_comment_json, review_json
from tests.sandbox.diff import MAX_DIFF_BYTES, MAX_FILES, MAX_PATCH_LINES
from tests.sandbox.errors import ApiError, forbidden, invalid, not_found
from tests.sandbox.pull_shapes import file_json, pull_commits, pull_json
from tests.sandbox.state import PullRequest, Repository, Review
from tests.sandbox.world import World

MAX_DIFF_FILES = 300  # of the diff media type


def blueprint(world: World) -> Blueprint:
    """The routes of pull requests and reviews."""
    routes = Blueprint("pulls", __name__)

    def asked(owner: str, name: str, level: str = "read") -> Repository:
        return caller().repository(owner, name, "pull_requests", level)

    @routes.get("/repos/<owner>/<name>/pulls")
    def list_pulls(owner: str, name: str) -> Response:
        repository = asked(owner, name)
        state = request.args.get("state", "open")
        items = [one for one in repository.pulls.values() if state in ("all", one.state)]
        if "base" in request.args:
            items = [one for one in items if one.base_ref == request.args["base"]]
        if "head" in request.args:
            items = [one for one in items if head_label(one) == request.args["head"]]
        newest_first = request.args.get("direction", "desc") == "desc"
        if request.args.get("sort") == "updated":
            items.sort(key=lambda one: (one.updated_at, one.number), reverse=newest_first)
        else:
            items.sort(key=lambda one: one.number, reverse=newest_first)
        return paged(items, lambda one: pull_json(world, one, full=False))

    @routes.post("/repos/<owner>/<name>/pulls")
    def create_pull(owner: str, name: str) -> tuple[Response, int]:
        repository = asked(owner, name, "write")
        wanted = body()
        head = wanted["head"].split(":")[-1]
        if any(
            one.head_ref == head and one.base_ref == wanted["base"] and one.state == "open"
            for one in repository.pulls.values()
        ):
            text = f"A pull request already exists for {repository.owner.login}:{head}."
            raise ApiError(422, "Validation Failed", [{"resource": "PullRequest", "message": text}])
        try:
            pull = pulls.open_pull(
                world,
                repository,
                repository,
                head,
                wanted["base"],
                wanted.get("title", head),
                wanted.get("body") or "",
                world.app.bot,
                draft=bool(wanted.get("draft")),
            )
        except ValueError:
            raise invalid("PullRequest", "head") from None
        return jsonify(pull_json(world, pull)), 201

    @routes.get("/repos/<owner>/<name>/pulls/<int:number>")
    def show_pull(owner: str, name: str, number: int) -> Response:
        pull = find_pull(asked(owner, name), number)
        accept = request.headers.get("Accept", "")
        if ".diff" in accept:
            return diff_answer(world, pull)
        return jsonify(pull_json(world, pull))

    @routes.patch("/repos/<owner>/<name>/pulls/<int:number>")
    def edit_pull(owner: str, name: str, number: int) -> Response:
        pull = find_pull(asked(owner, name, "write"), number)
        wanted = body()
        bot = world.app.bot
        fields = (wanted.get("title"), wanted.get("body"), wanted.get("base"))
        pulls.edit(world, pull, bot, *fields)
        if wanted.get("state") == "closed" and pull.state == "open":
            pulls.close(world, pull, bot)
        elif wanted.get("state") == "open" and pull.state == "closed":
            pulls.reopen(world, pull, bot)
        return jsonify(pull_json(world, pull))

    @routes.get("/repos/<owner>/<name>/pulls/<int:number>/files")
    def list_files(owner: str, name: str, number: int) -> Response:
        pull = find_pull(asked(owner, name), number)
        return paged(
            world.files(pull),
            lambda one: file_json(world, pull.repository, one, pull.head_sha),
            limit=MAX_FILES,
        )

    @routes.get("/repos/<owner>/<name>/pulls/<int:number>/commits")
    def list_commits(owner: str, name: str, number: int) -> Response:
        pull = find_pull(asked(owner, name), number)
        return paged(pull_commits(world, pull), lambda one: one)

    @routes.get("/repos/<owner>/<name>/pulls/<int:number>/reviews")
    def list_reviews(owner: str, name: str, number: int) -> Response:
        pull = find_pull(asked(owner, name), number)
        return paged(shown_reviews(world, pull), lambda one: review_json(world, pull, one))

    @routes.post("/repos/<owner>/<name>/pulls/<int:number>/reviews")
    def create_review(owner: str, name: str, number: int) -> Response:
        pull = find_pull(asked(owner, name, "write"), number)
        review = reviews.create_review(world, pull, world.app.bot, body(), by_app=True)
        text = f"review with {sum(c.review is review for c in pull.review_comments)} comments"
        world.observe("review", text, pull=pull.number, review=review)
        return jsonify(review_json(world, pull, review))

    @routes.get("/repos/<owner>/<name>/pulls/<int:number>/reviews/<int:review_id>")
    def show_review(owner: str, name: str, number: int, review_id: int) -> Response:
        pull = find_pull(asked(owner, name), number)
        return jsonify(review_json(world, pull, find_review(pull, review_id)))

    @routes.put("/repos/<owner>/<name>/pulls/<int:number>/reviews/<int:review_id>")
    def edit_review(owner: str, name: str, number: int, review_id: int) -> Response:
        pull = find_pull(asked(owner, name, "write"), number)
        review = find_review(pull, review_id)
        if not review.by_app:
            raise forbidden()
        review.body = body()["body"]
        return jsonify(review_json(world, pull, review))

    @routes.get("/repos/<owner>/<name>/pulls/<int:number>/reviews/<int:review_id>/comments")
    def comments_of_review(owner: str, name: str, number: int, review_id: int) -> Response:
        pull = find_pull(asked(owner, name), number)
        review = find_review(pull, review_id)
        found = [c for t in pull.threads for c in t.comments if c.review is review]
        return paged(found, lambda one: review_comment_json(world, pull, one))

    return routes


def head_label(pull: PullRequest) -> str:
    """`owner:branch`."""
    owner = pull.head_repository.owner.login if pull.head_repository else "unknown"
    return f"{owner}:{pull.head_ref}"


def shown_reviews(world: World, pull: PullRequest) -> list[Review]:
    """The reviews that the App may see: all but others' pending ones."""
    return [one for one in pull.reviews if one.state != "PENDING" or one.by_app]


def find_review(pull: PullRequest, number: int) -> Review:
    """The review; raises 404."""
    for review in pull.reviews:
        if review.id == number:
            return review
    raise not_found()


def diff_answer(world: World, pull: PullRequest) -> Response:
    """The pull request as one diff; 406 where it is too large for that."""
    files = world.files(pull)
    git = pull.repository.git
    base = git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
    reason = ""
    raw = b""
    if len(files) > MAX_DIFF_FILES:
        reason = f"the diff exceeded the maximum number of files ({MAX_DIFF_FILES})"
    else:
        raw = git.run("diff", "--no-color", "--find-renames", base, pull.head_sha)
        if raw.count(b"\n") > MAX_PATCH_LINES:
            reason = f"the diff exceeded the maximum number of lines ({MAX_PATCH_LINES})"
        elif len(raw) > MAX_DIFF_BYTES:
            reason = "the diff exceeded the maximum size (1 MB)"
    if reason:
        errors: list[Any] = [{"resource": "PullRequest", "field": "diff", "code": "too_large"}]
        raise ApiError(406, f"Sorry, {reason}.", errors)
    return Response(raw, content_type="application/vnd.github.diff; charset=utf-8")
