"""Issues over REST: those that the App writes about environments."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from tests.sandbox.api.asking import body, caller, paged
from tests.sandbox.errors import ApiError, not_found
from tests.sandbox.shapes import Json, app_json, node_id, repository_url, stamp, user_json
from tests.sandbox.state import Issue, Repository
from tests.sandbox.world import World


def blueprint(world: World) -> Blueprint:
    """The routes of issues."""
    routes = Blueprint("issues", __name__)

    def asked(owner: str, name: str, level: str = "read") -> Repository:
        return caller().repository(owner, name, "issues", level)

    @routes.get("/repos/<owner>/<name>/issues")
    def list_issues(owner: str, name: str) -> Response:
        repository = asked(owner, name)
        state, creator = request.args.get("state", "open"), request.args.get("creator")
        found = [
            one
            for one in reversed(repository.issues.values())
            if state in ("all", one.state) and creator in (None, one.user.login)
        ]
        return paged(found, lambda one: issue_json(world, repository, one))

    @routes.post("/repos/<owner>/<name>/issues")
    def create_issue(owner: str, name: str) -> tuple[Response, int]:
        repository = asked(owner, name, "write")
        given, now = body(), world.now()
        issue = Issue(
            id=world.new_id(),
            number=repository.next_number,
            title=str(given["title"]),
            body=str(given.get("body") or ""),
            user=world.app.bot,
            created_at=now,
            updated_at=now,
        )
        repository.issues[issue.number] = issue
        return jsonify(issue_json(world, repository, issue)), 201

    @routes.get("/repos/<owner>/<name>/issues/<int:number>")
    def show_issue(owner: str, name: str, number: int) -> Response:
        repository = asked(owner, name)
        return jsonify(issue_json(world, repository, find(repository, number)))

    @routes.patch("/repos/<owner>/<name>/issues/<int:number>")
    def edit_issue(owner: str, name: str, number: int) -> Response:
        repository = asked(owner, name, "write")
        issue = find(repository, number)
        change(issue, body(), world)
        return jsonify(issue_json(world, repository, issue))

    return routes


def find(repository: Repository, number: int) -> Issue:
    """The issue; raises 404."""
    issue = repository.issues.get(number)
    if issue is None:
        raise not_found()
    return issue


def change(issue: Issue, given: dict[str, Any], world: World) -> None:
    """Edit, close or open again."""
    if "title" in given:
        issue.title = str(given["title"])
    if "body" in given:
        issue.body = str(given["body"] or "")
    if given.get("state") in ("open", "closed"):
        issue.state = given["state"]
        issue.state_reason = given.get("state_reason")
        issue.closed_at = world.now() if issue.state == "closed" else None
    elif "state" in given:
        raise ApiError(422, "Validation Failed")
    issue.updated_at = world.now()


def issue_json(world: World, repository: Repository, issue: Issue) -> Json:
    """An `issue`."""
    repo = repository_url(world, repository)
    url = f"{repo}/issues/{issue.number}"
    return {
        "url": url,
        "repository_url": repo,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": f"{world.api_url}/{repository.full_name}/issues/{issue.number}",
        "id": issue.id,
        "node_id": node_id("I", issue.id),
        "number": issue.number,
        "title": issue.title,
        "user": user_json(world, issue.user),
        "labels": [],
        "state": issue.state,
        "state_reason": issue.state_reason,
        "locked": False,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": 0,
        "created_at": stamp(issue.created_at),
        "updated_at": stamp(issue.updated_at),
        "closed_at": stamp(issue.closed_at),
        "author_association": "NONE",
        "body": issue.body,
        "performed_via_github_app": app_json(world, world.app),
    }
