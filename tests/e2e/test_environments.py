"""A pull request beside the database that it will be deployed to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.projects import CLEAN, INIT, LATER, PROJECT
from tests.engine.sql.oracle.conftest import postgres18
from tests.support.postgres import Server
from tests.support.stack import Stack
from tests.workers.environments.conftest import HISTORY_TABLE, record

__all__ = ["postgres18"]


@pytest.fixture
def production(postgres18: Server) -> Iterator[tuple[Server, str]]:
    """A database that has run the first migration of the project."""
    with postgres18.database() as name:
        with postgres18.connect(name) as connection:
            connection.execute(HISTORY_TABLE.encode())
            connection.execute(PROJECT[INIT].encode())
            record(connection, INIT.split("/")[2], PROJECT[INIT])
        yield postgres18, name


def url_of(server: Server, name: str) -> str:
    return f"postgresql://postgres@/{name}?host={server.socket_dir}"


def test_the_review_says_what_will_be_applied_where(
    stack: Stack, production: tuple[Server, str]
) -> None:
    repository = stack.new_repository(PROJECT)
    stack.bind(repository.state.full_name, "production", url_of(*production))
    pull = repository.open_pull_request("feature", CLEAN)

    run = pull.wait_for_check()

    assert run.conclusion == "success"
    assert "| `production` | behind" in run.summary
    assert f"1. `{LATER.split('/')[2]}` runs" in run.summary


def test_a_migration_that_this_database_would_refuse_fails_the_check(
    stack: Stack, production: tuple[Server, str]
) -> None:
    server, name = production
    with server.connect(name) as connection:
        connection.execute('ALTER TABLE "users" ADD COLUMN "email" TEXT')
    repository = stack.new_repository(PROJECT)
    stack.bind(repository.state.full_name, "production", url_of(server, name))
    pull = repository.open_pull_request("feature", CLEAN)

    run = pull.wait_for_check()

    assert run.conclusion == "failure"
    assert "**fails**" in run.summary
    (comment,) = pull.review_comments()
    assert comment.path == LATER
    assert "would fail" in comment.body
    assert "42701" in comment.body


def test_a_database_that_does_not_answer_is_said_and_fails_nothing(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    secret = "postgresql://user:s3cret-word@db.invalid:5432/app"
    stack.bind(repository.state.full_name, "staging", secret)
    pull = repository.open_pull_request("feature", CLEAN)

    run = pull.wait_for_check()

    assert run.conclusion == "success"
    assert "| `staging` | not read |" in run.summary
    assert "s3cret-word" not in run.summary
    assert "s3cret-word" not in stack.logs()


def test_a_fork_is_told_nothing_of_real_databases(
    stack: Stack, production: tuple[Server, str]
) -> None:
    repository = stack.new_repository(PROJECT)
    stack.bind(repository.state.full_name, "production", url_of(*production))
    pull = repository.open_pull_request("feature", CLEAN, fork=True)

    run = pull.wait_for_check()

    assert "production" not in run.summary


def test_the_repository_says_which_branch_is_deployed_where(
    stack: Stack, production: tuple[Server, str]
) -> None:
    server, name = production
    with server.connect(name) as connection:
        connection.execute('ALTER TABLE "users" ADD COLUMN "email" TEXT')
    settings = ".github/driftline.yml"
    wishes = PROJECT[settings] + "environments:\n  production: release\n  staging: main\n"
    repository = stack.new_repository({**PROJECT, settings: wishes})
    stack.bind(repository.state.full_name, "production", url_of(server, name))
    pull = repository.open_pull_request("feature", CLEAN)

    run = pull.wait_for_check()

    assert run.conclusion == "success"  # what is deployed from another branch is a warning
    assert "**fails**" in run.summary
    assert "has bound no environment of that name" in run.summary
