"""The faults: each begins with a running App, breaks something, mends it, and counts."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from bot.queue import DEFAULT, SERIALIZER, new_job_id
from bot.requests import Reason, Repository, ReviewRequest, to_json
from tests.e2e.projects import DRIFT, PROJECT
from tests.faults.figures import Figures, count, make_round, until
from tests.faults.servers import Pair, Server
from tests.sandbox.handles import PullHandle
from tests.support.processes import members
from tests.support.stack import Stack, running_stack


class CannotRun(Exception):
    """The machine does not allow this fault; the sentence says why."""


@dataclass(frozen=True)
class Scenario:
    """A fault by name; `is_quick` where it belongs to the ordinary tests."""

    name: str
    run: Callable[[], Figures]
    is_quick: bool = False
    note: str = ""


STAGES: Mapping[str, str] = {
    "the token": "POST */access_tokens",
    "reading the pull request": "GET */pulls/*",
    "making the check run": "POST */check-runs",
    "comparing": "GET */compare/*",
    "fetching": "GIT POST *",
    "posting the review": "POST */reviews",
    "concluding": "PATCH */check-runs/*",
}


def opened(stack: Stack, number: int) -> list[PullHandle]:
    """Pull requests with drift, each in a repository of its own."""
    return [
        stack.new_repository(PROJECT).open_pull_request("feature", DRIFT) for _ in range(number)
    ]


def killed_worker(stage: str) -> Figures:
    """kill -9 of the worker and all that it started, in the middle of a stage, after which the
    request that was under way is done by GitHub all the same."""
    with running_stack() as stack:
        hold = stack.sandbox.misbehave("slow-after", STAGES[stage], seconds=2.0)
        pulls = opened(stack, 2)
        until(lambda: hold.hits, stage)
        time.sleep(0.2)
        stack.workers[0].kill()
        stack.start("work")
        return count(stack, pulls)


def killed_web() -> Figures:
    """kill -9 of the web process; deliveries fail until another runs, and are sent again."""
    with running_stack() as stack:
        pulls = opened(stack, 1)
        stack.sandbox.drain()
        stack.web.kill()
        stack.processes.remove(stack.web)
        pulls += opened(stack, 2)
        stack.sandbox.drain()
        stack.start_web()
        make_round(stack)
        return count(stack, pulls)


def killed_clock() -> Figures:
    """kill -9 of the clock, which also passes deliveries on; its supervisor starts another."""
    with running_stack() as stack:
        supervisor = stack.workers[0].pid
        children = _children(supervisor)
        for pid in children:  # the worker forks its horses, the clock has no children
            if pid == max(children):
                os.kill(pid, signal.SIGKILL)
        return count(stack, opened(stack, 3))


def _children(parent: int) -> list[int]:
    found = []
    for pid in members(parent):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        if int(fields[1]) == parent:
            found.append(pid)
    return found


@contextmanager
def own_server(**config: str) -> Iterator[tuple[Server, Stack]]:
    """The App on a server that may be stopped and started."""
    with ExitStack() as rest:
        server = rest.enter_context(Server(**config))
        stack = rest.enter_context(running_stack(environment={"REDIS_URL": server.url}))
        stack.redis_url = server.url
        yield server, stack


def restarted_redis() -> Figures:
    """kill -9 of Valkey, with its append-only file, while reviews run; back after two seconds."""
    with own_server(appendonly="yes", appendfsync="always") as (server, stack):
        hold = stack.sandbox.misbehave("slow", "GET */compare/*", seconds=2.0)
        pulls = opened(stack, 2)
        until(lambda: hold.hits, "the review")
        server.kill()
        pulls += opened(stack, 1)
        time.sleep(2)
        server.start()
        stack.sandbox.drain()
        make_round(stack)
        return count(stack, pulls)


def full_redis() -> Figures:
    """Valkey at its bound refuses to write: deliveries are answered 503, and sent again later."""
    with own_server() as (server, stack):
        pulls = opened(stack, 1)
        stack.sandbox.drain()
        client = server.client()
        client.config_set("maxmemory", "1")
        pulls += opened(stack, 2)
        stack.sandbox.drain()
        time.sleep(2)
        client.config_set("maxmemory", "0")
        make_round(stack)
        return count(stack, pulls)


def github_down(seconds: float = 40.0) -> Figures:
    """Every request to GitHub fails, git's too. Past the first minute nothing changes any more: a
    review is tried again every 30 seconds for as long as it takes, so an hour is as long as this
    for whoever waits behind it."""
    with running_stack() as stack:
        outage = stack.sandbox.misbehave("503", "*/*", times=1_000_000)
        pulls = opened(stack, 4)
        until(lambda: outage.hits, "the outage")
        time.sleep(seconds)
        stack.sandbox.world.misbehaviours.clear()
        return count(stack, pulls)


def hanging_git() -> Figures:
    """The git server takes the request and says nothing for longer than git waits."""
    with running_stack() as stack:
        hang = stack.sandbox.misbehave("slow", "GIT POST *", seconds=45.0)
        pulls = opened(stack, 2)
        until(lambda: hang.hits, "git")
        return count(stack, pulls)


def full_disk() -> Figures:
    """Where clones are written there is no room (a tmpfs of 16 KB), and later there is."""
    if os.geteuid() != 0:
        raise CannotRun("only root may mount a tmpfs")
    with ExitStack() as rest:
        folder = rest.enter_context(tempfile.TemporaryDirectory(prefix="driftline-full-"))
        mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", folder]
        if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            raise CannotRun("this machine lets nobody mount a tmpfs")
        rest.callback(subprocess.run, ["umount", "-l", folder], check=False)
        stack = rest.enter_context(running_stack(environment={"TMPDIR": folder}))
        pulls = opened(stack, 2)
        time.sleep(6)
        subprocess.run(["mount", "-o", "remount,size=256m", folder], check=True)
        return count(stack, pulls)


def skewed_clock(minutes: float) -> Figures:
    """This machine's clock is off by so much from GitHub's, in either direction."""
    with running_stack() as stack:
        stack.sandbox.advance(minutes=minutes)
        return count(stack, opened(stack, 2))


def failed_over() -> Figures:
    """The master dies under two sentinels' watch, its replica takes over."""
    with ExitStack() as rest:
        pair = rest.enter_context(Pair())
        stack = rest.enter_context(running_stack(environment={"REDIS_URL": pair.url}))
        stack.redis_url = pair.master.url
        pulls = opened(stack, 1)
        pulls[0].wait_for_check()
        hold = stack.sandbox.misbehave("slow", "GET */compare/*", seconds=2.0)
        pulls += opened(stack, 2)
        until(lambda: hold.hits, "the review")
        pair.master.kill()
        pulls += opened(stack, 1)
        stack.redis_url = pair.wait_for_replica()
        stack.sandbox.drain(60)
        make_round(stack)
        return count(stack, pulls)


