"""Whatever GitHub does wrong, the end is the one of the undisturbed review."""

from __future__ import annotations

import pytest
from redis import Redis

from tests.e2e.projects import CLEAN, DRIFT, MEND, PROJECT
from tests.e2e.quiet import settle
from tests.sandbox.handles import PullHandle, wait_until
from tests.sandbox.misbehaviour import Misbehaviour
from tests.support.stack import Stack

FAULTS = [
    ("502", "POST */{name}/check-runs"),
    ("502-after", "POST */{name}/check-runs"),
    ("drop-after", "PATCH */{name}/check-runs/*"),
    ("502-after", "PATCH */{name}/check-runs/*"),
    ("503", "PATCH */{name}/check-runs/*"),
    ("502-after", "POST */{name}/*/reviews"),
    ("502", "POST */{name}/*/reviews"),
    ("drop", "POST */{name}/*/reviews"),
    ("403-secondary-retry-after", "POST */{name}/*/reviews"),
    ("429-retry-after", "POST */{name}/check-runs"),
    ("429-retry-after", "GET */{name}/pulls/*"),
    ("500", "GET */{name}/compare/*"),
    ("404", "GET */{name}/compare/*"),
    ("401", "GET */{name}/pulls/*"),
    ("502", "GIT POST */{name}.git/*"),
    ("503", "GIT GET */{name}.git/*"),
    ("404", "GET */{name}/pulls/*"),
    ("drop", "GET */{name}/pulls/*"),
    ("expire", "GET */{name}/compare/*"),
    ("expire", "POST */{name}/*/reviews"),
    ("422", "POST */{name}/check-runs"),
    ("422", "PATCH */{name}/check-runs/*"),
    ("403-primary", "PATCH */{name}/check-runs/*"),
    ("403-secondary", "POST */{name}/*/reviews"),
    ("429", "PATCH */{name}/check-runs/*"),
    ("429", "GET */{name}/compare/*"),
    ("slow-after", "POST */{name}/*/reviews"),
    ("500", "GET */{name}/*/comments"),
]
TIMEOUT = 16.0  # seconds: longer than the App waits for an answer
WAITED = 150.0  # seconds: GitHub asks for a minute where it does not say for how long


@pytest.fixture(scope="module")
def disturbed(running: Stack) -> dict[tuple[str, str], tuple[Misbehaviour, PullHandle]]:
    """A pull request for each fault, all opened at once: while one waits, another is reviewed.

    Each has an installation of its own, since a limit makes all of one installation wait.
    """
    made = {}
    for number, (kind, match) in enumerate(FAULTS):
        name = f"fault-{number}"
        repository = running.sandbox.create_repository(f"faults-{number}/{name}", PROJECT)
        seconds = TIMEOUT if kind == "slow-after" else 0.0
        fault = running.sandbox.misbehave(kind, match.format(name=name), seconds=seconds)
        made[kind, match] = fault, repository.open_pull_request("feature", DRIFT)
    return made


def assert_undisturbed(pull: PullHandle, timeout: float = 60.0) -> None:
    run = pull.wait_for_check(timeout=timeout)
    assert (run.conclusion, run.title, run.annotations) == ("failure", "1 error", [])
    assert len(pull.state.repository.check_runs) == 1
    assert len(pull.reviews()) == 1
    assert len(pull.review_comments()) == 1


@pytest.mark.parametrize(("kind", "match"), FAULTS)
def test_one_fault_changes_nothing(
    disturbed: dict[tuple[str, str], tuple[Misbehaviour, PullHandle]], kind: str, match: str
) -> None:
    fault, pull = disturbed[kind, match]
    assert_undisturbed(pull, WAITED)
    assert fault.done


def test_a_review_that_github_refuses_becomes_annotations(stack: Stack) -> None:
    stack.sandbox.misbehave("422", "POST */reviews")
    pull = stack.new_repository(PROJECT).open_pull_request("feature", DRIFT)

    run = pull.wait_for_check()

    assert run.conclusion == "failure"
    assert len(run.annotations) == 1
    assert pull.review_comments() == []


def test_a_locked_conversation_gets_annotations(stack: Stack) -> None:
    pull = stack.new_repository(PROJECT).open_pull_request("feature", CLEAN)
    pull.wait_for_check()
    pull.lock()

    pull.push({"prisma/schema.prisma": DRIFT["prisma/schema.prisma"].replace("email", "phone")})

    run = pull.wait_for_check()
    assert run.conclusion == "failure"
    assert run.annotations
    assert pull.review_comments() == []


