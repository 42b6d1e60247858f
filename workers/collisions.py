"""Other open pull requests with migrations: which there are, and what they touch.

GitHub tells their paths in one query, asked only where this pull request brings a migration. What
their migrations touch is what was kept in Redis when they were reviewed: no other head is fetched.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from msgspec import structs
from redis.exceptions import RedisError

from bot.github.errors import GitHubError, RateLimited
from workers.engine.snapshot import OpenPull, Snapshot

if TYPE_CHECKING:
    from redis import Redis

    from bot.github.facts import OpenPaths, PullRequest
    from bot.github.ports import PullRequests
    from workers.engine.report import Report

_SECONDS = 90 * 86_400
_MOST_OBJECTS = 2_000


def with_others(
    snapshot: Snapshot,
    github: PullRequests,
    redis: Redis,
    repository_id: int,
    pull: PullRequest,
    log: Any,
) -> Snapshot:
    """The snapshot with what the other open pull requests onto the same base bring.

    Where GitHub does not say, the review goes on without.
    """
    if not _new_migrations(snapshot):
        return snapshot
    try:
        listed = github.open_paths(pull.base.ref)
    except RateLimited:
        raise
    except GitHubError as error:
        log.warning("other pull requests not compared", error=str(error))
        return snapshot
    others = tuple(
        OpenPull(one.number, one.paths, _kept(redis, repository_id, one))
        for one in listed
        if one.number != pull.number and any(_is_migration(path) for path in one.paths)
    )
    return structs.replace(snapshot, others=others)


def keep(redis: Redis, repository_id: int, number: int, report: Report) -> None:
    """Remember what a pull request's migrations touch, for the reviews of others."""
    # Imported here, since a worker that only waits needs no rules.
    from workers.engine.rules.history.collision import brought

    touched: dict[str, list[str]] = {}
    for pair in report.pairs:
        if pair.context is not None:
            for path, objects in brought(pair.context).items():
                touched[path] = sorted(objects)[:_MOST_OBJECTS]
    key = _key(repository_id, number)
    try:
        if touched:
            redis.set(key, json.dumps(touched), ex=_SECONDS)
        else:
            redis.delete(key)
    except RedisError:
        return  # it is called "not compared" then


def _new_migrations(snapshot: Snapshot) -> bool:
    before = snapshot.base.paths if snapshot.base is not None else frozenset()
    return any(
        _is_migration(path) and path in snapshot.head.paths and path not in before
        for path in snapshot.changed or ()
    )


def _is_migration(path: str) -> bool:
    """Whether a path may be a migration's; the engine looks more closely."""
    return path.endswith("/migration.sql") or (
        path.endswith(".sql") and "migrations" in path.split("/")[:-1]
    )


def _kept(redis: Redis, repository_id: int, other: OpenPaths) -> dict[str, frozenset[str]] | None:
    """What its migrations touch by path; None where it was not reviewed as it is now."""
    try:
        data = redis.get(_key(repository_id, other.number))
        kept = json.loads(data) if isinstance(data, bytes) else None
    except (RedisError, ValueError):
        return None
    if not isinstance(kept, dict):
        return None
    wanted = [path for path in other.paths if _is_migration(path)]
    if not all(isinstance(kept.get(path), list) for path in wanted):
        return None
    return {path: frozenset(map(str, kept[path])) for path in wanted}


def _key(repository_id: int, number: int) -> str:
    return f"driftline:touched:{repository_id}:{number}"
