"""What the engine has parsed before, in Redis: bounded, forgotten in time, never needed."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis import Redis

_PREFIX = "driftline:memo:1:"
_SECONDS = 14 * 86_400
_MOST_BYTES = 512 * 1024
"""Of one value, packed: what is larger is quicker parsed again than sent around."""
_MOST_UNPACKED = 64 * 1024 * 1024


class RedisMemo:
    """The engine's `Memo`. Values are bytes that the engine itself reads as JSON; nothing that
    comes out of Redis is ever code. Where Redis is away it remembers nothing for the rest of the
    job, instead of waiting for it at each statement.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._is_away = False

    def get(self, key: str) -> bytes | None:
        """What was put under a key, or None."""
        from redis.exceptions import RedisError

        if self._is_away:
            return None
        try:
            value = self._redis.get(_PREFIX + key)
        except RedisError:
            self._is_away = True
            return None
        return _unpacked(value) if isinstance(value, bytes) else None

    def put(self, key: str, value: bytes) -> None:
        """Remember a value, unless it is too large."""
        from redis.exceptions import RedisError

        packed = zlib.compress(value, 1)
        if self._is_away or len(packed) > _MOST_BYTES:
            return
        try:
            self._redis.set(_PREFIX + key, packed, ex=_SECONDS)
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
