"""`make load`: the receiver and the workers under load, as figures; nothing here passes or fails.

Everything is on one machine: web process, workers, Valkey, the sandbox GitHub and the sender. The
sandbox takes more of the processor than the App (it validates every request against GitHub's
description), so throughput here is a lower bound; `cpu` of the App's own processes is what to size
by. `--scale 0.1` makes a short run of it.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from redis import Redis

from bot.intake import LIST, TAKEN
from bot.queue import Queue
from tests.bench.sender import Orders, Outcome
from tests.e2e.projects import DRIFT, PROJECT
from tests.sandbox.handles import PullHandle, wait_until
from tests.sandbox.world import Observation
from tests.support.processes import members
from tests.support.stack import Stack, running_stack
from workers.inflight import InFlight

_TICKS = os.sysconf("SC_CLK_TCK")
INSTALLATIONS = 50
BODY = 20_000
STALL = 180.0
"""Longer than a dead worker's jobs take to be found and begun again."""


def main() -> None:
    """Print the figures that were asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", default="receiver,beside,reviews,burst")
    parser.add_argument("--workers", default="1,2,4")
    options = parser.parse_args()
    # Whoever ends us ends what we started, too.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    wanted = options.only.split(",")
    load = os.getloadavg()[0]
    say(f"{os.cpu_count()} cores, load average {load:.1f} before, scale {options.scale}")
    if "receiver" in wanted:
        receiver(1_000, max(3.0, 60 * options.scale))
    if "beside" in wanted:
        beside(500, max(3.0, 60 * options.scale))
    if "reviews" in wanted:
        for workers in (int(word) for word in options.workers.split(",")):
            reviews(workers, max(INSTALLATIONS, int(1_000 * options.scale)))
    if "burst" in wanted:
        burst(max(20, int(200 * options.scale)))
    say(f"load average {os.getloadavg()[0]:.1f} after")


def say(text: str) -> None:
    """One line, at once."""
    print(text, flush=True)


def receiver(rate: float, seconds: float) -> None:
    """The receiver alone."""
    with running_stack(workers=0) as stack:
        redis = Redis.from_url(stack.redis_url)
        fire(stack, [body(number, 1, number, "a" * 40) for number in range(50)], 200, 2, "warm-")
        redis.flushdb()
        with busy(stack, "serve") as used:
            outcome = fire(
                stack, [body(n, 1, n, "a" * 40) for n in range(50)], rate, seconds, "load-"
            )
        kept = int(redis.llen(LIST))
        tell_receiver(f"receiver alone, {rate:.0f}/s for {seconds:.0f} s", outcome, kept, used)


def beside(rate: float, seconds: float) -> None:
    """The receiver while a worker reviews: deliveries are pushes to pull requests that exist, and
    others are reviewed, since a review stops when a push to its pull request arrives."""
    with running_stack(workers=0) as stack:
        redis = Redis.from_url(stack.redis_url)
        pushed = opened(stack, 10, 1)
        # More to review than is done meanwhile, so that a worker is busy from first to last.
        pulls = opened(stack, max(60, int(3 * seconds)), 20)
        stack.sandbox.drain(120)
        stack.start("work")
        wait_until(lambda: any(pull.check_run() for pull in pulls), "a review", 60)
        bodies = [real_body(pull) for pull in pushed]
        ends = endings(stack)
        with busy(stack, "serve") as used:
            outcome = fire(stack, bodies, rate, seconds, "beside-")
        done = len(ends)
        claimed = sum(1 for _ in redis.scan_iter("driftline:delivery:beside-*", count=5_000))
        name = f"receiver beside reviews, {rate:.0f}/s for {seconds:.0f} s"
        tell_receiver(name, outcome, claimed, used)
        wait_until(lambda: not redis.llen(LIST) and not redis.llen(TAKEN), "the intake", 300)
        say(f"    {done} check runs were concluded meanwhile; the intake was passed on to its end")


def reviews(workers: int, count: int) -> None:
    """Pull requests over many installations, one of which has a fifth of them."""
    with running_stack(workers=0) as stack:
        pulls = opened(stack, count, INSTALLATIONS)
        stack.sandbox.drain(120)
        since, ends = len(stack.sandbox.requests), endings(stack)
        with busy(stack, "work") as used, largest(stack) as memory:
            began = time.time()
            for _ in range(workers):
                stack.start("work")
            wait_for(stack, ends, count)
        seconds = time.time() - began
        times: dict[str, list[float]] = {pull.state.repository.full_name: [] for pull in pulls}
        for pull in pulls:
            run = pull.check_run()
            assert run is not None
            assert run.conclusion == "failure"
            times[pull.state.repository.full_name].append(ends[run.id] - began)
        calls = (len(stack.sandbox.requests) - since) / count
        middles = {name: statistics.median(some) for name, some in times.items()}
        big = max(times, key=lambda name: len(times[name]))
        others = sorted(value for name, value in middles.items() if name != big)
        every = sorted(one for some in times.values() for one in some)
        say(
            f"{count} pull requests over {len(times)} installations, {workers} workers:"
            f" {seconds:.1f} s, {count / seconds:.1f} reviews/s"
            f"\n    concluded after p50 {part(every, 0.5):.1f} s, p99 {part(every, 0.99):.1f} s"
            f"\n    median by installation: {others[0]:.1f} to {others[-1]:.1f} s; the one with"
            f" {len(times[big])} of them {middles[big]:.1f} s"
            f"\n    GitHub calls per review {calls:.1f}; processor time per review"
            f" {used['cpu'] / count:.2f} s (git included); memory of a worker with its horse,"
            f" shared pages divided: {memory['pss'] / workers / 1024:.0f} MB"
        )


def wait_for(stack: Stack, ends: Mapping[int, float], count: int) -> None:
    """Until so many check runs are concluded. Raises RuntimeError where a process has ended, or
    nothing was concluded for longer than anything may take."""
    concluded, since = 0, time.monotonic()
    while concluded < count:
        stack.check()
        if len(ends) > concluded:
            concluded, since = len(ends), time.monotonic()
        elif time.monotonic() - since > STALL:
            raise RuntimeError(
                f"{concluded} of {count} reviews were concluded, and none for {STALL:.0f} s:"
                f" {waiting_now(stack)} wait or are under way, {len(stack.workers)} workers run"
                f"\n{stack.logs()}"
            )
        time.sleep(0.2)


def burst(count: int) -> None:
    """Many pushes to one pull request."""
    with running_stack(workers=2) as stack:
        (pull,) = opened(stack, 1, 1)
        pull.wait_for_check()
        before = len(pull.state.repository.check_runs)
        began = time.time()
        for number in range(count):
            pull.push({"README.md": f"{number}\n"})
        pushed = time.time() - began
        stack.sandbox.drain(120)
        run = pull.wait_for_check(timeout=120)
        concluded = time.time() - began
        # What gave way to another job of the same pull request looks again, up to minutes later.
        wait_until(lambda: not waiting_now(stack), "the queue's end", 300)
        runs = pull.state.repository.check_runs[before:]
        judged = [one for one in runs if one.conclusion == "failure"]
        still_open = [one for one in runs if one.status != "completed"]
        say(
            f"{count} pushes to one pull request in {pushed:.1f} s: {len(judged)} reviewed to the"
            f" end, {len(runs) - len(judged)} stopped on the way, {len(still_open)} left open;"
            f" the last is concluded as {run.conclusion} {concluded - pushed:.1f} s after the"
            f" push, {len(pull.reviews())} review and {len(pull.review_comments())} comment stand"
        )


def waiting_now(stack: Stack) -> int:
    """Requests and jobs that wait for a worker or are under way, those put off not counted."""
    redis = Redis.from_url(stack.redis_url)
    waiting: Any = redis.llen(LIST) + redis.llen(TAKEN) + len(InFlight(redis).all())
    return int(waiting) + Queue(redis).length()


def opened(stack: Stack, count: int, installations: int) -> list[PullHandle]:
    """Pull requests with drift; the first installation has a fifth of them."""
    repositories = [stack.new_repository(PROJECT) for _ in range(installations)]
    first = count // 5 if installations > 1 and count > installations else 1
    rest = max(1, installations - 1)
    sizes = [first, *(0 for _ in range(installations - 1))]
    for number in range(count - first):
        sizes[1 + number % rest if installations > 1 else 0] += 1
    return [
        repository.open_pull_request(f"work-{number}", DRIFT)
        for repository, size in zip(repositories, sizes, strict=True)
        for number in range(size)
    ]


def endings(stack: Stack) -> dict[int, float]:
    """When each check run was concluded, filled in as it happens."""
    found: dict[int, float] = {}

    def hear(seen: Observation) -> None:
        if seen.kind == "check" and seen.facts["run"].status == "completed":
            found.setdefault(seen.facts["run"].id, seen.at)

    stack.sandbox.on_observation(hear)
    return found


def body(installation: int, repository: int, number: int, sha: str, name: str = "o/r") -> bytes:
    """A `pull_request` delivery of the size that GitHub's have."""
    payload: dict[str, Any] = {
        "action": "synchronize",
        "number": number,
        "pull_request": {"number": number, "state": "open", "head": {"sha": sha}, "padding": {}},
        "repository": {"id": repository, "full_name": name},
        "installation": {"id": installation},
        "sender": {"login": "octocat", "id": 1, "type": "User"},
    }
    padding: dict[str, str] = payload["pull_request"]["padding"]
    for line in range(1_000):
        padding[f"link_{line}_url"] = f"https://api.github.com/repos/{name}/pulls/{number}/{line}"
        if line % 20 == 0 and len(json.dumps(payload)) >= BODY:
            break
    return json.dumps(payload).encode()


