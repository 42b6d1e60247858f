"""What the engine has parsed before, in Redis: bounded, forgotten in time, never needed."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from redis import Redis

_PREFIX = "driftline:memo"
_SECONDS = 14 * 86_400
_MOST_BYTES = 2 * 1024 * 1024
"""Of one value, packed: what is larger is quicker parsed again than sent around."""
_AT_ONCE = 500
_MOST_UNPACKED = 64 * 1024 * 1024


@cache
def engine_digest() -> str:
    """Twelve digits that change with every change of the engine's code.

    What an older engine made of a statement must not be taken for what this one would make of it.
    Asked once before a worker forks, so that no job pays for it (some 20 ms).
    """
    digest = hashlib.sha256()
    root = Path(__file__).parent / "engine"
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class RedisMemo:
    """The engine's `Memo`. Values are bytes that the engine itself reads as JSON; nothing that
    comes out of Redis is ever code. Where Redis is away it remembers nothing for the rest of the
    job, instead of waiting for it at each statement.
    """

    keeps_states = True

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._prefix = f"{_PREFIX}:{engine_digest()}:"
        self._is_away = False
        self.hits = 0
        self.misses = 0

    def _counted(self, content: bytes | None) -> bytes | None:
        if content is None:
            self.misses += 1
        else:
            self.hits += 1
        return content

    def get(self, key: str) -> bytes | None:
        """What was put under a key, or None."""
        from redis.exceptions import RedisError

        if self._is_away:
            return None
        try:
            value = self._redis.get(self._prefix + key)
        except RedisError:
            self._is_away = True
            return None
        return self._counted(_unpacked(value) if isinstance(value, bytes) else None)

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        """What was put under each of these keys, as far as it is there."""
        from redis.exceptions import RedisError

        found: dict[str, bytes] = {}
        wanted = list(keys)
        for start in range(0, len(wanted), _AT_ONCE):
            if self._is_away:
                break
            some = wanted[start : start + _AT_ONCE]
            try:
                values: Any = self._redis.mget([self._prefix + key for key in some])
            except RedisError:
                self._is_away = True
                break
            for key, value in zip(some, values, strict=True):
                content = self._counted(_unpacked(value) if isinstance(value, bytes) else None)
                if content is not None:
                    found[key] = content
        return found

    def known(self, keys: Iterable[str]) -> frozenset[str]:
        """Which of these keys something is remembered under; their lives begin anew."""
        from redis.exceptions import RedisError

        wanted = list(keys)
        if self._is_away or not wanted:
            return frozenset()
        pipeline = self._redis.pipeline(transaction=False)
        for key in wanted:
            pipeline.expire(self._prefix + key, _SECONDS)
        try:
            answers = pipeline.execute()
        except RedisError:
            self._is_away = True
            return frozenset()
        return frozenset(key for key, answer in zip(wanted, answers, strict=True) if answer)

    def put(self, key: str, value: bytes) -> None:
        """Remember a value, unless it is too large."""
        from redis.exceptions import RedisError

        packed = zlib.compress(value, 1)
        if self._is_away or len(packed) > _MOST_BYTES:
            return
        try:
            self._redis.set(self._prefix + key, packed, ex=_SECONDS)
        except RedisError:
            self._is_away = True


def _unpacked(value: bytes) -> bytes | None:
    """The value, or None where it is broken or would fill the memory."""
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(value, _MOST_UNPACKED)
    except zlib.error:
        return None
    return content if unpacker.eof else None
