"""Which deliveries were received: each id is claimed once, by whichever web process is first."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

if TYPE_CHECKING:
    from redis import Redis

REMEMBERED_SECONDS = 8 * 86_400
"""Longer than a delivery can be sent again: 3 days on github.com, 7 on Enterprise Server."""
_PENDING_SECONDS = 30


class Claims:
    """`claim`, then `confirm` once the work is queued, else `release`.

    A claim that was never confirmed (the process died, Redis went away) ends after half a minute,
    so that the delivery can be sent again.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def claim(self, delivery: str) -> bool:
        """Take a delivery; False where somebody has it."""
        return bool(self._redis.set(_key(delivery), "pending", nx=True, ex=_PENDING_SECONDS))

    def confirm(self, delivery: str) -> None:
        """Its work is queued: remember it for as long as it can be sent again.

        Where Redis went away meanwhile the claim ends early, and a repeat would be worked twice:
        harmless, since a review that is done twice changes nothing.
        """
        with contextlib.suppress(RedisError):
            self._redis.set(_key(delivery), "queued", ex=REMEMBERED_SECONDS)

    def release(self, delivery: str) -> None:
        """Its work could not be queued: let it be sent again."""
        with contextlib.suppress(RedisError):
            self._redis.delete(_key(delivery))


def _key(delivery: str) -> str:
    return f"driftline:delivery:{delivery}"
