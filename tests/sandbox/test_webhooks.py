"""Webhooks out: signatures, records, redelivery, subscriptions."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from tests.sandbox import PullHandle, RepositoryHandle, Sandbox
from tests.sandbox.conftest import Client
from tests.sandbox.contract import ContractError, check_webhook
from tests.sandbox.receiver import Receiver


def test_a_webhook_is_signed_over_its_bytes(
    github: Sandbox, receiver: Receiver, pull: PullHandle
) -> None:
    github.drain()
    last = receiver.received[-1]
    digest = hmac.new(github.app.webhook_secret.encode(), last.body, hashlib.sha256).hexdigest()
    assert last.headers["X-Hub-Signature-256"] == f"sha256={digest}"
    assert last.headers["X-GitHub-Event"] == "pull_request"
    assert last.headers["User-Agent"].startswith("GitHub-Hookshot/")
    assert json.loads(last.body)["installation"]["id"] in github.world.installations


def test_the_algorithm_gives_githubs_own_test_vector() -> None:
    secret, body = b"It's a Secret to Everybody", b"Hello, World!"
    assert hmac.new(secret, body, hashlib.sha256).hexdigest() == (
        "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    )


def test_a_failed_delivery_is_recorded_and_sent_again_only_when_asked(
    github: Sandbox, receiver: Receiver, repository: RepositoryHandle, client: Client
) -> None:
    github.drain()
    receiver.status = 503
    repository.open_pull_request("f", {"x.sql": "x\n"})
    github.drain()
    receiver.status = 202
    app = client.app()
    failed = deliveries(client, status="failure")
    assert {one["event"] for one in failed} == {"push", "check_suite", "pull_request"}
    chosen = next(one for one in failed if one["event"] == "pull_request")
    requester = app.requester
    requester.requestJsonAndCheck("POST", f"/app/hook/deliveries/{chosen['id']}/attempts")
    github.drain()
    again = receiver.received[-1]
    assert again.headers["X-GitHub-Delivery"] == chosen["guid"]
    newest = deliveries(client)[0]
    assert (newest["guid"], newest["redelivery"], newest["status"]) == (chosen["guid"], True, "OK")


def deliveries(client: Client, **query: str) -> list[dict[str, object]]:
    _, found = client.app().requester.requestJsonAndCheck(
        "GET", "/app/hook/deliveries", parameters={"per_page": "100"} | query
    )
    return list(found)


def test_a_delivery_without_an_answer_in_time_has_failed(
    github: Sandbox, receiver: Receiver, repository: RepositoryHandle
) -> None:
    github.drain()
    github.dispatcher.timeout, receiver.delay = 0.1, 0.3
    repository.open_pull_request("f", {"x.sql": "x\n"})
    github.drain()
    assert {one.status for one in github.deliveries[-2:]} == {"timed out"}


def test_an_event_that_is_not_subscribed_to_is_not_sent(
    github: Sandbox, receiver: Receiver, pull: PullHandle
) -> None:
    pull.review("alice", "Good")
    github.drain()
    assert "pull_request_review" not in receiver.events


def test_every_subscribable_event_fits_githubs_description(
    github: Sandbox, receiver: Receiver, repository: RepositoryHandle
) -> None:
    github.app.events += [
        "pull_request_review",
        "pull_request_review_comment",
        "pull_request_review_thread",
        "push",
        "repository",
    ]
    installation = next(iter(github.world.installations.values()))
    installation.events = list(github.app.events)
    github.ping()
    pull = repository.open_pull_request("f", {"x.sql": "x\n"}, draft=True)
    pull.set_draft(False)
    pull.set_draft(True)
    pull.edit(title="Other", body="Text")
    comment = pull.comment("alice", "Hello")
    pull.edit_comment(comment, "Hello there")
    pull.review("bob", "Hm", [{"path": "x.sql", "line": 1, "body": "Why?"}])
    pull.resolve(pull.threads()[0], "alice")
    pull.close()
    pull.reopen()
    pull.merge()
    repository.delete_branch("f")
    repository.archive()
    repository.archive(False)
    repository.rename("other")
    github.grant(installation, contents="write")
    github.create_repository("acme/second", {"README.md": "Hello\n"})
    github.select(installation, remove=["second"])
    github.select(installation, add=["second"])
    github.suspend(installation)
    github.suspend(installation, False)
    repository.delete()
    github.uninstall(installation)
    github.drain()
    names = {one.name for one in github.deliveries}
    assert names >= {
        "ping",
        "installation.created",
        "installation.suspend",
        "installation.unsuspend",
        "installation.deleted",
        "installation.new_permissions_accepted",
        "installation_repositories.added",
        "installation_repositories.removed",
        "repository.archived",
        "repository.unarchived",
        "repository.renamed",
        "repository.deleted",
        "pull_request.opened",
        "pull_request.ready_for_review",
        "pull_request.converted_to_draft",
        "pull_request.edited",
        "pull_request.closed",
        "pull_request.reopened",
        "pull_request_review.submitted",
        "pull_request_review_comment.created",
        "pull_request_review_thread.resolved",
        "issue_comment.edited",
    }
    assert {one.status_code for one in github.deliveries} == {202}


def test_the_app_holds_what_its_manifest_asks_for_and_no_more(receiver: Receiver) -> None:
    with Sandbox(receiver.url) as plain:
        repository = plain.create_repository("acme/app", {"README.md": "Hello\n"})
        repository.open_pull_request("f", {"x.sql": "x\n"})
        plain.drain()
        installation = next(iter(plain.world.installations.values()))
        assert "issues" not in installation.permissions
    assert receiver.events == ["installation", "check_suite", "pull_request"]


def test_a_payload_that_github_would_not_send_is_refused() -> None:
    with pytest.raises(ContractError, match="pull_request"):
        check_webhook("pull_request", "opened", {"action": "opened"})
