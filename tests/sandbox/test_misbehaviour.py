"""Faults on demand, conditional requests, limits."""

from __future__ import annotations

import pytest
import requests
from github import GithubException

from tests.sandbox import Limits, PullHandle, RepositoryHandle, Sandbox
from tests.sandbox.conftest import Client
from tests.sandbox.receiver import Receiver

COMMENTS = "POST */issues/*/comments"


@pytest.mark.parametrize(
    ("kind", "status", "written"),
    [
        ("502", 502, 0),
        ("502-after", 502, 1),
        ("429", 429, 0),
        ("422", 422, 0),
        ("403-secondary", 403, 0),
    ],
)
def test_a_fault_strikes_once_before_or_after_the_work(
    github: Sandbox, pull: PullHandle, client: Client, kind: str, status: int, written: int
) -> None:
    fault = github.misbehave(kind, COMMENTS)
    with pytest.raises(GithubException) as caught:
        client.pull().create_issue_comment("Hello")
    assert caught.value.status == status
    assert len(pull.comments()) == written
    assert len(fault.hits) == 1
    client.pull().create_issue_comment("Hello")
    assert len(pull.comments()) == written + 1


def test_a_secondary_limit_says_how_long_to_wait_where_told_to(
    github: Sandbox, pull: PullHandle, client: Client
) -> None:
    github.misbehave("403-secondary-retry-after", COMMENTS, retry_after=7)
    with pytest.raises(GithubException) as caught:
        client.pull().create_issue_comment("Hello")
    assert (caught.value.headers or {})["retry-after"] == "7"
    assert "secondary rate limit" in caught.value.data["message"]


def test_a_dropped_connection_may_have_done_its_work(
    github: Sandbox, pull: PullHandle, client: Client
) -> None:
    found = client.pull()
    github.misbehave("drop-after", COMMENTS)
    with pytest.raises(requests.ConnectionError):
        found.create_issue_comment("Hello")
    assert len(pull.comments()) == 1


def test_deliveries_are_lost_doubled_and_put_out_of_order(
    github: Sandbox, receiver: Receiver, pull: PullHandle
) -> None:
    github.drain()
    receiver.received.clear()
    github.misbehave("lose", "push")
    github.misbehave("double", "check_suite.*")
    github.misbehave("hold", "pull_request.synchronize")
    pull.push({"x.sql": "x\n"})
    pull.comment("alice", "Hello")
    github.drain()
    assert receiver.events == ["check_suite", "check_suite", "issue_comment", "pull_request"]
    assert [one.status_code for one in github.deliveries if one.name == "push"][-1] == 502


def test_a_fault_of_an_unknown_kind_is_a_mistake(github: Sandbox) -> None:
    with pytest.raises(ValueError, match="known are"):
        github.misbehave("tea")


def test_an_unchanged_answer_costs_nothing(
    github: Sandbox, repository: RepositoryHandle, client: Client
) -> None:
    found = client.repository()
    used = github.limits.used
    assert found.update() is False
    assert github.limits.used == used


def test_the_primary_limit_ends_at_its_number(receiver: Receiver) -> None:
    with Sandbox(receiver.url, Limits(primary=2)) as github:
        github.create_repository("acme/app", {"README.md": "Hello\n"})
        client = Client(github)
        found = client.installation()
        found.get_repo("acme/app")
        found.get_repo("acme/app")
        with pytest.raises(GithubException) as caught:
            found.get_repo("acme/app")
    assert caught.value.status == 403
    assert (caught.value.headers or {})["x-ratelimit-remaining"] == "0"


def test_each_installation_has_a_primary_limit_of_its_own(receiver: Receiver) -> None:
    with Sandbox(receiver.url, Limits(primary=2)) as github:
        github.create_repository("acme/app", {"README.md": "Hello\n"})
        github.create_repository("other/app", {"README.md": "Hello\n"})
        client = Client(github)
        acme, other = (client.installation(number=n) for n in github.world.installations)
        acme.get_repo("acme/app")
        acme.get_repo("acme/app")
        other.get_repo("other/app")
        assert other.rate_limiting == (1, 2)
        with pytest.raises(GithubException):
            acme.get_repo("acme/app")


def test_writes_over_the_secondary_limit_are_refused_with_the_wait(receiver: Receiver) -> None:
    with Sandbox(receiver.url, Limits(writes_a_minute=2)) as github:
        repository = github.create_repository("acme/app", {"README.md": "Hello\n"})
        repository.open_pull_request("f", {"x.sql": "x\n"})
        pull = Client(github).pull()
        pull.create_issue_comment("One")
        pull.create_issue_comment("Two")
        with pytest.raises(GithubException) as caught:
            pull.create_issue_comment("Three")
    assert (caught.value.headers or {})["retry-after"] == "60"


def test_tokens_expire_in_the_middle_where_told_to(
    github: Sandbox, pull: PullHandle, client: Client
) -> None:
    found = client.pull()
    github.misbehave("expire", COMMENTS)
    with pytest.raises(GithubException) as caught:
        found.create_issue_comment("Hello")
    assert (caught.value.status, pull.comments()) == (401, [])


def test_git_fails_too(github: Sandbox, pull: PullHandle) -> None:
    github.misbehave("502", "GIT GET *")
    address = f"{github.url}/acme/app.git/info/refs?service=git-upload-pack"
    assert requests.get(address, timeout=10).status_code == 502
    assert requests.get(address, timeout=10).status_code == 401
