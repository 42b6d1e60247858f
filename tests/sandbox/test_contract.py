"""The descriptions that hold the sandbox to GitHub."""

from __future__ import annotations

import pytest
import requests
from github import GithubException
from werkzeug.datastructures import Headers

from tests.sandbox import Limits, PullHandle, Sandbox
from tests.sandbox.conftest import Client
from tests.sandbox.contract import ContractError, check_request, description
from tests.sandbox.contracts.prune import OPERATIONS
from tests.sandbox.server import api


def test_every_described_operation_is_answered() -> None:
    with Sandbox() as github:
        flask = api(github.world, Limits(), github.dispatcher)
        rules = flask.url_map.bind("127.0.0.1")
        missing = []
        for template, methods in OPERATIONS.items():
            path = template.format_map(Sample())
            for method in methods.split():
                if not rules.test(f"/api/v3{path}", method.upper()):
                    missing.append(f"{method} {template}")
    assert missing == []


class Sample(dict[str, str]):
    """A value for each placeholder of a path."""

    def __missing__(self, name: str) -> str:
        return "main...topic" if name == "basehead" else "1"


def test_the_description_holds_exactly_the_listed_operations() -> None:
    described = {
        path: " ".join(sorted(set(value) & {"get", "post", "put", "patch", "delete"}))
        for path, value in description()["paths"].items()
    }
    assert described == {path: " ".join(sorted(m.split())) for path, m in OPERATIONS.items()}


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("GET", "/repos/a/b/contents/db/deep/schema.prisma", {"ref": "main"}, b""),
        ("GET", "/repos/a/b/git/ref/heads/feature/one", {}, b""),
        ("GET", "/repos/a/b/pulls/1/files", {"per_page": "100", "page": "2"}, b""),
        ("POST", "/repos/a/b/issues/1/comments", {}, b'{"body": "Hello"}'),
    ],
)
def test_what_github_describes_passes(
    method: str, path: str, query: dict[str, str], body: bytes
) -> None:
    check_request(method, path, query, Headers(), body)


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("GET", "/repos/a/b/pulls/1/files", {"pag": "2"}, b""),
        ("POST", "/repos/a/b/issues/1/comments", {}, b'{"text": "Hello"}'),
        ("POST", "/repos/a/b/issues/1/comments", {}, b"{}"),
        ("POST", "/repos/a/b/pulls/1/reviews", {}, b'{"event": "REFUSE"}'),
        ("GET", "/repos/a/b/teapot", {}, b""),
    ],
)
def test_what_github_does_not_describe_is_refused(
    method: str, path: str, query: dict[str, str], body: bytes
) -> None:
    with pytest.raises(ContractError):
        check_request(method, path, query, Headers(), body)


def test_asking_for_the_limits_costs_nothing(
    github: Sandbox, pull: PullHandle, client: Client
) -> None:
    asked = client.installation()
    before = asked.get_rate_limit().resources.core.used
    assert asked.get_rate_limit().resources.core.used == before


def test_an_unknown_address_is_refused_and_noted(github: Sandbox) -> None:
    answer = requests.get(f"{github.api_url}/teapot", timeout=10)
    assert answer.status_code == 422
    assert "no operation" in github.violations.pop()


def test_a_graphql_field_that_the_sandbox_cannot_answer_is_noted(
    github: Sandbox, pull: PullHandle, client: Client
) -> None:
    query = 'query { repository(owner: "acme", name: "app") { diskUsage } }'
    with pytest.raises(GithubException):
        client.installation().requester.graphql_query(query, {})
    assert "does not answer Repository.diskUsage" in github.violations.pop()
