"""The intake: what the receiver has taken, on one list, until it is passed on to RQ.

To queue a job costs RQ a dozen commands, and GitHub waits for the answer: so the receiver claims a
delivery and appends its request to a list in one step, and a process beside the workers passes the
requests on in their order. A request lies on a second list while it is passed on; what is left
there by a process that died is passed on again, which changes nothing, since a review that is done
twice changes nothing.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import structlog
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import DataError, NoScriptError, RedisError

from bot.leases import Lease
from bot.line import Line
from bot.requests import Request, UnreadableRequest, from_json, to_json

if TYPE_CHECKING:
    from redis import Redis

    from bot.queue import Queue

LIST = "driftline:intake"
TAKEN = "driftline:intake:taken"
UNREADABLE = "driftline:intake:unreadable"
REMEMBERED_SECONDS = 8 * 86_400
"""Longer than a delivery can be sent again: 3 days on github.com, 7 on Enterprise Server."""
_LEASE_SECONDS = 6.0
_WAIT_SECONDS = 1.0
_MOST_UNREADABLE = 1_000

# KEYS: the list, then each delivery's claim. ARGV: the seconds that a claim stands, then each item.
_PUT = """
local answers = {}
for number = 2, #KEYS do
    if redis.call('SET', KEYS[number], 'queued', 'NX', 'EX', ARGV[1]) then
        redis.call('RPUSH', KEYS[1], ARGV[number])
        answers[number - 1] = 1
    else
        answers[number - 1] = 0
    end
end
return answers
"""


class Entry(NamedTuple):
    """What is put for a delivery: the key that claims it, and its request as it lies in Redis."""

    claim: str
    item: bytes

    @classmethod
    def of(cls, request: Request, job_id: str, trace: str = "") -> Entry:
        """A request with its job's id and what continues its trace."""
        whole = {"job": job_id, "request": to_json(request)} | ({"trace": trace} if trace else {})
        return cls(f"driftline:delivery:{request.delivery}", _written(whole))


class Intake:
    """Where the receiver puts requests, and where they are passed on from."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._script = redis.register_script(_PUT)
        self._own = threading.local()
        self._line = Line(redis)

    def put_all(self, entries: Sequence[Entry]) -> list[bool]:
        """Claim each delivery and keep its request, in one round trip; False where it was taken
        before. Raises RedisError where any was not kept."""
        try:
            return self._keep(entries)
        except RedisConnectionError:
            # A connection stays with the server that it was made to. After a failover that one is
            # gone, or no master any more: sentinels are asked anew by a new connection alone.
            self._own.client = None
            return self._keep(entries)

    async def put_directly(self, entries: Sequence[Entry]) -> list[bool]:
        """The same in an event loop, which waits for one call at a time."""
        try:
            return await self._keep_directly(entries)
        except RedisConnectionError:
            return await self._keep_directly(entries)

    def _keep(self, entries: Sequence[Entry]) -> list[bool]:
        client, arguments = self._client(), _arguments(entries)
        try:
            kept: Any = client.evalsha(self._script.sha, *arguments)
        except NoScriptError:  # a server that is new, or was restarted
            client.script_load(_PUT)
            kept = client.evalsha(self._script.sha, *arguments)
        return [bool(one) for one in kept]

    async def _keep_directly(self, entries: Sequence[Entry]) -> list[bool]:
        command = ("EVALSHA", self._script.sha, *_arguments(entries))
        try:
            kept = await self._line.ask(*command)
        except NoScriptError:
            await self._line.ask("SCRIPT LOAD", _PUT)
            kept = await self._line.ask(*command)
        return [bool(one) for one in kept]

    def _client(self) -> Redis:
        """A connection of this thread's own: to take one out of the pool and give it back costs as
        much as the command."""
        client: Redis | None = getattr(self._own, "client", None)
        if client is None:
            client = self._own.client = self._redis.client()  # type: ignore[no-untyped-call]
        return client

    def pass_on(self, queue: Queue) -> int:
        """Queue everything that waits; how many. Raises RedisError with nothing lost."""
        count = 0
        while (item := self._redis.lmove(LIST, TAKEN)) is not None:
            self._queue(item, queue)
            count += 1
        return count

    def recover(self) -> int:
        """Put back what another process left on the second list; how many."""
        count = 0
        while self._redis.lmove(TAKEN, LIST, "RIGHT", "LEFT") is not None:
            count += 1
        return count

    def wait(self, seconds: float) -> bytes | None:
        """The next request, moved to the second list, or None after so many seconds."""
        found: Any = self._redis.blmove(LIST, TAKEN, seconds)  # type: ignore[arg-type]
        return found if isinstance(found, bytes) else None

    def _queue(self, item: Any, queue: Queue) -> None:
        try:
            data = json.loads(item)
            request = from_json(data["request"])
            job_id, trace = str(data["job"]), str(data.get("trace", ""))
        except (ValueError, KeyError, TypeError, AttributeError, UnreadableRequest) as error:
            self._set_aside(item, error)
            return
        try:
            queue.enqueue(request, job_id=job_id, trace=trace)
        except RedisError as error:
            if not _is_refusal(error):
                raise
            self._set_aside(item, error)
        except Exception as error:  # it would be raised for this one again, and hold up all others
            self._set_aside(item, error)
        else:
            self._redis.lrem(TAKEN, 1, item)

    def _set_aside(self, item: Any, error: Exception) -> None:
        """Keep an item that can never be passed on where somebody can look at it."""
        log = structlog.get_logger("driftline.intake")
        log.error("a request cannot be passed on", reason=type(error).__name__)
        with self._redis.pipeline() as pipe:
            pipe.lpush(UNREADABLE, item)
            pipe.ltrim(UNREADABLE, 0, _MOST_UNREADABLE - 1)
            pipe.lrem(TAKEN, 1, item)
            pipe.execute()

    def run(self, queue: Queue, is_over: Callable[[], bool]) -> None:
        """Pass on until it is over; one process of all at a time does, by a lease."""
        log = structlog.get_logger("driftline.intake")
        lease = Lease(self._redis, "intake", ttl=_LEASE_SECONDS)
        has_it = False
        renewed_at = 0.0
        while not is_over():
            try:
                if time.monotonic() - renewed_at > _LEASE_SECONDS / 4:
                    had_it, has_it = has_it, lease.renew() if has_it else lease.acquire()
                    renewed_at = time.monotonic()
                    if has_it and not had_it and (count := self.recover()):
                        log.warning("taken up again", count=count)
                if not has_it:
                    time.sleep(_WAIT_SECONDS)
                    continue
                item = self.wait(_WAIT_SECONDS)
                if item is not None:
                    self._queue(item, queue)
            except RedisError as error:
                has_it, renewed_at = False, 0.0
                log.warning("Redis does not answer", error=type(error).__name__)
                time.sleep(_WAIT_SECONDS)
        if has_it:
            lease.release()


def _arguments(entries: Sequence[Entry]) -> list[Any]:
    """Of the script above, the number of its keys first."""
    claims, items = [entry.claim for entry in entries], [entry.item for entry in entries]
    return [1 + len(claims), LIST, *claims, REMEMBERED_SECONDS, *items]


def _written(value: Any) -> bytes:
    """As JSON; by the standard library where a text holds half of a surrogate pair."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def _is_refusal(error: RedisError) -> bool:
    """Redis will say the same next time. All else may be a state of the server that passes: full,
    loading, a replica, without its disk, behind a script; then nothing may be set aside."""
    return isinstance(error, DataError) or "WRONGTYPE" in str(error)
