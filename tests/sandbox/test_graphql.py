"""GraphQL: threads, resolving with the permission that GitHub asks for, minimizing, refusals."""

from __future__ import annotations

from typing import Any

import pytest
from github import Github, GithubException

from tests.sandbox import PullHandle, Sandbox
from tests.sandbox.conftest import Client
from tests.sandbox.test_reviews import GOOD

THREADS = """
query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      headRefOid
      reviewThreads(first: 100) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id isResolved isOutdated path line
          comments(first: 20) { nodes { id databaseId body author { __typename login } } }
        }
      }
    }
  }
}
"""
COLLISIONS = """
query { repository(owner: "acme", name: "app") { pullRequests(states: OPEN, first: 20) {
  nodes { number headRefOid files(first: 100) { nodes { path changeType } } } } } }
"""


def ask(github: Github, query: str, **variables: Any) -> Any:
    return github.requester.graphql_query(query, variables)[1]["data"]


def threads(github: Github) -> list[dict[str, Any]]:
    found = ask(github, THREADS, owner="acme", name="app", number=1)
    return list(found["repository"]["pullRequest"]["reviewThreads"]["nodes"])


def test_threads_tell_their_comments_and_authors(pull: PullHandle, client: Client) -> None:
    client.pull().create_review(body="", event="COMMENT", comments=[GOOD])
    (thread,) = threads(client.installation())
    assert (thread["path"], thread["line"], thread["isResolved"]) == ("db/a.sql", 3, False)
    (comment,) = thread["comments"]["nodes"]
    assert comment["author"] == {"__typename": "Bot", "login": "driftline"}


def test_resolving_needs_permission_to_write_contents(
    github: Sandbox, pull: PullHandle, client: Client
) -> None:
    client.pull().create_review(body="", event="COMMENT", comments=[GOOD])
    reader = client.installation()
    (thread,) = threads(reader)
    wanted = {"threadId": thread["id"]}
    with pytest.raises(GithubException) as caught:
        reader.requester.graphql_named_mutation(
            "resolveReviewThread", wanted, "thread { isResolved }"
        )
    assert caught.value.data["errors"][0]["type"] == "FORBIDDEN"
    next(iter(github.world.installations.values())).permissions["contents"] = "write"
    writer = client.installation()
    writer.requester.graphql_named_mutation("resolveReviewThread", wanted, "thread { isResolved }")
    assert pull.threads()[0].resolved_by is not None


def test_a_comment_is_minimized_by_its_node_id(pull: PullHandle, client: Client) -> None:
    comment = client.pull().create_issue_comment("Old news")
    comment.minimize("OUTDATED")
    assert pull.comments()[0].minimized == "outdated"


def test_open_pull_requests_tell_their_files(pull: PullHandle, client: Client) -> None:
    (one,) = ask(client.installation(), COLLISIONS)["repository"]["pullRequests"]["nodes"]
    assert one["files"]["nodes"][0] == {"path": "db/a.sql", "changeType": "MODIFIED"}


def test_a_field_that_github_does_not_have_is_refused_and_noted(
    github: Sandbox, pull: PullHandle, client: Client
) -> None:
    with pytest.raises(GithubException):
        ask(client.installation(), 'query { repository(owner: "acme", name: "app") { colour } }')
    assert "colour" in github.violations.pop()
