"""The Git data API: trees, blobs, commits and refs."""

from __future__ import annotations

import base64
from typing import Any

from flask import Blueprint, Response, jsonify, request

from tests.sandbox.api.asking import body, caller
from tests.sandbox.api.revisions import encoded, revision
from tests.sandbox.errors import ApiError, invalid, not_found
from tests.sandbox.git import Entry, GitError
from tests.sandbox.repositories import push
from tests.sandbox.shapes import Json, git_commit_json, repository_url
from tests.sandbox.state import Repository
from tests.sandbox.world import World

MAX_TREE = 100_000  # entries of a recursive tree


def blueprint(world: World) -> Blueprint:
    """The routes under /git."""
    routes = Blueprint("git_data", __name__)

    @routes.get("/repos/<owner>/<name>/git/trees/<path:tree>")
    def show_tree(owner: str, name: str, tree: str) -> Response:
        repository = caller().repository(owner, name, "contents")
        return jsonify(tree_json(world, repository, tree, "recursive" in request.args))

    @routes.post("/repos/<owner>/<name>/git/trees")
    def create_tree(owner: str, name: str) -> tuple[Response, int]:
        repository = caller().repository(owner, name, "contents", "write")
        wanted = body()
        base = wanted.get("base_tree")
        entries = {one[4]: one[:3] for one in repository.git.tree(base, True)} if base else {}
        entries = {path: one for path, one in entries.items() if one[1] != "tree"}
        for one in wanted["tree"]:
            sha = one.get("sha")
            if "content" in one:
                sha = write_blob(repository, one["content"].encode())
            if sha is None:
                entries.pop(one["path"], None)
            else:
                entries[one["path"]] = (one["mode"], one.get("type", "blob"), sha)
        return jsonify(tree_json(world, repository, write_tree(repository, entries), False)), 201

    @routes.get("/repos/<owner>/<name>/git/blobs/<sha>")
    def show_blob(owner: str, name: str, sha: str) -> Response:
        repository = caller().repository(owner, name, "contents")
        try:
            raw = repository.git.blob(sha)
        except GitError:
            raise not_found() from None
        return jsonify(
            {
                "sha": sha,
                "node_id": f"B_{sha}",
                "size": len(raw),
                "url": f"{repository_url(world, repository)}/git/blobs/{sha}",
                "content": encoded(raw),
                "encoding": "base64",
            }
        )

    @routes.post("/repos/<owner>/<name>/git/blobs")
    def create_blob(owner: str, name: str) -> tuple[Response, int]:
        repository = caller().repository(owner, name, "contents", "write")
        wanted = body()
        content = wanted["content"]
        base64_given = wanted.get("encoding") == "base64"
        raw = base64.b64decode(content) if base64_given else content.encode()
        sha = write_blob(repository, raw)
        url = f"{repository_url(world, repository)}/git/blobs/{sha}"
        return jsonify({"sha": sha, "url": url}), 201

    @routes.get("/repos/<owner>/<name>/git/commits/<sha>")
    def show_git_commit(owner: str, name: str, sha: str) -> Response:
        repository = caller().repository(owner, name, "contents")
        found = repository.git.read_commit(revision(repository, sha))
        return jsonify(git_commit_json(world, repository, found))

    @routes.post("/repos/<owner>/<name>/git/commits")
    def create_git_commit(owner: str, name: str) -> tuple[Response, int]:
        repository = caller().repository(owner, name, "contents", "write")
        wanted = body()
        parents = [flag for sha in wanted.get("parents", []) for flag in ("-p", sha)]
        git = repository.git
        sha = git.text("commit-tree", wanted["tree"], *parents, "-m", wanted["message"])
        return jsonify(git_commit_json(world, repository, git.read_commit(sha))), 201

    @routes.get("/repos/<owner>/<name>/git/ref/<path:ref>")
    def show_ref(owner: str, name: str, ref: str) -> Response:
        repository = caller().repository(owner, name, "contents")
        return jsonify(ref_json(world, repository, ref))

    @routes.post("/repos/<owner>/<name>/git/refs")
    def create_ref(owner: str, name: str) -> tuple[Response, int]:
        repository = caller().repository(owner, name, "contents", "write")
        wanted = body()
        ref, sha = wanted["ref"], wanted["sha"]
        if not ref.startswith("refs/") or ref.count("/") < 2:
            raise invalid("Reference", "ref")
        if repository.git.resolve(ref):
            raise ApiError(422, "Reference already exists")
        if repository.git.resolve(sha) != sha:
            raise ApiError(422, "Object does not exist")
        repository.git.set_ref(ref, sha)
        if ref.startswith("refs/heads/"):
            push(world, repository, ref.removeprefix("refs/heads/"), None, world.app.bot)
        return jsonify(ref_json(world, repository, ref.removeprefix("refs/"))), 201

    @routes.patch("/repos/<owner>/<name>/git/refs/<path:ref>")
    def update_ref(owner: str, name: str, ref: str) -> Response:
        repository = caller().repository(owner, name, "contents", "write")
        wanted = body()
        before = repository.git.resolve(f"refs/{ref}")
        if before is None:
            raise ApiError(422, "Reference does not exist")
        base = repository.git.merge_base(before, wanted["sha"])
        if base != before and not wanted.get("force"):
            raise ApiError(422, "Update is not a fast forward")
        repository.git.set_ref(f"refs/{ref}", wanted["sha"])
        if ref.startswith("heads/"):
            push(world, repository, ref.removeprefix("heads/"), before, world.app.bot)
        return jsonify(ref_json(world, repository, ref))

    return routes


def tree_json(world: World, repository: Repository, tree: str, recursive: bool) -> Json:
    """A `git-tree`."""
    git = repository.git
    sha = git.text("rev-parse", "--verify", "--end-of-options", f"{tree}^{{tree}}")
    entries = git.tree(sha, recursive)
    url = repository_url(world, repository)
    shown: list[Json] = []
    for mode, kind, one, size, path in entries[:MAX_TREE]:
        entry: dict[str, Any] = {"path": path, "mode": mode, "type": kind, "sha": one}
        if size is not None:
            entry["size"] = size
        if kind != "commit":
            entry["url"] = f"{url}/git/{kind}s/{one}"
        shown.append(entry)
    return {
        "sha": sha,
        "url": f"{url}/git/trees/{sha}",
        "tree": shown,
        "truncated": len(entries) > MAX_TREE,
    }


def write_blob(repository: Repository, raw: bytes) -> str:
    """Stores a blob."""
    return repository.git.text("hash-object", "-w", "--stdin", stdin=raw)


def write_tree(repository: Repository, entries: dict[str, tuple[str, str, str]]) -> str:
    """Stores the tree that holds these paths."""
    files = {
        path: Entry(mode, repository.git.blob(sha)) for path, (mode, _, sha) in entries.items()
    }
    ref = "refs/sandbox/tree"
    sha = repository.git.commit(ref, files, "tree", ("sandbox", "sandbox"), 0, replace=True)
    repository.git.set_ref(ref, None)
    return repository.git.read_commit(sha).tree


def ref_json(world: World, repository: Repository, ref: str) -> Json:
    """A `git-ref`."""
    sha = repository.git.resolve(f"refs/{ref}")
    if sha is None:
        raise not_found()
    url = repository_url(world, repository)
    return {
        "ref": f"refs/{ref}",
        "node_id": f"REF_{ref}",
        "url": f"{url}/git/refs/{ref}",
        "object": {"type": "commit", "sha": sha, "url": f"{url}/git/commits/{sha}"},
    }
