"""Commits through the Git data API, against the sandbox that holds each request to GitHub's own
description."""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Iterator

import pytest
from redis import Redis

from bot.github.client import GitHub
from bot.github.commits import Changes, HeadMoved, blob_sha
from bot.github.errors import Forbidden
from bot.settings import Settings
from tests.sandbox import RepositoryHandle, Sandbox

FILES = {"README.md": "one\n", "db/a/migration.sql": "SELECT 1;\n"}


@pytest.fixture(scope="module")
def world() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(world: Sandbox) -> Iterator[Sandbox]:
    before = len(world.violations)
    yield world
    assert world.violations[before:] == []


@pytest.fixture
def owner(request: pytest.FixtureRequest) -> str:
    return f"octo-{zlib.crc32(request.node.name.encode()):x}"


@pytest.fixture
def hello(sandbox: Sandbox, owner: str) -> RepositoryHandle:
    handle = sandbox.create_repository(f"{owner}/hello", FILES)
    handle.commit(FILES | {"new.txt": "x\n"}, branch="topic/one")
    return handle


def client(
    settings: Settings, redis: Redis, sandbox: Sandbox, hello: RepositoryHandle, **granted: str
) -> GitHub:
    """The App's client, with what the owner has granted besides."""
    there = dataclasses.replace(
        settings,
        app_id=str(sandbox.app.id),
        private_key=sandbox.app.private_key,
        github_url=sandbox.api_url,
    )
    owner = hello.state.owner.login
    installation = sandbox.install(owner)
    if granted:
        sandbox.grant(installation, **granted)
    return GitHub.connect(there, redis, installation.id, hello.state.id, f"{owner}/hello")


@pytest.fixture
def github(
    settings: Settings, redis: Redis, sandbox: Sandbox, hello: RepositoryHandle
) -> Iterator[GitHub]:
    with client(settings, redis, sandbox, hello, contents="write") as found:
        yield found


def files(hello: RepositoryHandle, sha: str) -> dict[str, str]:
    git = hello.state.git
    return {
        path: git.blob(blob).decode()
        for _, kind, blob, _, path in git.tree(sha, True)
        if kind == "blob"
    }


def test_one_commit_adds_edits_and_renames(github: GitHub, hello: RepositoryHandle) -> None:
    head = hello.branch_sha("topic/one")
    changes = Changes(
        {"README.md": "two\n", "db/b/migration.sql": "SELECT 2;\n"},
        {"README.md": "one\n"},
        {"db/a/migration.sql": "db/c/migration.sql"},
    )
    sha = github.commit("topic/one", head, changes, "Mend\n\n- it")
    assert hello.branch_sha("topic/one") == sha
    assert list(hello.state.git.read_commit(sha).parents) == [head]
    assert files(hello, sha) == {
        "README.md": "two\n",
        "new.txt": "x\n",
        "db/b/migration.sql": "SELECT 2;\n",
        "db/c/migration.sql": "SELECT 1;\n",
    }


def test_a_branch_that_has_moved_is_left_alone(github: GitHub, hello: RepositoryHandle) -> None:
    head = hello.branch_sha("topic/one")
    moved = hello.commit(FILES | {"new.txt": "y\n"}, branch="topic/one")
    with pytest.raises(HeadMoved):
        github.commit("topic/one", head, Changes({"a.sql": "SELECT 1;\n"}), "Mend")
    assert hello.branch_sha("topic/one") == moved


@pytest.mark.parametrize(
    "changes",
    [
        Changes({"README.md": "two\n"}, {"README.md": "another\n"}),
        Changes({"README.md": "two\n"}),
        Changes({}, {}, {"gone.txt": "b.txt"}),
        Changes({}, {}, {"README.md": "new.txt"}),
    ],
)
def test_what_the_branch_holds_otherwise_is_not_overwritten(
    github: GitHub, hello: RepositoryHandle, changes: Changes
) -> None:
    head = hello.branch_sha("topic/one")
    with pytest.raises(HeadMoved):
        github.commit("topic/one", head, changes, "Mend")
    assert hello.branch_sha("topic/one") == head


def test_an_answer_that_got_lost_is_read_back(
    github: GitHub, hello: RepositoryHandle, sandbox: Sandbox
) -> None:
    head = hello.branch_sha("topic/one")
    sandbox.misbehave("502-after", "PATCH *git/refs*")
    sha = github.commit("topic/one", head, Changes({"a.sql": "SELECT 1;\n"}), "Mend")
    assert hello.branch_sha("topic/one") == sha


def test_without_the_permission_nothing_is_written(
    settings: Settings, redis: Redis, sandbox: Sandbox, hello: RepositoryHandle
) -> None:
    head = hello.branch_sha("topic/one")
    with client(settings, redis, sandbox, hello) as found, pytest.raises(Forbidden):
        found.commit("topic/one", head, Changes({"a.sql": "SELECT 1;\n"}), "Mend")
    assert hello.branch_sha("topic/one") == head


def test_a_blob_is_called_as_git_calls_it(hello: RepositoryHandle) -> None:
    names = {path: blob for _, _, blob, _, path in hello.state.git.tree("topic/one", True)}
    assert blob_sha("one\n") == names["README.md"]


def test_a_branch_that_was_set_back_does_not_get_back_what_it_dropped(
    github: GitHub, hello: RepositoryHandle
) -> None:
    head = hello.branch_sha("topic/one")
    (parent,) = hello.state.git.read_commit(head).parents
    hello.state.git.set_ref("refs/heads/topic/one", parent)
    with pytest.raises(HeadMoved):
        github.commit("topic/one", head, Changes({"a.sql": "SELECT 1;\n"}), "Mend")
    assert hello.branch_sha("topic/one") == parent
