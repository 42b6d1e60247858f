"""A lease: the right to do one thing alone for a while, kept in Redis, renewed, given back.

It ends by itself when its holder dies, so a lease makes doubled work rare, not impossible: what
is written under it must bear being written twice.
"""

from __future__ import annotations

import secrets
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

if TYPE_CHECKING:
    from redis import Redis

# Only the owner may renew or give back: compare and act in one step.
_RENEW = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
    return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0
"""
_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
    return redis.call('DEL', KEYS[1])
end
return 0
"""


class LeaseHeld(Exception):
    """Somebody else has it; `seconds_left` until it would end by itself."""

    def __init__(self, name: str, seconds_left: float) -> None:
        super().__init__(f"Another process works on {name} for up to {seconds_left:.0f} s more.")
        self.seconds_left = seconds_left


class LeaseLost(Exception):
    """It ended or went to somebody else while we held it: stop before the next write."""


class Lease:
    """`with Lease(redis, "review:1:2", ttl=30) as lease:` raises `LeaseHeld` where it is taken.

    A daemon thread renews it every third of `ttl` while the block runs; `check()` before a write
    raises `LeaseLost` where the last renewal is older than `ttl`, by a clock that only rises. A
    process that was stopped and wakes up later learns so before it writes.
    """

    def __init__(self, redis: Redis, name: str, *, ttl: float = 30.0) -> None:
        self.name = name
        self._redis = redis
        self._key = f"driftline:lease:{name}"
        self._token = secrets.token_hex(16)
        self._milliseconds = int(ttl * 1000)
        self._ttl = ttl
        self._good_until = 0.0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Lease:
        if not self.acquire():
            left = self._redis.pttl(self._key)
            raise LeaseHeld(self.name, max(left, 0) / 1000 if isinstance(left, int) else 0.0)
        self._thread = threading.Thread(target=self._keep, name=f"lease {self.name}", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=self._ttl)
        self.release()

    def acquire(self) -> bool:
        """Take it; False where somebody else has it."""
        asked = time.monotonic()
        taken = self._redis.set(self._key, self._token, nx=True, px=self._milliseconds)
        if taken:
            self._good_until = asked + self._ttl
        return bool(taken)

    def renew(self) -> bool:
        """Hold it for another `ttl`; False where it is not ours any more."""
        asked = time.monotonic()
        held = bool(self._redis.eval(_RENEW, 1, self._key, self._token, str(self._milliseconds)))
        self._good_until = asked + self._ttl if held else 0.0
        return held

    def release(self) -> None:
        """Give it back, if it is ours; where Redis is away it ends by itself."""
        self._good_until = 0.0
        try:
            self._redis.eval(_RELEASE, 1, self._key, self._token)
        except RedisError:
            return

    def check(self) -> None:
        """Raise `LeaseLost` unless it is certainly ours."""
        if time.monotonic() >= self._good_until:
            raise LeaseLost(f"The lease on {self.name} ended while it was held.")

    def _keep(self) -> None:
        while not self._stop.wait(self._ttl / 3):
            try:
                if not self.renew():
                    return
            except RedisError:
                continue  # it stands until `_good_until`; the next renewal may reach Redis


def is_held(redis: Redis, name: str) -> bool:
    """Whether anybody has the lease at this moment."""
    return bool(redis.exists(f"driftline:lease:{name}"))


def break_open(redis: Redis, name: str) -> None:
    """Take the lease from a holder that is known to be dead."""
    redis.delete(f"driftline:lease:{name}")
