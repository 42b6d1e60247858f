"""Repositories over REST: themselves, permissions, branches, commits, compare."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from tests.sandbox.api.asking import caller, paged
from tests.sandbox.api.revisions import revision
from tests.sandbox.errors import ApiError, not_found
from tests.sandbox.pull_shapes import file_json, pull_json
from tests.sandbox.shapes import (
    Json,
    commit_json,
    repository_json,
    repository_url,
    user_json,
)
from tests.sandbox.state import Repository
from tests.sandbox.world import World

MAX_COMPARED_FILES = 300
MAX_COMPARED_COMMITS = 250


def blueprint(world: World) -> Blueprint:
    """The routes under /repos/{owner}/{repo} that concern the repository and its git data."""
    routes = Blueprint("repositories", __name__)

    @routes.get("/repositories/<int:number>")
    def by_id(number: int) -> Response:
        repository = world.repositories.get(number)
        if repository is None or repository.deleted:
            raise not_found()
        found = caller().allowed(repository, ["metadata"], "read")
        return jsonify(repository_json(world, found))

    @routes.get("/repos/<owner>/<name>")
    def show(owner: str, name: str) -> Response:
        return jsonify(repository_json(world, caller().repository(owner, name)))

    @routes.get("/repos/<owner>/<name>/collaborators/<login>/permission")
    def permission(owner: str, name: str, login: str) -> Response:
        repository = caller().repository(owner, name, "metadata")
        if login not in world.accounts:
            raise not_found()
        account = world.account(login)
        role = repository.role(account)
        basic = {"maintain": "write", "triage": "read"}.get(role, role)
        return jsonify(
            {"permission": basic, "role_name": role, "user": collaborator(world, repository, login)}
        )

    @routes.get("/repos/<owner>/<name>/branches/<path:branch>")
    def show_branch(owner: str, name: str, branch: str) -> Response:
        repository = caller().repository(owner, name, "contents")
        sha = repository.git.resolve(f"refs/heads/{branch}")
        if sha is None:
            raise ApiError(404, "Branch not found")
        url = f"{repository_url(world, repository)}/branches/{branch}"
        html = f"{world.url}/{repository.full_name}/tree/{branch}"
        return jsonify(
            {
                "name": branch,
                "commit": commit_json(world, repository, repository.git.read_commit(sha)),
                "_links": {"self": url, "html": html},
                "protected": False,
                "protection": {"enabled": False},
                "protection_url": f"{url}/protection",
            }
        )

    @routes.get("/repos/<owner>/<name>/commits")
    def list_commits(owner: str, name: str) -> Response:
        repository = caller().repository(owner, name, "contents")
        start = revision(repository, request.args.get("sha") or repository.default_branch)
        paths = [request.args["path"]] if "path" in request.args else []
        shas = repository.git.text("rev-list", start, "--", *paths).split()
        git = repository.git
        return paged(shas, lambda sha: commit_json(world, repository, git.read_commit(sha)))

    @routes.get("/repos/<owner>/<name>/commits/<path:ref>")
    def show_commit(owner: str, name: str, ref: str) -> Response:
        repository = caller().repository(owner, name, "contents")
        commit = repository.git.read_commit(revision(repository, ref))
        base = commit.parents[0] if commit.parents else ""
        files = world.changes(repository, base, commit.sha)
        added = sum(file.additions for file in files)
        removed = sum(file.deletions for file in files)
        shape = commit_json(world, repository, commit)
        shape["stats"] = {"additions": added, "deletions": removed, "total": added + removed}
        shape["files"] = [file_json(world, repository, f, commit.sha) for f in files[:300]]
        return jsonify(shape)

    @routes.get("/repos/<owner>/<name>/commits/<sha>/pulls")
    def pulls_of_commit(owner: str, name: str, sha: str) -> Response:
        repository = caller().repository(owner, name, "pull_requests")
        found = [
            pull
            for pull in repository.pulls.values()
            if sha == pull.head_sha or sha in repository.git.between(pull.base_sha, pull.head_sha)
        ]
        return paged(found, lambda pull: pull_json(world, pull, full=False))

    @routes.get("/repos/<owner>/<name>/compare/<path:basehead>")
    def compare(owner: str, name: str, basehead: str) -> Response:
        repository = caller().repository(owner, name, "contents")
        return jsonify(compare_json(world, repository, basehead))

    return routes


def collaborator(world: World, repository: Repository, login: str) -> Json:
    """The `user` of a permission answer."""
    role = repository.role(world.account(login))
    order = ["read", "triage", "write", "maintain", "admin"]
    names = {"read": "pull", "write": "push"}
    rank = order.index(role) if role in order else -1
    permissions = {names.get(one, one): index <= rank for index, one in enumerate(order)}
    account = user_json(world, world.account(login))
    return account | {"permissions": permissions, "role_name": role}


def compare_json(world: World, repository: Repository, basehead: str) -> Json:
    """A `commit-comparison`; files stand on the first page alone, 300 at most."""
    left, dots, right = basehead.partition("...")
    if not dots:
        raise not_found()
    git = repository.git
    base, head = (revision(repository, side.split(":")[-1]) for side in (left, right))
    middle = git.merge_base(base, head)
    if middle is None:
        raise ApiError(404, f"No common ancestor between {left} and {right}.")
    ahead, behind = git.between(base, head), git.between(head, base)
    status = {(True, True): "diverged", (True, False): "ahead", (False, True): "behind"}
    size = max(1, min(100, int(request.args.get("per_page", MAX_COMPARED_COMMITS))))
    page = max(1, int(request.args.get("page", 1)))
    size = size if "page" in request.args or "per_page" in request.args else MAX_COMPARED_COMMITS
    shown = ahead[(page - 1) * size : page * size]
    html = f"{world.url}/{repository.full_name}/compare/{basehead}"
    files = world.changes(repository, middle, head)[:MAX_COMPARED_FILES] if page == 1 else []
    return {
        "url": f"{repository_url(world, repository)}/compare/{basehead}",
        "html_url": html,
        "permalink_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "base_commit": commit_json(world, repository, git.read_commit(base)),
        "merge_base_commit": commit_json(world, repository, git.read_commit(middle)),
        "status": status.get((bool(ahead), bool(behind)), "identical"),
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [commit_json(world, repository, git.read_commit(sha)) for sha in shown],
        "files": [file_json(world, repository, file, head) for file in files],
    }
