"""Webhook payloads cut to what GitHub documents and the bot reads, to be changed by the tests."""

from __future__ import annotations

from typing import Any

HEAD = "a" * 40
BASE = "b" * 40
REPOSITORY = {"id": 42, "full_name": "octo/hello"}
INSTALLATION = {"id": 7}
SENDER = {"id": 3, "login": "mona", "type": "User"}


def _payload(action: str, **parts: Any) -> dict[str, Any]:
    return {
        "action": action,
        "repository": dict(REPOSITORY),
        "installation": dict(INSTALLATION),
        "sender": dict(SENDER),
        **parts,
    }


def pull_request(action: str, **parts: Any) -> dict[str, Any]:
    pull = {
        "number": 5,
        "state": "closed" if action == "closed" else "open",
        "draft": False,
        "merged": False,
        "user": dict(SENDER),
        "head": {"sha": HEAD, "ref": "topic", "repo": dict(REPOSITORY)},
        "base": {"sha": BASE, "ref": "main", "repo": dict(REPOSITORY)},
    }
    return _payload(action, number=5, pull_request=pull, **parts)


def issue_comment(body: str, action: str = "created", user_type: str = "User") -> dict[str, Any]:
    return _payload(
        action,
        issue={"number": 5, "state": "open", "pull_request": {"url": "https://example.com"}},
        comment={"id": 99, "body": body, "user": {"id": 3, "login": "mona", "type": user_type}},
    )


def review_comment(body: str, in_reply_to: int | None = None) -> dict[str, Any]:
    comment = {"id": 99, "body": body, "user": {"id": 3, "login": "mona", "type": "User"}}
    if in_reply_to is not None:
        comment["in_reply_to_id"] = in_reply_to
    return _payload("created", pull_request={"number": 5, "state": "open"}, comment=comment)


def check_run(action: str, app_id: int = 1234, numbers: tuple[int, ...] = (5,)) -> dict[str, Any]:
    run = {
        "id": 77,
        "name": "Driftline",
        "head_sha": HEAD,
        "app": {"id": app_id, "client_id": "Iv1.abc"},
        "pull_requests": [{"number": number} for number in numbers],
    }
    return _payload(action, check_run=run)


def check_suite(action: str, app_id: int = 1234, numbers: tuple[int, ...] = ()) -> dict[str, Any]:
    suite = {
        "id": 78,
        "head_sha": HEAD,
        "head_branch": None,
        "app": {"id": app_id},
        "pull_requests": [{"number": number} for number in numbers],
    }
    return _payload(action, check_suite=suite)


def merge_group(action: str) -> dict[str, Any]:
    group = {
        "head_sha": HEAD,
        "head_ref": "refs/heads/gh-readonly-queue/main/pr-5-" + BASE,
        "base_sha": BASE,
        "base_ref": "refs/heads/main",
    }
    return _payload(action, merge_group=group)


def installation(action: str) -> dict[str, Any]:
    return {
        "action": action,
        "installation": {"id": 7, "account": {"login": "octo"}},
        "repositories": [{"id": 42, "full_name": "octo/hello"}],
        "sender": dict(SENDER),
    }
