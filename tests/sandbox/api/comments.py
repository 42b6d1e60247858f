"""Comments over REST: on lines, in the conversation, and reactions to both."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from tests.sandbox import conversation, reviews
from tests.sandbox.api.asking import ON_PULLS, body, caller, find_pull, no_content, paged
from tests.sandbox.comment_shapes import comment_json, review_comment_json
from tests.sandbox.errors import forbidden, not_found
from tests.sandbox.shapes import reaction_json
from tests.sandbox.state import IssueComment, PullRequest, Repository, ReviewComment
from tests.sandbox.world import World


def blueprint(world: World) -> Blueprint:
    """The routes of comments."""
    routes = Blueprint("comments", __name__)

    def asked(owner: str, name: str, level: str = "read") -> Repository:
        return caller().repository(owner, name, "pull_requests", level)

    @routes.get("/repos/<owner>/<name>/pulls/<int:number>/comments")
    def list_review_comments(owner: str, name: str, number: int) -> Response:
        pull = find_pull(asked(owner, name), number)
        return paged(pull.review_comments, lambda one: review_comment_json(world, pull, one))

    @routes.post("/repos/<owner>/<name>/pulls/<int:number>/comments")
    def create_review_comment(owner: str, name: str, number: int) -> tuple[Response, int]:
        pull = find_pull(asked(owner, name, "write"), number)
        comment = reviews.create_comment(world, pull, world.app.bot, body(), by_app=True)
        return jsonify(review_comment_json(world, pull, comment)), 201

    @routes.get("/repos/<owner>/<name>/pulls/comments/<int:comment_id>")
    def show_review_comment(owner: str, name: str, comment_id: int) -> Response:
        pull, comment = find_review_comment(asked(owner, name), comment_id)
        return jsonify(review_comment_json(world, pull, comment))

    @routes.patch("/repos/<owner>/<name>/pulls/comments/<int:comment_id>")
    def edit_review_comment(owner: str, name: str, comment_id: int) -> Response:
        pull, comment = find_review_comment(asked(owner, name, "write"), comment_id)
        own(comment)
        reviews.edit_comment(world, pull, comment, body()["body"], world.app.bot)
        return jsonify(review_comment_json(world, pull, comment))

    @routes.delete("/repos/<owner>/<name>/pulls/comments/<int:comment_id>")
    def delete_review_comment(owner: str, name: str, comment_id: int) -> Response:
        pull, comment = find_review_comment(asked(owner, name, "write"), comment_id)
        own(comment)
        reviews.delete_comment(world, pull, comment, world.app.bot)
        return no_content()

    @routes.get("/repos/<owner>/<name>/pulls/comments/<int:comment_id>/reactions")
    def list_review_reactions(owner: str, name: str, comment_id: int) -> Response:
        _, comment = find_review_comment(asked(owner, name), comment_id)
        return paged(comment.reactions, lambda one: reaction_json(world, one))

    @routes.post("/repos/<owner>/<name>/pulls/comments/<int:comment_id>/reactions")
    def react_to_review(owner: str, name: str, comment_id: int) -> tuple[Response, int]:
        _, comment = find_review_comment(asked(owner, name, "write"), comment_id)
        return react(comment)

    def commented(owner: str, name: str, level: str = "read") -> Repository:
        repository = caller().repository(owner, name)
        return caller().allowed(repository, ON_PULLS, level)

    @routes.get("/repos/<owner>/<name>/issues/<int:number>/comments")
    def list_comments(owner: str, name: str, number: int) -> Response:
        pull = find_pull(commented(owner, name), number)
        return paged(pull.comments, lambda one: comment_json(world, pull, one))

    @routes.post("/repos/<owner>/<name>/issues/<int:number>/comments")
    def create_comment(owner: str, name: str, number: int) -> tuple[Response, int]:
        pull = find_pull(commented(owner, name, "write"), number)
        text = body().get("body", "")
        comment = conversation.add_comment(world, pull, world.app.bot, text, by_app=True)
        world.observe("comment", "comment posted", pull=pull.number, comment=comment)
        return jsonify(comment_json(world, pull, comment)), 201

    @routes.post("/repos/<owner>/<name>/issues/<int:number>/reactions")
    def react_to_pull(owner: str, name: str, number: int) -> tuple[Response, int]:
        return react(find_pull(commented(owner, name, "write"), number))

    @routes.get("/repos/<owner>/<name>/issues/comments/<int:comment_id>")
    def show_comment(owner: str, name: str, comment_id: int) -> Response:
        pull, comment = find_comment(commented(owner, name), comment_id)
        return jsonify(comment_json(world, pull, comment))

    @routes.patch("/repos/<owner>/<name>/issues/comments/<int:comment_id>")
    def edit_comment(owner: str, name: str, comment_id: int) -> Response:
        pull, comment = find_comment(commented(owner, name, "write"), comment_id)
        own(comment)
        conversation.edit_comment(world, pull, comment, body()["body"], world.app.bot)
        return jsonify(comment_json(world, pull, comment))

    @routes.delete("/repos/<owner>/<name>/issues/comments/<int:comment_id>")
    def delete_comment(owner: str, name: str, comment_id: int) -> Response:
        pull, comment = find_comment(commented(owner, name, "write"), comment_id)
        own(comment)
        conversation.delete_comment(world, pull, comment, world.app.bot)
        return no_content()

    @routes.get("/repos/<owner>/<name>/issues/comments/<int:comment_id>/reactions")
    def list_reactions(owner: str, name: str, comment_id: int) -> Response:
        _, comment = find_comment(commented(owner, name), comment_id)
        return paged(comment.reactions, lambda one: reaction_json(world, one))

    @routes.post("/repos/<owner>/<name>/issues/comments/<int:comment_id>/reactions")
    def react_to_comment(owner: str, name: str, comment_id: int) -> tuple[Response, int]:
        _, comment = find_comment(commented(owner, name, "write"), comment_id)
        return react(comment)

    @routes.delete(
        "/repos/<owner>/<name>/issues/comments/<int:comment_id>/reactions/<int:reaction_id>"
    )
    def remove_reaction(owner: str, name: str, comment_id: int, reaction_id: int) -> Response:
        _, comment = find_comment(commented(owner, name, "write"), comment_id)
        kept = [one for one in comment.reactions if one.id != reaction_id]
        if len(kept) == len(comment.reactions):
            raise not_found()
        comment.reactions[:] = kept
        return no_content()

    def react(comment: PullRequest | IssueComment | ReviewComment) -> tuple[Response, int]:
        content = body().get("content", "")
        reaction, new = conversation.react(world, comment, world.app.bot, content)
        return jsonify(reaction_json(world, reaction)), 201 if new else 200

    return routes


def own(comment: IssueComment | ReviewComment) -> None:
    """Raises 403 for somebody else's comment; an App may change its own alone."""
    if not comment.by_app:
        raise forbidden()


def find_review_comment(repository: Repository, number: int) -> tuple[PullRequest, ReviewComment]:
    """The comment on lines, and its pull request; raises 404."""
    for pull in repository.pulls.values():
        for comment in pull.review_comments:
            if comment.id == number:
                return pull, comment
    raise not_found()


def find_comment(repository: Repository, number: int) -> tuple[PullRequest, IssueComment]:
    """The comment in the conversation, and its pull request; raises 404."""
    for pull in repository.pulls.values():
        for comment in pull.comments:
            if comment.id == number:
                return pull, comment
    raise not_found()
