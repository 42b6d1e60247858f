"""Accounts, repositories and git objects as GraphQL nodes."""

from __future__ import annotations

import functools
from typing import Any

from tests.sandbox.api.asking import caller
from tests.sandbox.api.graphql_answers import forbidden, node
from tests.sandbox.git import Commit
from tests.sandbox.shapes import moment, node_id
from tests.sandbox.state import Account, Repository
from tests.sandbox.world import World


def actor(world: World, account: Account) -> dict[str, Any]:
    """An Actor; a bot's login stands without `[bot]` here, as on GitHub."""
    return node(
        account.type,
        id=node_id("U", account.id),
        login=account.login.removesuffix("[bot]"),
        url=f"{world.url}/{account.login}",
        resourcePath=f"/{account.login}",
        databaseId=account.id,
        avatarUrl=f"{world.url}/avatars/u/{account.id}",
    )


def ref_node(world: World, repository: Repository, branch: str) -> dict[str, Any] | None:
    """A Ref."""
    sha = repository.git.resolve(f"refs/heads/{branch}")
    if sha is None:
        return None
    commit = repository.git.read_commit(sha)
    return node(
        "Ref",
        id=node_id("REF", repository.id),
        name=branch,
        prefix="refs/heads/",
        target=commit_node(world, repository, commit),
    )


def git_object(
    world: World, repository: Repository, expression: str | None = None, oid: str | None = None
) -> dict[str, Any] | None:
    """What `object(expression:)` finds: a blob, a tree or a commit."""
    if not (caller().grants("contents", "read")):
        raise forbidden()
    git = repository.git
    wanted = expression or oid or ""
    out = git.run("rev-parse", "--verify", "--quiet", "--end-of-options", wanted, ok=(0, 1, 128))
    sha = out.decode().strip()
    if not sha:
        return None
    kind = git.text("cat-file", "-t", sha)
    if kind == "commit":
        return commit_node(world, repository, git.read_commit(sha))
    if kind == "blob":
        raw = git.blob(sha)
        binary = b"\0" in raw
        text = None if binary else raw.decode(errors="replace")
        return node(
            "Blob", id=f"B_{sha}", oid=sha, byteSize=len(raw), text=text, isBinary=binary,
            isTruncated=False, abbreviatedOid=sha[:7],
        )  # fmt: skip
    entries = [
        node(
            "TreeEntry", name=path, path=path, mode=int(mode, 8), type=type_, oid=one,
            size=size or 0, object=functools.partial(entry_object, world, repository, one),
        )
        for mode, type_, one, size, path in git.tree(sha, recursive=False)
    ]  # fmt: skip
    return node("Tree", id=f"T_{sha}", oid=sha, entries=entries, abbreviatedOid=sha[:7])


def entry_object(world: World, repository: Repository, sha: str, info: Any) -> Any:
    """The object of a tree's entry."""
    return git_object(world, repository, oid=sha)


def commit_node(world: World, repository: Repository, commit: Commit) -> dict[str, Any]:
    """A Commit."""
    return node(
        "Commit",
        id=f"C_{commit.sha}",
        oid=commit.sha,
        abbreviatedOid=commit.sha[:7],
        message=commit.message,
        messageHeadline=commit.message.split("\n")[0],
        committedDate=moment(commit.time),
        url=f"{world.url}/{repository.full_name}/commit/{commit.sha}",
    )