def new_version() -> Figures:
    """Every process is asked to end and another started, with reviews under way; the queue holds
    requests as older releases wrote them, with fields missing and fields unknown."""
    from rq import Queue as RqQueue

    with running_stack() as stack:
        hold = stack.sandbox.misbehave("slow", "GET */compare/*", seconds=1.5)
        pulls = opened(stack, 3)
        until(lambda: hold.hits, "the review")
        old = stack.workers[0]
        os.kill(old.pid, signal.SIGTERM)
        stack.web.stop()
        stack.processes.remove(stack.web)
        webhook, stack.sandbox.app.webhook_url = stack.sandbox.app.webhook_url, None
        silent = opened(stack, 1)[0]  # nobody was told: the queue alone knows of it
        stack.sandbox.app.webhook_url = webhook
        repository = silent.state.repository
        installation = stack.sandbox.install(repository.owner.login)
        request = ReviewRequest(
            installation.id,
            Repository(repository.id, repository.full_name),
            silent.number,
            Reason.PUSHED,
        )
        written = {
            name: value
            for name, value in to_json(request).items()
            if name not in ("version", "sender", "delivery", "is_first_contact", "head_sha")
        }
        redis = Redis.from_url(stack.redis_url)
        queue = RqQueue(DEFAULT, connection=redis, serializer=SERIALIZER)
        queue.enqueue_call(
            "workers.jobs.review_pull_request",
            args=({**written, "of_an_older_release": True},),
            job_id=new_job_id(request),
        )
        until(lambda: not old.running, "the old worker's end")
        stack.start_web()
        stack.start("work")
        make_round(stack)
        return count(stack, [*pulls, silent])


SCENARIOS: tuple[Scenario, ...] = (
    *(
        Scenario(
            f"worker killed at: {stage}",
            lambda stage=stage: killed_worker(stage),  # type: ignore[misc]
            is_quick=stage in ("posting the review", "concluding"),
        )
        for stage in STAGES
    ),
    Scenario("web process killed", killed_web, is_quick=True, note="redelivery made due"),
    Scenario("clock killed", killed_clock, is_quick=True),
    Scenario("Redis killed and back", restarted_redis, is_quick=True, note="redelivery made due"),
    Scenario("Redis full", full_redis, is_quick=True, note="redelivery made due"),
    Scenario("GitHub down for an hour", github_down, note="scaled: 40 s"),
    Scenario("git hangs", hanging_git, note="counted from the hang"),
    Scenario("disk full", full_disk),
    Scenario("clock 50 s behind GitHub's", lambda: skewed_clock(50 / 60)),
    Scenario("clock 50 s ahead of GitHub's", lambda: skewed_clock(-50 / 60)),
    Scenario("clock 10 min behind GitHub's", lambda: skewed_clock(10)),
    Scenario("clock 10 min ahead of GitHub's", lambda: skewed_clock(-10)),
    Scenario("Sentinel failover", failed_over, note="redelivery made due"),
    Scenario(
        "new version, old job formats", new_version, is_quick=True, note="redelivery made due"
    ),
)