def real_body(pull: PullHandle) -> bytes:
    """The delivery of a push to a pull request of the sandbox."""
    repository = pull.state.repository
    installation = pull.world.installation_for(repository)
    assert installation is not None
    name = repository.full_name
    return body(installation.id, repository.id, pull.number, pull.head_sha, name)


def fire(stack: Stack, bodies: list[bytes], rate: float, seconds: float, prefix: str) -> Outcome:
    """Send from a process of its own."""
    texts = [base64.b64encode(one).decode() for one in bodies]
    orders = Orders(stack.port, stack.sandbox.app.webhook_secret, rate, seconds, texts, prefix)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.sender"],
        input=json.dumps(asdict(orders)),
        capture_output=True,
        text=True,
        check=True,
    )
    return Outcome(**json.loads(done.stdout))


def tell_receiver(name: str, outcome: Outcome, kept: int, used: Mapping[str, float]) -> None:
    """What became of the deliveries."""
    times, count = outcome.milliseconds, len(outcome.milliseconds)
    taken = outcome.statuses.get("202", 0)
    say(
        f"{name}: {count / outcome.seconds:.0f}/s answered, p50 {part(times, 0.5):.1f} ms,"
        f" p99 {part(times, 0.99):.1f} ms, worst {times[-1]:.0f} ms"
        f"\n    statuses {outcome.statuses}; {kept} kept of {taken} taken, {taken - kept} lost"
        f"\n    processor time {used['cpu'] / count * 1000:.2f} ms a delivery in the receiver,"
        f" {outcome.cpu / count * 1000:.2f} ms in the sender, which was late by up to"
        f" {outcome.late:.0f} ms"
    )


