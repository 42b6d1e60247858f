"""The environments of a repository as they are now, for a review: in parallel, within seconds.

What was seen is kept in Redis for a while, so that a burst of pushes asks each database once, and
so that the watch knows what it saw the last time.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import MsgspecError, msgpack

from workers.engine.observed.observation import Observation
from workers.environments.binding import Binding, WrongBinding, bindings_of
from workers.environments.observing import dark, observe

if TYPE_CHECKING:
    from redis import Redis

LOOK_SECONDS = 30.0
"""A check run is to be concluded within a minute: what has not answered by then is "not read"."""
FRESH_SECONDS = 120
_KEPT_SECONDS = 14 * 86_400
_MOST_BYTES = 64 * 1024 * 1024
_MOST_KEPT_BYTES = 8 * 1024 * 1024
"""As it lies in Redis: a schema of more than that is read anew each time."""
_MOST_AT_ONCE = 8


def look_at(repository: str, redis: Redis) -> tuple[Observation, ...]:
    """What the environments hold that the operator bound to a repository (`owner/name`)."""
    try:
        bound = bindings_of(repository, os.environ)
    except WrongBinding as error:  # the operator's to mend; no review shall fail of it
        import structlog

        log = structlog.get_logger("driftline.environments")
        log.error("the file of bindings makes no sense", reason=str(error))
        return ()
    if not bound:
        return ()
    now = datetime.now(UTC)
    found: dict[str, Observation | None] = {one.name: _fresh(redis, one, now) for one in bound}
    asked = [one for one in bound if found[one.name] is None]
    for binding, observation in zip(asked, look_now(asked, now), strict=True):
        found[binding.name] = observation
        keep(redis, binding, observation)
    return tuple(seen for one in bound if (seen := found[one.name]) is not None)


def look_now(asked: Sequence[Binding], now: datetime) -> tuple[Observation, ...]:
    """Each of these databases as it is, read in parallel, in the order given; what has not
    answered after `LOOK_SECONDS` is dark.

    A name server or a socket can hang for longer than any timeout of the driver: the threads are
    daemons, so that neither a job nor the end of the process waits for one that does.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, Observation]] = queue.SimpleQueue()
    for at in range(len(asked)):
        waiting.put(at)

    def work() -> None:
        while True:
            try:
                at = waiting.get_nowait()
            except queue.Empty:
                return
            done.put((at, observe(asked[at], now)))

    for _ in range(min(_MOST_AT_ONCE, len(asked))):
        threading.Thread(target=work, name="look", daemon=True).start()
    found = dict(_until(done, len(asked), time.monotonic() + LOOK_SECONDS))
    while not waiting.empty():  # nobody shall begin with one that is given up
        with contextlib.suppress(queue.Empty):
            waiting.get_nowait()
    late = f"at the step reading: it did not answer within {LOOK_SECONDS:.0f} s"
    return tuple(found.get(at) or dark(one, now, late) for at, one in enumerate(asked))


def _until(
    done: queue.SimpleQueue[tuple[int, Observation]], count: int, end: float
) -> Iterator[tuple[int, Observation]]:
    for _ in range(count):
        try:
            yield done.get(timeout=max(0.001, end - time.monotonic()))
        except queue.Empty:
            return


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
    from redis.exceptions import ResponseError

    value = zlib.compress(msgpack.encode(observation), 1)
    if len(value) <= _MOST_KEPT_BYTES:
        with contextlib.suppress(ResponseError):  # a full Redis costs the memory, not the review
            redis.set(_key(binding), value, ex=_KEPT_SECONDS)


def _key(binding: Binding) -> str:
    return f"driftline:environment:{binding.repository.lower()}:{binding.name}"


def _fresh(redis: Redis, binding: Binding, now: datetime) -> Observation | None:
    known = kept(redis, binding)
    if known is None or not known.was_read:
        return None
    age = now - datetime.fromisoformat(known.read_at)
    return known if age < timedelta(seconds=FRESH_SECONDS) else None
