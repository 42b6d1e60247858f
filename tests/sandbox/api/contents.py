"""Files and folders over REST."""

from __future__ import annotations

import base64

from flask import Blueprint, Response, jsonify, request

from tests.sandbox.api.asking import body, caller
from tests.sandbox.api.revisions import encoded, revision
from tests.sandbox.errors import ApiError, not_found
from tests.sandbox.git import GitError
from tests.sandbox.repositories import commit as commit_files
from tests.sandbox.repositories import push
from tests.sandbox.shapes import Json, git_commit_json, repository_url
from tests.sandbox.state import Repository
from tests.sandbox.world import World

MAX_CONTENT = 1024 * 1024  # bytes; above, the content is left out


def blueprint(world: World) -> Blueprint:
    """The routes under /contents."""
    routes = Blueprint("contents", __name__)

    @routes.get("/repos/<owner>/<name>/contents/")
    @routes.get("/repos/<owner>/<name>/contents/<path:path>")
    def contents(owner: str, name: str, path: str = "") -> Response:
        repository = caller().repository(owner, name, "contents")
        sha = revision(repository, request.args.get("ref") or repository.default_branch)
        return contents_answer(world, repository, sha, path.strip("/"))

    @routes.put("/repos/<owner>/<name>/contents/<path:path>")
    def put_contents(owner: str, name: str, path: str) -> tuple[Response, int]:
        repository = caller().repository(owner, name, "contents", "write")
        wanted = body()
        branch = wanted.get("branch") or repository.default_branch
        before = repository.git.resolve(f"refs/heads/{branch}")
        if before is None:
            raise ApiError(404, f"Branch {branch} not found")
        old = object_id(repository, before, path)
        if old is not None and wanted.get("sha") != old:
            raise ApiError(409, f"{path} does not match {wanted.get('sha')}")
        raw = base64.b64decode(wanted["content"])
        bot = world.app.bot
        sha = commit_files(world, repository, branch, {path: raw}, wanted["message"], bot)
        push(world, repository, branch, before, bot)
        new = object_id(repository, sha, path) or ""
        shape = {
            "content": file_shape(world, repository, sha, path, new, len(raw)),
            "commit": git_commit_json(world, repository, repository.git.read_commit(sha)),
        }
        return jsonify(shape), 200 if old else 201

    return routes


def contents_answer(world: World, repository: Repository, sha: str, path: str) -> Response:
    """A file or a folder's list, in the media type that was asked for."""
    accept = request.headers.get("Accept", "")
    git = repository.git
    if path == "" or is_tree(repository, sha, path):
        entries = git.tree(f"{sha}:{path}", recursive=False)
        prefix = f"{path}/" if path else ""
        listed = [
            entry_shape(world, repository, sha, prefix + one[4], one[1], one[2], one[3])
            for one in entries
        ]
        return jsonify(listed)
    raw = git.file(sha, path)
    if raw is None:
        raise not_found()
    if ".raw" in accept:
        return Response(raw, content_type="application/vnd.github.raw; charset=utf-8")
    shape = file_shape(
        world, repository, sha, path, object_id(repository, sha, path) or "", len(raw)
    )
    large = len(raw) > MAX_CONTENT
    shape["content"] = "" if large else encoded(raw)
    shape["encoding"] = "none" if large else "base64"
    return jsonify(shape)


def is_tree(repository: Repository, sha: str, path: str) -> bool:
    """Whether the path is a folder."""
    try:
        return repository.git.text("cat-file", "-t", f"{sha}:{path}") == "tree"
    except GitError:
        return False


def object_id(repository: Repository, sha: str, path: str) -> str | None:
    """The id of what stands at the path."""
    out = repository.git.run("rev-parse", "--verify", "--quiet", f"{sha}:{path}", ok=(0, 1, 128))
    return out.decode().strip() or None


def entry_shape(
    world: World, repository: Repository, ref: str, path: str, kind: str, sha: str, size: int | None
) -> Json:
    """An entry of a folder's list."""
    shape = file_shape(world, repository, ref, path, sha, size or 0)
    shape["type"] = {"tree": "dir", "commit": "submodule"}.get(kind, "file")
    return shape


def file_shape(
    world: World, repository: Repository, ref: str, path: str, sha: str, size: int
) -> Json:
    """A file of the contents API, without its content."""
    url = f"{repository_url(world, repository)}/contents/{path}?ref={ref}"
    git_url = f"{repository_url(world, repository)}/git/blobs/{sha}"
    html = f"{world.url}/{repository.full_name}/blob/{ref}/{path}"
    return {
        "name": path.split("/")[-1],
        "path": path,
        "sha": sha,
        "size": size,
        "url": url,
        "html_url": html,
        "git_url": git_url,
        "download_url": f"{world.url}/{repository.full_name}/raw/{ref}/{path}",
        "type": "file",
        "_links": {"self": url, "git": git_url, "html": html},
    }
