"""A lease: the right to do one thing alone for a while, kept in Redis, renewed, given back.

It ends by itself when its holder dies, so a lease makes doubled work rare, not impossible: what
is written under it must bear being written twice.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis import Redis


class LeaseHeld(Exception):
    """Somebody else has it; `seconds_left` until it would end by itself."""

    def __init__(self, name: str, seconds_left: float) -> None:
        super().__init__(f"Another process works on {name} for up to {seconds_left:.0f} s more.")
        self.seconds_left = seconds_left


class LeaseLost(Exception):
    """It ended or went to somebody else while we held it: stop before the next write."""


class Lease:
    """`with Lease(redis, "review:1:2", ttl=30):` raises `LeaseHeld` where it is taken.

    A background thread renews it every third of `ttl` while the block runs; `check()` before a
    write raises `LeaseLost` where renewal failed for too long. Released by owner token only.
    """

    def __init__(self, redis: Redis, name: str, *, ttl: float = 30.0) -> None:
        raise NotImplementedError

    def __enter__(self) -> Lease:
        raise NotImplementedError

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        raise NotImplementedError

    def acquire(self) -> bool:
        """Take it; False where somebody else has it."""
        raise NotImplementedError

    def renew(self) -> bool:
        """Hold it for another `ttl`; False where it is not ours any more."""
        raise NotImplementedError

    def release(self) -> None:
        """Give it back, if it is ours."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise `LeaseLost` unless it is certainly ours."""
        raise NotImplementedError
