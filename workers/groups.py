"""Merge groups that were reviewed, by their head: for *Re-check*, whose event names only that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.requests import MergeGroupRequest, UnreadableRequest, from_json, to_json

if TYPE_CHECKING:
    from redis import Redis

_SECONDS = 7 * 86_400


def remember_group(redis: Redis, request: MergeGroupRequest) -> None:
    """A review of it begins."""
    redis.set(_key(request.repository.id, request.head_sha), json.dumps(to_json(request)), _SECONDS)


def group_of(redis: Redis, repository_id: int, head_sha: str) -> MergeGroupRequest | None:
    """The merge group with that head, if one was reviewed."""
    value = redis.get(_key(repository_id, head_sha))
    if not isinstance(value, (bytes, str)):
        return None
    try:
        request = from_json(json.loads(value))
    except (ValueError, UnreadableRequest):
        return None
    return request if isinstance(request, MergeGroupRequest) else None


def _key(repository_id: int, head_sha: str) -> str:
    return f"driftline:group:{repository_id}:{head_sha}"
