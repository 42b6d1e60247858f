"""What is read of a payload's parts is what is read of the whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.events import SUBSCRIBED, InvalidPayload, read_event
from bot.parts import read_parts, read_whole
from tests.bot import payloads
from tests.bot.test_webhook_examples import _examples

ACTIONS = (
    "opened", "closed", "edited", "created", "deleted", "added", "removed", "rerequested",
    "requested_action", "checks_requested", "destroyed",
)  # fmt: skip
EVENTS = (*SUBSCRIBED, "installation", "installation_repositories", "ping")
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.text(max_size=5),
    st.lists(st.none() | st.integers() | st.dictionaries(st.text(max_size=3), st.integers())),
    st.dictionaries(st.sampled_from(["id", "number", "head", "sha", "login"]), st.integers()),
)


def meaning(event: str, payload: Any) -> object:
    """The request or the sentence."""
    try:
        return read_event(event, payload, delivery="d", app_id="1234")
    except InvalidPayload as error:
        return str(error)


def test_githubs_examples_mean_the_same() -> None:
    for event, example in _examples():
        body = json.dumps({**example, "installation": {"id": 7}}).encode()
        assert meaning(event, read_parts(body)) == meaning(event, read_whole(body)), event


@st.composite
def broken(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    event = draw(st.sampled_from(EVENTS))
    actions = st.sampled_from(ACTIONS)
    payload: dict[str, Any] = payloads.pull_request("synchronize")
    payload["installation"] = {
        "id": 7, "account": {"login": "a"}, "repository_selection": "selected"
    }  # fmt: skip
    payload |= {
        "action": draw(actions),
        "issue": {"number": 5, "pull_request": {"url": "x"}},
        "comment": {"id": 1, "body": "/driftline recheck", "user": {"login": "a", "type": "User"}},
        "check_run": {"id": 1, "head_sha": "a" * 40, "app": {"id": 1234}, "pull_requests": []},
        "check_suite": {"head_sha": "a" * 40, "pull_requests": [{"number": 3}]},
        "merge_group": {"head_sha": "a" * 40, "head_ref": "x", "base_sha": "b" * 40},
        "requested_action": {"identifier": "x"},
        "repositories": [{"id": 1, "full_name": "a/b"}],
        "repositories_added": [{"id": 1, "full_name": "a/b"}],
        "changes": {"base": {"ref": {"from": "x"}}},
    }
    for _ in range(draw(st.integers(0, 3))):
        place: Any = payload
        keys = sorted(place)
        key = draw(st.sampled_from(keys))
        while isinstance(place[key], dict) and place[key] and draw(st.booleans()):
            place = place[key]
            key = draw(st.sampled_from(sorted(place)))
        if draw(st.booleans()):
            place[key] = draw(ODD)
        else:
            del place[key]
    return event, payload


SHA = "a" * 40
LEAVES: dict[str, Any] = {
    **dict.fromkeys(("id", "number"), 1),
    **dict.fromkeys(("sha", "head_sha", "base_sha"), SHA),
    **dict.fromkeys(("login", "full_name", "identifier", "head_ref", "base_ref", "ref"), "a/b"),
    "body": "/driftline recheck",
    "type": "User",
    "state": "open",
    "merged": True,
    "repository_selection": "selected",
}
LISTS = ("pull_requests", "repositories", "repositories_added", "repositories_removed")


class Asked(dict[str, Any]):
    """Answers whatever is asked for, and remembers the path to each value."""

    def __init__(self, action: str, paths: set[tuple[str, ...]], at: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.action, self.paths, self.at = action, paths, at

    def get(self, key: str, default: Any = None) -> Any:
        path = (*self.at, key)
        self.paths.add(path)
        if key == "action":
            return self.action
        if key in LEAVES:
            return LEAVES[key]
        inner = Asked(self.action, self.paths, path)
        return [inner] if key in LISTS else inner


def test_every_value_that_is_asked_for_is_read() -> None:
    """A value that an event is read from and that stands in no part would never arrive."""
    paths: set[tuple[str, ...]] = set()
    kinds = set()
    for event in EVENTS:
        for action in ACTIONS:
            found = meaning(event, Asked(action, paths))
            assert not isinstance(found, str), found
            kinds.add(getattr(found, "kind", ""))
    assert kinds >= {
        "action", "cancel", "command", "installation", "merge-group", "merge-group-gone",
        "rerun", "review",
    }  # fmt: skip
    assert ("pull_request", "head", "sha") in paths
    for path in paths:
        value: Any = 1
        for step in reversed(path):
            value = {step: [value] if step in LISTS and value != 1 else value}
        read = read_parts(json.dumps({"action": "x", **value}).encode())
        for step in path:
            assert isinstance(read, dict), path
            assert step in read, path
            read = read[step]
            read = read[0] if isinstance(read, list) else read


@given(broken())
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_broken_payloads_mean_the_same(case: tuple[str, dict[str, Any]]) -> None:
    event, payload = case
    body = json.dumps(payload).encode()
    assert meaning(event, read_parts(body)) == meaning(event, read_whole(body))


def test_half_of_a_surrogate_pair_is_read_wherever_it_stands() -> None:
    payload = {**payloads.pull_request("opened"), "title": "\ud83d"}
    assert meaning("pull_request", read_parts(json.dumps(payload).encode())) == meaning(
        "pull_request", payload
    )
    payload["repository"] = {"id": 1, "full_name": "a/\ud83d"}
    assert read_parts(json.dumps(payload).encode())["repository"]["full_name"] == "a/\ud83d"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b"9" * 10_000])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        read_parts(body)
