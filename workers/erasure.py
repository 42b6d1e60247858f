"""What is kept of repositories, thrown away when the App leaves them.

All that Driftline keeps lies in Redis and names its repository by id (or name) in its key, or its
installation. What is not found here ends by itself: what was parsed lies under a hash of its
content for 14 days, deliveries' ids for 8, and neither says whose it was.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from bot.queue import QUEUES, SERIALIZER

if TYPE_CHECKING:
    from redis import Redis

    from bot.requests import Repository

_BY_REPOSITORY = frozenset({"serial", "waiting", "run", "head", "touched", "commented", "group"})
"""`driftline:<kind>:<repository's id>:...`"""
_BY_INSTALLATION = frozenset(
    {
        "no-default-told",
        "no-resolve",
        "organisation-default",
        "pause",
        "selection",
        "writes",
    }
)
"""`driftline:<kind>:<installation's id>...`"""
_BY_BOTH = frozenset({"greeted", "met"})
"""`driftline:<kind>:<installation's id>:<repository's id>`"""
_BY_NAME = frozenset({"repository-id", "environment", "watch"})
"""`driftline:<kind>:<owner/name>...`"""
_HASHES = ("driftline:in-flight", "driftline:bringing")
_AT_ONCE = 500


def erase(
    redis: Redis, repositories: Collection[Repository], installation_id: int | None = None
) -> int:
    """Delete what is kept of repositories and, where it went as a whole, of an installation.

    How many keys, entries and jobs were deleted. May be done twice.
    """
    ids = {str(one.id) for one in repositories}
    names = {one.name.lower() for one in repositories}
    installation = str(installation_id) if installation_id is not None else ""
    if installation:
        ids |= _known(redis, installation)
    count = _deleted(redis, _keys(redis, ids, names, installation))
    for key in _HASHES:
        count += _entries(redis, key, ids, installation)
    return count + _jobs(redis, ids, installation)


def _known(redis: Redis, installation: str) -> set[str]:
    """Repositories of an installation that we know of, whether or not the event lists them."""
    found = set()
    for key in redis.scan_iter(match="driftline:*", count=1_000):
        kind, *rest = key.decode("utf-8", "replace").split(":")[1:]
        if kind == "greeted" and rest[0] == installation:
            found.add(rest[1])
        elif kind == "token" and len(rest) > 2 and rest[1] == installation and rest[2] != "0":
            found.add(rest[2])
    for _, value in redis.hscan_iter("driftline:bringing"):
        told = json.loads(value)
        if str(told.get("installation_id")) == installation:
            found.add(str(told.get("repository_id")))
    return found


def _keys(redis: Redis, ids: set[str], names: set[str], installation: str) -> Iterator[bytes]:
    for key in redis.scan_iter(match="driftline:*", count=1_000):
        assert isinstance(key, bytes)
        if _belongs(key.decode("utf-8", "replace").split(":")[1:], ids, names, installation):
            yield key


def _belongs(parts: list[str], ids: set[str], names: set[str], installation: str) -> bool:
    kind, *rest = parts
    if kind in _BY_REPOSITORY:
        return bool(rest) and rest[0] in ids
    if kind == "served":  # driftline:served:review:<repository>:<subject>
        return len(rest) > 1 and rest[1] in ids
    if kind in _BY_BOTH:
        theirs = len(rest) > 1 and rest[1] in ids
        return theirs or bool(installation and rest[:1] == [installation])
    if kind in _BY_NAME:
        return bool(rest) and rest[0] in names
    if kind in ("token", "ungranted"):  # driftline:token:<app>:<installation>:<repository>:...
        theirs = len(rest) > 2 and rest[2] in ids and kind == "token"
        return theirs or bool(installation and len(rest) > 1 and rest[1] == installation)
    if kind == "metrics":  # driftline:metrics:limits:<installation>
        return bool(installation) and rest == ["limits", installation]
    if kind == "answered":
        return bool(rest) and rest[0] in ids
    return bool(installation) and kind in _BY_INSTALLATION and rest[:1] == [installation]


def _deleted(redis: Redis, keys: Iterable[bytes]) -> int:
    count = 0
    some: list[bytes] = []
    for key in keys:
        some.append(key)
        if len(some) >= _AT_ONCE:
            count += _unlink(redis, some)
            some = []
    return count + (_unlink(redis, some) if some else 0)


def _unlink(redis: Redis, keys: list[bytes]) -> int:
    done: Any = redis.unlink(*keys)
    return int(done)


def _entries(redis: Redis, key: str, ids: set[str], installation: str) -> int:
    """Entries of a hash whose JSON names the repository or the installation."""
    gone = []
    for field, value in redis.hscan_iter(key):
        try:
            told = json.loads(value)
        except ValueError:
            continue
        about = told.get("request") or told
        repository = about.get("repository_id") or (about.get("repository") or {}).get("id")
        theirs = installation and str(about.get("installation_id")) == installation
        if theirs or str(repository) in ids:
            gone.append(field)
    return int(redis.hdel(key, *gone)) if gone else 0


def _jobs(redis: Redis, ids: set[str], installation: str) -> int:
    """Jobs that wait, or failed and are kept for a week: their requests name the repository."""
    from rq import Queue as RqQueue
    from rq.job import Job
    from rq.registry import FailedJobRegistry, FinishedJobRegistry, ScheduledJobRegistry

    count = 0
    for name in QUEUES:
        queue = RqQueue(name, connection=redis, serializer=SERIALIZER)
        kept = [
            *queue.get_job_ids(),
            *FinishedJobRegistry(name, connection=redis, serializer=SERIALIZER).get_job_ids(),
            *FailedJobRegistry(name, connection=redis, serializer=SERIALIZER).get_job_ids(),
            *_ids(ScheduledJobRegistry(name, connection=redis, serializer=SERIALIZER)),  # type: ignore[no-untyped-call]
        ]
        for job in Job.fetch_many(kept, connection=redis, serializer=SERIALIZER):
            if job is not None and _is_theirs(job, ids, installation):
                job.delete()
                count += 1
    return count


def _ids(registry: Any) -> list[str]:
    return [str(one) for one in registry.get_job_ids()]


def _is_theirs(job: Any, ids: set[str], installation: str) -> bool:
    if not job.args or not isinstance(job.args[0], dict):
        return False
    request = job.args[0]
    if request.get("kind") == "installation":
        return False  # the one that erases, and those that come after it
    repository = (request.get("repository") or {}).get("id")
    return str(repository) in ids or bool(
        installation and str(request.get("installation_id")) == installation
    )
