"""What crosses the queue is plain JSON, comes back equal, and old formats are still read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.requests import (
    ActionRequest,
    CancelRequest,
    CommandRequest,
    InstallationChange,
    InstallationRequest,
    MergeGroupGone,
    MergeGroupRequest,
    Reason,
    Repository,
    Request,
    RerunRequest,
    ReviewRequest,
    UnreadableRequest,
    from_json,
    to_json,
)

HELLO = Repository(42, "octo/hello")
REQUESTS: list[Request] = [
    ReviewRequest(7, HELLO, 5, Reason.PUSHED, "a" * 40, "d-1", "mona", is_first_contact=True),
    ReviewRequest(7, HELLO, 5, Reason.SWEEP),
    CancelRequest(7, HELLO, 5, "a" * 40, is_merged=True, delivery="d-1"),
    CommandRequest(7, HELLO, 5, 99, "mona", "ignore", ("3f", "why"), "3f why", "d-1"),
    RerunRequest(7, HELLO, "a" * 40, (5, 6), 77, "mona", "d-1"),
    ActionRequest(7, HELLO, "a" * 40, 77, "recheck", "mona", (), "d-1"),
    MergeGroupRequest(7, HELLO, "a" * 40, "refs/heads/q", "b" * 40, "refs/heads/main", "d-1"),
    MergeGroupGone(7, HELLO, "a" * 40, "refs/heads/q", "b" * 40, "refs/heads/main", "d-1"),
    InstallationRequest(7, InstallationChange.CREATED, "octo", (HELLO,), "d-1"),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda each: each.kind)
def test_a_request_comes_back_from_json_as_it_was(request_: Request) -> None:
    read = from_json(json.loads(json.dumps(to_json(request_))))
    assert read == request_
    assert type(read) is type(request_)


def test_the_format_is_stable() -> None:
    """A worker of the next release reads this: change it only together with the version."""
    assert to_json(ReviewRequest(7, HELLO, 5, Reason.PUSHED, "a" * 40, "d-1", "mona")) == {
        "kind": "review",
        "version": 1,
        "installation_id": 7,
        "repository": {"id": 42, "name": "octo/hello"},
        "number": 5,
        "reason": "pushed",
        "head_sha": "a" * 40,
        "delivery": "d-1",
        "sender": "mona",
        "is_first_contact": False,
    }


def test_what_an_older_release_did_not_write_has_a_default() -> None:
    old = {
        "kind": "review",
        "version": 1,
        "installation_id": 7,
        "repository": {"id": 42, "name": "octo/hello"},
        "number": 5,
        "reason": "opened",
        "a_field_that_is_gone": 1,
    }
    assert from_json(old) == ReviewRequest(7, HELLO, 5, Reason.OPENED)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"kind": "review", "version": 2}, "upgrade the workers"),
        ({"kind": "dance", "version": 1}, "unknown kind 'dance'"),
        ({}, "unknown kind None"),
        ({"kind": "review", "version": 1, "number": 5}, "broken review request"),
        ({"kind": "review", "version": 1, "reason": "whim"}, "broken review request"),
        ({"kind": "review", "version": 1, "repository": {}}, "broken review request"),
    ],
)
def test_what_cannot_be_read_is_said(value: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UnreadableRequest, match=sentence):
        from_json(value)
