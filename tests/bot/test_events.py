"""Which deliveries mean work, which do not and why, and what an odd payload is answered with."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.events import Ignored, InvalidPayload, read_event
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
    to_json,
)
from tests.bot import payloads
from tests.bot.payloads import BASE, HEAD

HELLO = Repository(42, "octo/hello")


def read(event: str, payload: dict[str, Any]) -> Request | Ignored:
    return read_event(event, payload, delivery="d-1", app_id="1234")


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("opened", Reason.OPENED),
        ("synchronize", Reason.PUSHED),
        ("reopened", Reason.REOPENED),
        ("ready_for_review", Reason.READY),
    ],
)
def test_a_pull_request_that_may_have_changed_is_reviewed(action: str, reason: Reason) -> None:
    assert read("pull_request", payloads.pull_request(action)) == ReviewRequest(
        installation_id=7,
        repository=HELLO,
        number=5,
        reason=reason,
        head_sha=HEAD,
        delivery="d-1",
        sender="mona",
    )


def test_an_edit_counts_only_where_the_base_changed() -> None:
    title = payloads.pull_request("edited", changes={"title": {"from": "Old"}})
    assert isinstance(read("pull_request", title), Ignored)
    base = payloads.pull_request("edited", changes={"base": {"ref": {"from": "develop"}}})
    request = read("pull_request", base)
    assert isinstance(request, ReviewRequest)
    assert request.reason is Reason.BASE_CHANGED


@pytest.mark.parametrize("login", ["dependabot[bot]", "renovate[bot]", "driftline[bot]"])
def test_pull_requests_by_bots_are_reviewed_like_any(login: str) -> None:
    payload = payloads.pull_request("opened", sender={"login": login, "type": "Bot"})
    payload["pull_request"]["user"] = {"login": login, "type": "Bot"}
    assert isinstance(read("pull_request", payload), ReviewRequest)


def test_drafts_and_forks_are_reviewed_too() -> None:
    payload = payloads.pull_request("opened")
    payload["pull_request"]["draft"] = True
    payload["pull_request"]["head"]["repo"] = {"id": 43, "full_name": "fork/hello"}
    assert isinstance(read("pull_request", payload), ReviewRequest)


def test_a_fork_that_was_deleted_and_an_author_who_left_do_no_harm() -> None:
    payload = payloads.pull_request("synchronize", sender=None)
    payload["pull_request"]["head"]["repo"] = None
    payload["pull_request"]["user"] = None
    request = read("pull_request", payload)
    assert isinstance(request, ReviewRequest)
    assert request.sender == ""


@pytest.mark.parametrize("is_merged", [True, False])
def test_a_closed_pull_request_cancels_what_runs(is_merged: bool) -> None:
    payload = payloads.pull_request("closed")
    payload["pull_request"]["merged"] = is_merged
    expected = CancelRequest(7, HELLO, 5, HEAD, is_merged, "d-1", "main")
    assert read("pull_request", payload) == expected


def test_a_push_to_a_closed_pull_request_is_nothing() -> None:
    payload = payloads.pull_request("synchronize")
    payload["pull_request"]["state"] = "closed"
    assert read("pull_request", payload) == Ignored("The pull request is closed.")


def test_a_comment_with_a_command_is_a_request() -> None:
    comment = payloads.issue_comment("Hm.\n/driftline explain `missing-table`")
    assert read("issue_comment", comment) == CommandRequest(
        installation_id=7,
        repository=HELLO,
        number=5,
        comment_id=99,
        login="mona",
        command="explain",
        arguments=("missing-table",),
        text="`missing-table`",
        delivery="d-1",
    )


@pytest.mark.parametrize(("in_reply_to", "thread"), [(None, 99), (42, 42)])
def test_a_command_on_a_line_is_answered_in_its_thread(
    in_reply_to: int | None, thread: int
) -> None:
    comment = payloads.review_comment("/driftline ignore by hand", in_reply_to)
    request = read("pull_request_review_comment", comment)
    assert isinstance(request, CommandRequest)
    assert (request.number, request.comment_id, request.thread) == (5, 99, thread)
    assert request.text == "by hand"
    edited = {**comment, "action": "edited"}
    assert isinstance(read("pull_request_review_comment", edited), Ignored)


def _unheard_comments() -> Iterator[Any]:
    yield pytest.param(payloads.issue_comment("Nice work"), id="no command")
    yield pytest.param(payloads.issue_comment("/recheck", action="edited"), id="edited")
    yield pytest.param(payloads.issue_comment("/recheck", action="deleted"), id="deleted")
    yield pytest.param(payloads.issue_comment("/recheck", user_type="Bot"), id="a bot")
    yield pytest.param(payloads.issue_comment("> /recheck"), id="quoted")
    on_issue = payloads.issue_comment("/recheck")
    del on_issue["issue"]["pull_request"]
    yield pytest.param(on_issue, id="on an issue")
    by_ghost = payloads.issue_comment("/recheck")
    by_ghost["comment"]["user"] = None
    yield pytest.param(by_ghost, id="a ghost")
    empty = payloads.issue_comment("")
    empty["comment"]["body"] = None
    yield pytest.param(empty, id="no text")


@pytest.mark.parametrize("payload", list(_unheard_comments()))
def test_other_comments_are_not_heard(payload: dict[str, Any]) -> None:
    assert isinstance(read("issue_comment", payload), Ignored)


def test_a_rerun_of_our_check_run_is_a_request() -> None:
    expected = RerunRequest(7, HELLO, HEAD, (5,), 77, "mona", "d-1")
    assert read("check_run", payloads.check_run("rerequested")) == expected


def test_a_rerun_for_a_fork_names_no_pull_request() -> None:
    request = read("check_run", payloads.check_run("rerequested", numbers=()))
    assert isinstance(request, RerunRequest)
    assert request.numbers == ()
    assert request.head_sha == HEAD


def test_a_rerun_of_the_suite_is_a_request() -> None:
    expected = RerunRequest(7, HELLO, HEAD, (), None, "mona", "d-1")
    assert read("check_suite", payloads.check_suite("rerequested")) == expected


def test_a_button_is_a_request() -> None:
    payload = payloads.check_run("requested_action")
    payload["requested_action"] = {"identifier": "recheck"}
    assert read("check_run", payload) == ActionRequest(
        installation_id=7,
        repository=HELLO,
        head_sha=HEAD,
        check_run_id=77,
        identifier="recheck",
        login="mona",
        numbers=(5,),
        delivery="d-1",
    )


@pytest.mark.parametrize("action", ["created", "completed"])
def test_the_life_of_check_runs_is_nothing(action: str) -> None:
    assert isinstance(read("check_run", payloads.check_run(action)), Ignored)
    assert isinstance(read("check_suite", payloads.check_suite(action)), Ignored)


def test_check_runs_of_other_apps_are_nothing() -> None:
    for payload in (payloads.check_run("rerequested", app_id=9), payloads.check_run("created")):
        assert isinstance(read("check_run", payload), Ignored)
    suite = payloads.check_suite("rerequested", app_id=9)
    assert isinstance(read("check_suite", suite), Ignored)


def test_an_app_that_is_known_by_its_client_id_hears_its_own() -> None:
    payload = payloads.check_run("rerequested")
    assert isinstance(read_event("check_run", payload, app_id="Iv1.abc"), RerunRequest)
    assert isinstance(read_event("check_run", payload, app_id="Iv1.xyz"), Ignored)


def test_a_merge_group_is_reviewed_and_dropped() -> None:
    ref = "refs/heads/gh-readonly-queue/main/pr-5-" + BASE
    facts = (7, HELLO, HEAD, ref, BASE, "refs/heads/main", "d-1")
    asked = read("merge_group", payloads.merge_group("checks_requested"))
    assert asked == MergeGroupRequest(*facts)
    assert type(asked) is MergeGroupRequest
    gone = read("merge_group", payloads.merge_group("destroyed"))
    assert gone == MergeGroupGone(*facts)


@pytest.mark.parametrize(
    ("event", "action", "key", "change"),
    [
        ("installation", "created", "repositories", InstallationChange.CREATED),
        ("installation", "deleted", "repositories", InstallationChange.DELETED),
        ("installation", "suspend", "repositories", InstallationChange.SUSPENDED),
        ("installation", "unsuspend", "repositories", InstallationChange.RESUMED),
        (
            "installation",
            "new_permissions_accepted",
            "repositories",
            InstallationChange.PERMISSIONS,
        ),
        (
            "installation_repositories",
            "added",
            "repositories_added",
            InstallationChange.REPOSITORIES_ADDED,
        ),
        (
            "installation_repositories",
            "removed",
            "repositories_removed",
            InstallationChange.REPOSITORIES_REMOVED,
        ),
    ],
)
def test_the_life_of_an_installation_is_followed(
    event: str, action: str, key: str, change: InstallationChange
) -> None:
    payload = payloads.installation(action)
    payload[key] = payload.pop("repositories")
    assert read(event, payload) == InstallationRequest(7, change, "octo", (HELLO,), "d-1")


@pytest.mark.parametrize(
    "event", ["ping", "push", "star", "security_advisory", "", "pull_request "]
)
def test_other_events_are_nothing(event: str) -> None:
    assert isinstance(read(event, {"zen": "Keep it logically awesome."}), Ignored)


def test_events_of_a_repository_webhook_are_nothing() -> None:
    payload = payloads.pull_request("opened")
    del payload["installation"]
    assert isinstance(read("pull_request", payload), Ignored)


def _samples() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "pull_request", payloads.pull_request("opened")
    yield "pull_request", payloads.pull_request("closed")
    yield "issue_comment", payloads.issue_comment("/recheck")
    action = payloads.check_run("requested_action")
    yield "check_run", {**action, "requested_action": {"identifier": "recheck"}}
    yield "check_suite", payloads.check_suite("rerequested", numbers=(5,))
    yield "merge_group", payloads.merge_group("checks_requested")
    yield "installation", payloads.installation("created")


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, part in items:
        yield (*path, key)
        yield from _paths(part, (*path, key))


ODD = [None, "", "text", 0, -1, True, 1.5, [], [None], {}, {"login": 3}, "\ud800"]


@pytest.mark.parametrize(("event", "payload"), list(_samples()))
def test_any_part_may_be_odd_or_missing(event: str, payload: dict[str, Any]) -> None:
    """Each value of each payload replaced by each odd one: a request, Ignored, or one sentence."""
    for path in _paths(payload):
        for odd in [*ODD, ...]:
            broken: Any = copy.deepcopy(payload)
            part = broken
            for step in path[:-1]:
                part = part[step]
            if odd is ...:
                del part[path[-1]]
            else:
                part[path[-1]] = odd
            with contextlib.suppress(InvalidPayload):
                answer = read(event, broken)
                if not isinstance(answer, Ignored):
                    json.dumps(to_json(answer))


def test_what_is_missing_is_named() -> None:
    payload = payloads.pull_request("opened")
    for odd in (None, "", "main", "a" * 39, "--upload-pack=x", "A" * 40):
        payload["pull_request"]["head"]["sha"] = odd
        with pytest.raises(
            InvalidPayload, match=r"^The payload's pull_request.head.sha is not a commit's sha\.$"
        ):
            read("pull_request", payload)
    suite = payloads.check_suite("rerequested", numbers=(5,))
    suite["check_suite"]["pull_requests"][0] = {}
    with pytest.raises(
        InvalidPayload, match=r"check_suite.pull_requests\[0\].number is not a whole number"
    ):
        read("check_suite", suite)
