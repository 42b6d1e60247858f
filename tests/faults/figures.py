"""What is counted after a fault: every delivery, every check run, nothing twice."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from redis import Redis
from redis.exceptions import RedisError

from tests.e2e.quiet import settle
from tests.sandbox.handles import PullHandle, wait_until
from tests.support.stack import Stack

WITHIN = 60.0
"""Seconds after which every check run is concluded, once GitHub, Redis and the rest answer."""


@dataclass(frozen=True)
class Figures:
    """What became of the deliveries and pull requests of one fault."""

    deliveries: int
    attempts: int
    lost: int
    pulls: int
    concluded: int
    seconds: float
    """From the moment at which all worked again to the last conclusion."""
    doubled: int
    """Check runs, reviews and comments that came twice on the way."""
    twice: int
    """Of them, how many stand at the end."""

    @property
    def is_well(self) -> bool:
        """Nothing lost, nothing open, nothing twice, and in time."""
        return (
            not self.lost
            and not self.twice
            and self.concluded == self.pulls
            and self.seconds <= WITHIN
        )


def count(stack: Stack, pulls: Iterable[PullHandle], timeout: float = 3 * WITHIN) -> Figures:
    """Wait until all is done from now on, and count."""
    pulls = list(pulls)
    began = time.monotonic()
    done: dict[int, float] = {}

    def all_done() -> bool:
        for number, pull in enumerate(pulls):
            run = pull.check_run()
            if number not in done and run is not None and run.status == "completed":
                done[number] = time.monotonic() - began
        return len(done) == len(pulls)

    try:
        wait_until(all_done, "every check run's conclusion", timeout)
        settle(stack)
    except TimeoutError:
        pass
    with contextlib.suppress(TimeoutError):  # the reviews may be done before the redelivery is
        wait_until(lambda: not lost_of(attempts_of(stack)), "every delivery", WITHIN)
    by_guid = attempts_of(stack)
    lost = lost_of(by_guid)
    runs = [list(pull.check_runs()) for pull in pulls]
    reviews = [len(pull.reviews()) for pull in pulls]
    comments = [len(pull.review_comments()) for pull in pulls]
    made = [
        sum(one.head_sha == pull.head_sha for one in pull.state.repository.check_runs)
        for pull in pulls
    ]
    return Figures(
        deliveries=len(by_guid),
        attempts=sum(len(codes) for codes in by_guid.values()),
        lost=lost,
        pulls=len(pulls),
        concluded=len(done),
        seconds=max(done.values(), default=0.0),
        doubled=sum(max(0, number - 1) for number in (*made, *reviews, *comments)),
        twice=sum(max(0, number - 1) for number in (*reviews, *comments))
        + sum(max(0, len(some) - 1) for some in runs),
    )


def attempts_of(stack: Stack) -> dict[str, list[int | None]]:
    """The answers to each delivery, by its id."""
    found: dict[str, list[int | None]] = {}
    for delivery in list(stack.sandbox.deliveries):
        found.setdefault(delivery.guid, []).append(delivery.status_code)
    return found


def lost_of(attempts: dict[str, list[int | None]]) -> int:
    """How many deliveries nobody has taken."""
    return sum(all(code is None or code >= 300 for code in codes) for codes in attempts.values())


def make_round(stack: Stack, name: str = "redeliver") -> None:
    """Let a round be due now that the clock would make within five minutes."""
    redis = Redis.from_url(stack.redis_url)

    def forget() -> bool:
        try:
            redis.delete(f"driftline:rounds:{name}")
        except RedisError:
            return False
        return True

    wait_until(forget, "Redis")
    redis.close()


def until(probe: Callable[[], object], what: str, seconds: float = 30.0) -> None:
    """Wait for a fault to strike."""
    wait_until(probe, what, seconds)