def part(values: list[float], share: float) -> float:
    """The value below which this share of sorted values lies."""
    return values[min(len(values) - 1, int(len(values) * share))]


@contextmanager
def busy(stack: Stack, name: str) -> Iterator[dict[str, float]]:
    """Seconds of processor time that the processes of a name take in the block, their dead
    children included."""
    before = _cpu(stack, name)
    used = {"cpu": 0.0}
    yield used
    used["cpu"] = _cpu(stack, name) - before


def _cpu(stack: Stack, name: str) -> float:
    total = 0.0
    for process in stack.processes:
        if process.name == name:
            for pid in members(process.pid):
                fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
                total += sum(int(field) for field in fields[11:15]) / _TICKS
    return total


@contextmanager
def largest(stack: Stack) -> Iterator[dict[str, float]]:
    """The most memory (KiB, shared pages divided among those who share) of all workers at once."""
    found = {"pss": 0.0}
    over = threading.Event()

    def look() -> None:
        while not over.wait(1.0):
            total = 0.0
            for process in stack.workers:
                for pid in members(process.pid):
                    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
                        if line.startswith("Pss:"):
                            total += float(line.split()[1])
            found["pss"] = max(found["pss"], total)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    yield found
    over.set()
    thread.join()


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


if __name__ == "__main__":
    main()
