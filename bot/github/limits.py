"""GitHub's limits, known to every process: who was told to wait is not asked again by another.

"If you continue to make requests while you are rate limited, your integration may be banned":
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from bot.github.errors import RateLimited

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redis import Redis

WRITES_A_MINUTE = 80
"""Content-creating requests a minute, by GitHub's page on secondary limits."""
NEW_WRITES_A_MINUTE = 60
"""Of these, how many may make something new: the rest is kept for bringing to an end (PATCH) what
was begun, so that a burst ends in finished reviews rather than in many that are cut off."""
UNSAID_SECONDS = 60.0
"""What GitHub asks to wait where it gives neither retry-after nor a reset."""
_LONGEST = 3_900.0


class Limits:
    """Pauses and the count of writes of one installation, or pauses of the App itself.

    The App's own requests create no content (tokens, redeliveries), so `counts_writes` is off.
    """

    def __init__(self, redis: Redis, owner: str, *, counts_writes: bool = True) -> None:
        self._redis = redis
        self._counts_writes = counts_writes
        self._pause_key = f"driftline:pause:{owner}"
        self._writes_key = f"driftline:writes:{owner}"

    def check(self, verb: str) -> None:
        """Raise `RateLimited` while a pause stands, or where this minute's writes are spent."""
        left = self._redis.pttl(self._pause_key)
        if isinstance(left, int) and left > 0:
            raise RateLimited("GitHub asked this installation to wait.", retry_after=left / 1000)
        if verb != "GET" and self._counts_writes:
            self._count_write(NEW_WRITES_A_MINUTE if verb == "POST" else WRITES_A_MINUTE)

    def pause(self, seconds: float) -> None:
        """Let nobody ask for this long; a longer pause that stands is kept."""
        milliseconds = int(seconds * 1000)
        left = self._redis.pttl(self._pause_key)
        if milliseconds > 0 and not (isinstance(left, int) and left >= milliseconds):
            self._redis.set(self._pause_key, "1", px=milliseconds)

    def _count_write(self, most: int) -> None:
        minute, second = divmod(time.time(), 60)
        key = f"{self._writes_key}:{int(minute)}"
        count = self._redis.incr(key)
        if count == 1:
            self._redis.expire(key, 120)
        if count > most:
            self._redis.decr(key)
            raise RateLimited(
                f"This installation has made {most} writes in this minute.",
                retry_after=60 - second + 0.5,
            )


def seconds_to_wait(status: int, headers: Mapping[str, str], message: str) -> float | None:
    """How long a 403 or 429 asks to wait; None where it is no limit.

    The order of GitHub's page: retry-after, else the reset where nothing remains, else a minute.
    https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
    """
    if status not in (403, 429):
        return None
    retry_after = headers.get("retry-after", "").strip()
    if retry_after.isdigit():
        return min(float(retry_after), _LONGEST)
    if headers.get("x-ratelimit-remaining") == "0" and (
        reset := headers.get("x-ratelimit-reset", "").partition(".")[0]
    ):
        return (
            min(max(float(reset) - _now(headers), 0.0) + 1.0, _LONGEST) if reset.isdigit() else 60
        )
    text = message.lower()
    if status == 429 or "rate limit" in text or "abuse detection" in text or "retry your" in text:
        return UNSAID_SECONDS
    return None


def _now(headers: Mapping[str, str]) -> float:
    """GitHub's time, which its reset is told in; ours may be wrong by minutes."""
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp()
    except ValueError:
        return time.time()
