"""How many requests a review costs, tokens included; git's own are no calls of the API."""

from __future__ import annotations

from redis import Redis

from tests.e2e.projects import CLEAN, DOCS, DRIFT, LATER, MEND, PROJECT, SCHEMA_PATH, schema
from tests.e2e.quiet import settle
from tests.sandbox.handles import RepositoryHandle, wait_until
from tests.support.stack import Stack

CLEAN_CALLS = 8
FINDINGS_CALLS = 15
MANY = [f"field_{number:02} String?" for number in range(13)]


FORGOTTEN = ("token", "slug", "organisation-default", "selection")


def rested(stack: Stack) -> None:
    """The rounds that every start brings have been made, and nothing is left to do."""
    redis = Redis.from_url(stack.redis_url)
    wait_until(lambda: redis.exists("driftline:rounds:pick-up"), "the rounds of the start")
    settle(stack)


def stranger(stack: Stack) -> RepositoryHandle:
    """A repository of which nothing is at hand: no token, no default, not the App's own name."""
    repository = stack.new_repository(PROJECT)
    rested(stack)
    redis = Redis.from_url(stack.redis_url)
    for kind in FORGOTTEN:
        for key in redis.scan_iter(f"driftline:{kind}:*"):
            redis.delete(key)
    return repository


def measured(stack: Stack, since: int) -> list[str]:
    settle(stack)
    requests = stack.sandbox.requests[since:]
    return [f"{one.facts['method']} {one.facts['path']}" for one in requests]


def test_the_first_of_all(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    rested(stack)
    since = len(stack.sandbox.requests)

    repository.open_pull_request("feature", CLEAN).wait_for_check()

    assert len(calls := measured(stack, since)) <= CLEAN_CALLS, "\n".join(calls)


def test_the_organisation_s_default_is_within_the_bound(stack: Stack) -> None:
    repository = stranger(stack)
    owner = repository.state.owner.login
    stack.sandbox.create_repository(f"{owner}/.github", {".github/driftline.yml": "trial: true"})
    settle(stack)
    since = len(stack.sandbox.requests)

    repository.open_pull_request("feature", CLEAN).wait_for_check()

    assert len(calls := measured(stack, since)) <= CLEAN_CALLS, "\n".join(calls)
    assert "POST /api/graphql" in calls, "other pull requests were asked for, too"


def test_a_clean_pull_request_in_a_repository_that_nobody_knows(stack: Stack) -> None:
    repository = stranger(stack)
    since = len(stack.sandbox.requests)

    repository.open_pull_request("feature", CLEAN).wait_for_check()

    assert len(calls := measured(stack, since)) <= CLEAN_CALLS, "\n".join(calls)


def test_a_pull_request_with_findings_in_a_repository_that_nobody_knows(stack: Stack) -> None:
    repository = stranger(stack)
    since = len(stack.sandbox.requests)

    repository.open_pull_request("feature", DRIFT).wait_for_check()

    assert len(calls := measured(stack, since)) <= FINDINGS_CALLS, "\n".join(calls)


def test_a_push_to_a_clean_pull_request(stack: Stack) -> None:
    pull = stack.new_repository(PROJECT).open_pull_request("feature", CLEAN)
    pull.wait_for_check()
    settle(stack)
    since = len(stack.sandbox.requests)

    pull.push({**DOCS, SCHEMA_PATH: "// more\n" + schema("email String?")})
    pull.wait_for_check()

    assert len(calls := measured(stack, since)) <= CLEAN_CALLS, "\n".join(calls)


def test_a_push_that_mends_many_and_brings_others(stack: Stack) -> None:
    repository = stack.sandbox.create_repository("frugal/app", PROJECT, install=False)
    stack.sandbox.install(
        "frugal", permissions={**stack.sandbox.app.permissions, "contents": "write"}
    )
    pull = repository.open_pull_request("feature", {SCHEMA_PATH: schema(*MANY)})
    pull.wait_for_check()
    assert len(pull.review_comments()) == 13
    settle(stack)
    since = len(stack.sandbox.requests)

    pull.push({SCHEMA_PATH: schema("other Int?")})
    pull.wait_for_check()

    assert len(calls := measured(stack, since)) <= FINDINGS_CALLS, "\n".join(calls)
    assert sum(one.body.startswith("Mended in") for one in pull.review_comments()) == 13
    assert [one.resolved_by is not None for one in pull.threads()] == [True] * 13 + [False]


def test_a_push_that_mends_five_hundred(stack: Stack) -> None:
    fields = [f"field_{number:03} String?" for number in range(500)]
    pull = stack.new_repository(PROJECT).open_pull_request(
        "feature", {SCHEMA_PATH: schema(*fields)}
    )
    pull.wait_for_check(timeout=60)
    settle(stack)
    since = len(stack.sandbox.requests)

    columns = ",\n".join(f'ADD COLUMN "field_{number:03}" TEXT' for number in range(250))
    pull.push({LATER: f'ALTER TABLE "users" {columns};\n'})
    pull.wait_for_check(timeout=60)

    assert len(calls := measured(stack, since)) <= FINDINGS_CALLS, "\n".join(calls)


def test_a_push_that_mends_all_is_a_review_like_any(stack: Stack) -> None:
    pull = stack.new_repository(PROJECT).open_pull_request("feature", DRIFT)
    pull.wait_for_check()
    settle(stack)
    since = len(stack.sandbox.requests)

    pull.push(MEND)
    pull.wait_for_check()

    assert len(calls := measured(stack, since)) <= FINDINGS_CALLS, "\n".join(calls)
