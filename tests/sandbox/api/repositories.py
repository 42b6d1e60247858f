"""Repositories over REST: themselves, commits, compare, contents, and the Git data API."""

from __future__ import annotations

import base64
from typing import Any

from flask import Blueprint, Response, jsonify, request

from tests.sandbox.api.asking import body, caller, paged
from tests.sandbox.errors import ApiError, invalid, not_found
from tests.sandbox.git import Entry
from tests.sandbox.pull_shapes import file_json, pull_json
from tests.sandbox.repositories import commit as commit_files
from tests.sandbox.repositories import push
from tests.sandbox.shapes import (
    Json,
    commit_json,
    git_commit_json,
    repository_json,
    repository_url,
    user_json,
)
from tests.sandbox.state import Repository
from tests.sandbox.world import World

MAX_COMPARED_FILES = 300
MAX_COMPARED_COMMITS = 250
MAX_CONTENT = 1024 * 1024  # bytes; above, the content is left out
MAX_TREE = 100_000  # entries of a recursive tree


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
        except Exception:
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


def revision(repository: Repository, text: str) -> str:
    """The commit that a branch, tag, pull ref or sha stands for; raises 404 or 422."""
    for candidate in (f"refs/heads/{text}", f"refs/tags/{text}", f"refs/{text}", text):
        sha = None if candidate.startswith("-") else repository.git.resolve(candidate)
        if sha:
            return sha
    if len(text) == 40:
        raise ApiError(422, f"No commit found for SHA: {text}")
    raise not_found()


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
    except Exception:
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


def encoded(raw: bytes) -> str:
    """Base64 as GitHub wraps it: 60 columns and a newline at the end."""
    text = base64.b64encode(raw).decode()
    return "".join(text[start : start + 60] + "\n" for start in range(0, len(text), 60))


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
