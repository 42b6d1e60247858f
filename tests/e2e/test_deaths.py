"""Workers killed in the middle of a review: the check run is concluded all the same."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.projects import DRIFT, PROJECT
from tests.sandbox.handles import PullHandle, wait_until
from tests.support.processes import members
from tests.support.stack import Stack, running_stack

WITHIN = 45.0
"""Seconds until a review that lost its worker is concluded: the lease's end, a sweep, a review."""


@pytest.fixture(scope="module")
def mortal() -> Iterator[Stack]:
    with running_stack() as stack:
        yield stack
        assert stack.sandbox.violations == []


def in_the_middle(stack: Stack, seconds: float = 4.0) -> PullHandle:
    """A pull request whose review has made its check run, and waits for GitHub."""
    hold = stack.sandbox.misbehave("slow", "GET */compare/*", seconds=seconds)
    repository = stack.new_repository(PROJECT)
    pull = repository.open_pull_request("feature", DRIFT)
    wait_until(lambda: hold.hits and pull.check_run(), "the review to begin")
    return pull


def is_reviewed(pull: PullHandle) -> None:
    run = pull.wait_for_check(timeout=WITHIN)
    assert (run.conclusion, run.title) == ("failure", "1 error")
    assert len(pull.check_runs()) == 1
    assert len(pull.state.repository.check_runs) == 1
    assert len(pull.reviews()) == 1


def horses(stack: Stack) -> list[int]:
    """The work horses: what a worker's children have for children."""
    session = list(members(stack.workers[0].pid))
    parents = {pid: _parent(pid) for pid in session}
    workers = {pid for pid, parent in parents.items() if parent == stack.workers[0].pid}
    return [pid for pid, parent in parents.items() if parent in workers]


def _parent(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])


def test_a_killed_work_horse(mortal: Stack) -> None:
    pull = in_the_middle(mortal)
    (horse,) = wait_until(lambda: horses(mortal), "a work horse")

    os.kill(horse, signal.SIGKILL)

    is_reviewed(pull)


def test_a_killed_worker_with_all_that_it_started(mortal: Stack) -> None:
    pull = in_the_middle(mortal)

    mortal.workers[0].kill()
    mortal.start("work")

    is_reviewed(pull)


def test_a_killed_supervisor_leaves_nothing_running(mortal: Stack) -> None:
    pull = in_the_middle(mortal, seconds=1.0)
    supervisor = mortal.workers[0]

    supervisor.kill_alone()

    wait_until(lambda: not list(members(supervisor.pid)), "its children to end", 30)
    mortal.start("work")
    is_reviewed(pull)


def test_a_worker_that_is_asked_to_stop_finishes_its_review(mortal: Stack) -> None:
    pull = in_the_middle(mortal, seconds=1.5)
    supervisor = mortal.workers[0]

    os.kill(supervisor.pid, signal.SIGTERM)

    wait_until(lambda: not supervisor.running, "the worker to stop", 20)
    assert supervisor.code == 0
    is_reviewed(pull)
    assert list(members(supervisor.pid)) == []
    mortal.start("work")


def test_two_workers_never_review_one_pull_request_at_once(mortal: Stack) -> None:
    mortal.start("work")
    pull = in_the_middle(mortal, seconds=1.5)
    for number in range(3):
        pull.comment("alice", "/recheck")
        pull.push({"README.md": f"{number}\n"})
    time.sleep(0.2)

    run = pull.wait_for_check(timeout=WITHIN)

    assert run.conclusion == "failure"
    wait_until(
        lambda: all(run.status == "completed" for run in pull.state.repository.check_runs),
        "every run's end",
    )
    assert len(pull.review_comments()) == 1
    assert len(pull.reviews()) == 1