def test_tokens_that_end_in_the_middle_are_renewed(stack: Stack) -> None:
    hold = stack.sandbox.misbehave("slow", "GET */compare/*", seconds=1.0)
    pull = stack.new_repository(PROJECT).open_pull_request("feature", DRIFT)
    wait_until(lambda: hold.hits, "the review to begin")
    stack.sandbox.expire_tokens()
    assert_undisturbed(pull)


def test_an_outage_is_waited_out(stack: Stack) -> None:
    stack.sandbox.misbehave("503", "GET */compare/*", times=6)
    pull = stack.new_repository(PROJECT).open_pull_request("feature", DRIFT)
    assert_undisturbed(pull)


def test_a_push_during_an_outage_leaves_no_run_open(stack: Stack) -> None:
    outage = stack.sandbox.misbehave("503", "GET */compare/*", times=3)
    pull = stack.new_repository(PROJECT).open_pull_request("feature", DRIFT)
    wait_until(lambda: outage.done, "the first attempt to fail")

    pull.push(MEND)

    assert pull.wait_for_check().conclusion == "success"
    runs = pull.state.repository.check_runs
    assert sorted(str(run.conclusion) for run in runs) == ["cancelled", "success"]


def test_a_pull_request_that_is_closed_during_an_outage_leaves_no_run_open(stack: Stack) -> None:
    outage = stack.sandbox.misbehave("503", "GET */compare/*", times=3)
    pull = stack.new_repository(PROJECT).open_pull_request("feature", DRIFT)
    wait_until(lambda: outage.done, "the first attempt to fail")

    pull.close()

    assert pull.wait_for_check().conclusion == "cancelled"


def test_a_lost_push_event_is_made_up_for(stack: Stack) -> None:
    hold = stack.sandbox.misbehave("slow", "GET */compare/*", seconds=1.5)
    pull = stack.new_repository(PROJECT).open_pull_request("feature", DRIFT)
    wait_until(lambda: hold.hits, "the review to begin")
    stack.sandbox.misbehave("lose", "pull_request.synchronize")

    pull.push(MEND)

    assert pull.wait_for_check().conclusion == "success"


@pytest.mark.parametrize("round_", ["redeliver", "pick-up"])
def test_a_lost_opening_is_found_by_the_clock(stack: Stack, round_: str) -> None:
    repository = stack.new_repository(PROJECT)
    repository.open_pull_request("docs", {"README.md": "x\n"}).wait_for_check()
    settle(stack)
    stack.sandbox.misbehave("lose", "pull_request.opened")
    pull = repository.open_pull_request("feature", DRIFT)
    stack.sandbox.drain()

    Redis.from_url(stack.redis_url).delete(f"driftline:rounds:{round_}")  # it is due now

    run = pull.wait_for_check(timeout=60)
    assert (run.conclusion, run.title) == ("failure", "1 error")
    assert len(pull.review_comments()) == 1


def test_events_out_of_order_end_at_the_newest_head(stack: Stack) -> None:
    pull = stack.new_repository(PROJECT).open_pull_request("feature", DRIFT)
    pull.wait_for_check()
    stack.sandbox.misbehave("hold", "pull_request.synchronize")
    pull.push({"README.md": "late\n"})
    pull.push(MEND)

    assert pull.wait_for_check().conclusion == "success"
    stack.sandbox.drain()
    assert pull.wait_for_check().conclusion == "success"


def test_an_installation_that_is_suspended_in_the_middle_ends_quietly(stack: Stack) -> None:
    repository = stack.sandbox.create_repository("lost/app", PROJECT)
    installation = stack.sandbox.install("lost")
    hold = stack.sandbox.misbehave("slow", "GET */lost/app/compare/*", seconds=1.0)
    pull = repository.open_pull_request("feature", DRIFT)
    wait_until(lambda: hold.hits, "the review to begin")

    stack.sandbox.suspend(installation)

    log = stack.workers[0].log
    wait_until(lambda: "the installation is gone" in log.read_text(), "the log to say so")
    assert pull.review_comments() == []


def test_a_deleted_repository_ends_quietly(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    hold = stack.sandbox.misbehave("slow", f"GET */{repository.state.name}/compare/*", seconds=1.0)
    repository.open_pull_request("feature", DRIFT)
    wait_until(lambda: hold.hits, "the review to begin")
    repository.delete()
    other = stack.new_repository(PROJECT).open_pull_request("feature", DRIFT)
    assert_undisturbed(other)


def test_a_renamed_repository_is_reviewed_under_its_new_name(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    pull = repository.open_pull_request("feature", DRIFT)
    pull.wait_for_check()
    repository.rename(f"{repository.state.name}-renamed")

    pull.push(MEND)

    assert pull.wait_for_check().conclusion == "success"
