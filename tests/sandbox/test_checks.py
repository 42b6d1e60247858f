"""Check runs: annotations, limits, buttons, re-runs, suites."""

from __future__ import annotations

from typing import Any

import pytest
from github import GithubException

from tests.sandbox import PullHandle, RepositoryHandle, Sandbox
from tests.sandbox.conftest import Client

OUTPUT = {"title": "2 findings", "summary": "Look."}
BUTTON = {"label": "Re-check", "description": "Check again", "identifier": "recheck"}


def annotation(line: int) -> dict[str, Any]:
    return {
        "path": "db/a.sql",
        "start_line": line,
        "end_line": line,
        "annotation_level": "warning",
        "message": f"Line {line}",
    }


def test_annotations_are_added_to_those_before(pull: PullHandle, client: Client) -> None:
    run = client.repository().create_check_run("Driftline", pull.head_sha, status="in_progress")
    for start in (0, 50):
        lines = [annotation(start + number) for number in range(1, 51)]
        run.edit(output=OUTPUT | {"annotations": lines})
    run.edit(conclusion="failure", output=OUTPUT)
    found = [one.message for one in run.get_annotations()]
    assert found == [f"Line {number}" for number in range(1, 101)]
    assert (run.status, run.conclusion) == ("completed", "failure")


@pytest.mark.parametrize(
    "wrong",
    [
        {"output": OUTPUT | {"annotations": [annotation(n) for n in range(1, 52)]}},
        {"output": OUTPUT | {"summary": "x" * 65536}},
        {"actions": [BUTTON] * 4},
        {"actions": [BUTTON | {"label": "x" * 21}]},
        {"actions": [BUTTON | {"description": "x" * 41}]},
        {"output": OUTPUT | {"annotations": [annotation(1) | {"annotation_level": "error"}]}},
        {"external": "1"},
    ],
)
def test_what_githubs_description_forbids_is_refused_and_noted(
    github: Sandbox, pull: PullHandle, client: Client, wrong: dict[str, Any]
) -> None:
    request = {"name": "Driftline", "head_sha": pull.head_sha} | wrong
    requester = client.repository().requester
    with pytest.raises(GithubException) as caught:
        requester.requestJsonAndCheck("POST", "/repos/acme/app/check-runs", input=request)
    assert caught.value.status == 422
    assert len(github.violations) == 1
    github.violations.clear()


def test_a_completed_run_needs_a_conclusion(
    github: Sandbox, pull: PullHandle, client: Client
) -> None:
    with pytest.raises(GithubException) as caught:
        client.repository().create_check_run("Driftline", pull.head_sha, status="completed")
    assert caught.value.status == 422
    assert [one.facts["path"] for one in github.refusals] == ["/repos/acme/app/check-runs"]


def test_the_summary_is_measured_in_bytes(pull: PullHandle, client: Client) -> None:
    with pytest.raises(GithubException) as caught:
        client.repository().create_check_run(
            "Driftline", pull.head_sha, output=OUTPUT | {"summary": "é" * 32768}
        )
    assert "bytesize of 65535" in caught.value.data["message"]


def test_a_button_and_a_re_run_are_told_to_the_app(
    github: Sandbox, pull: PullHandle, client: Client
) -> None:
    made = client.repository().create_check_run("Driftline", pull.head_sha, status="in_progress")
    made.edit(conclusion="neutral", output=OUTPUT, actions=[BUTTON])
    run = pull.check_run()
    assert run is not None
    pull.press(run, "recheck", user="alice")
    pull.rerequest(run)
    pull.rerequest_suite(run)
    github.drain()
    told = [one.name for one in github.deliveries if one.event.startswith("check_")]
    assert told == [
        "check_suite.requested",
        "check_run.created",
        "check_run.completed",
        "check_suite.completed",
        "check_run.requested_action",
        "check_run.rerequested",
        "check_suite.rerequested",
    ]
    pressed = next(one for one in github.deliveries if one.name == "check_run.requested_action")
    assert pressed.payload["requested_action"] == {"identifier": "recheck"}
    assert pressed.payload["check_run"]["pull_requests"][0]["number"] == 1


def test_the_check_run_of_a_fork_names_no_pull_request(
    repository: RepositoryHandle, client: Client
) -> None:
    pull = repository.open_pull_request("f", {"x.sql": "x\n"}, user="stranger", fork=True)
    run = client.repository().create_check_run("Driftline", pull.head_sha)
    assert run.pull_requests == []
    assert run.raw_data["check_suite"]["head_branch"] is None


def test_a_commit_lists_the_newest_run_of_a_name(pull: PullHandle, client: Client) -> None:
    repository = client.repository()
    repository.create_check_run("Driftline", pull.head_sha)
    newest = repository.create_check_run("Driftline", pull.head_sha)
    commit = repository.get_commit(pull.head_sha)
    assert [run.id for run in commit.get_check_runs(check_name="Driftline")] == [newest.id]
    assert commit.get_check_runs(filter="all").totalCount == 2


def test_a_merge_group_asks_for_checks_on_a_branch_of_its_own(
    github: Sandbox, pull: PullHandle, client: Client
) -> None:
    head = pull.enqueue()
    github.drain()
    (told,) = [one.payload for one in github.deliveries if one.event == "merge_group"]
    group = told["merge_group"]
    assert group["head_sha"] == head
    assert group["head_ref"].startswith("refs/heads/gh-readonly-queue/main/pr-1-")
    assert client.repository().compare(group["base_sha"], head).ahead_by == 2
    pull.dequeue(reason="invalidated")
    github.drain()
    assert github.deliveries[-1].name == "merge_group.destroyed"
