"""The environments of a repository as they are now, for a review: in parallel, within seconds.

What was seen is kept in Redis for a while, so that a burst of pushes asks each database once, and
so that the watch knows what it saw the last time.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import MsgspecError, msgpack

from workers.engine.observed.observation import Observation
from workers.environments.binding import Binding, bindings_of
from workers.environments.observing import observe

if TYPE_CHECKING:
    from redis import Redis

LOOK_SECONDS = 30.0
"""A check run is to be concluded within a minute: what has not answered by then is "not read"."""
FRESH_SECONDS = 120
_KEPT_SECONDS = 14 * 86_400
_MOST_BYTES = 64 * 1024 * 1024


def look_at(repository: str, redis: Redis) -> tuple[Observation, ...]:
    """What the environments hold that the operator bound to a repository (`owner/name`)."""
    bound = bindings_of(repository, os.environ)
    if not bound:
        return ()
    now = datetime.now(UTC)
    found: dict[str, Observation | None] = {one.name: _fresh(redis, one, now) for one in bound}
    asked = [one for one in bound if found[one.name] is None]
    for binding, observation in _observed(asked, now):
        found[binding.name] = observation
        keep(redis, binding, observation)
    return tuple(seen for one in bound if (seen := found[one.name]) is not None)


def _observed(asked: Sequence[Binding], now: datetime) -> list[tuple[Binding, Observation]]:
    if not asked:
        return []
    pool = ThreadPoolExecutor(max_workers=min(8, len(asked)))
    running = {pool.submit(observe, binding, now): binding for binding in asked}
    done, late = wait(running, timeout=LOOK_SECONDS)
    pool.shutdown(wait=False, cancel_futures=True)
    found = [(running[future], future.result()) for future in done]
    for future in late:
        name = running[future].name
        sentence = f"`{name}` could not be read: it did not answer within {LOOK_SECONDS:.0f} s"
        dark = Observation(name, now.isoformat(timespec="milliseconds"), failure=sentence)
        found.append((running[future], dark))
    return found


def kept(redis: Redis, binding: Binding) -> Observation | None:
    """What was seen the last time, if that is not too long ago."""
    value = redis.get(_key(binding))
    if not isinstance(value, bytes):
        return None
    try:
        unpacked = zlib.decompressobj().decompress(value, _MOST_BYTES)
        return msgpack.decode(unpacked, type=Observation)
    except (zlib.error, MsgspecError, UnicodeDecodeError):
        return None


def keep(redis: Redis, binding: Binding, observation: Observation) -> None:
    """Remember what was seen."""
    redis.set(_key(binding), zlib.compress(msgpack.encode(observation), 1), ex=_KEPT_SECONDS)


def _key(binding: Binding) -> str:
    return f"driftline:environment:{binding.repository.lower()}:{binding.name}"


def _fresh(redis: Redis, binding: Binding, now: datetime) -> Observation | None:
    known = kept(redis, binding)
    if known is None or not known.was_read:
        return None
    age = now - datetime.fromisoformat(known.read_at)
    return known if age < timedelta(seconds=FRESH_SECONDS) else None
