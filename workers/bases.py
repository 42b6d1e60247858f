"""Open pull requests that bring something for the database, and the base they were judged on.

A base that gains a migration can turn them out of order, or mend what they were blamed for, without
any event of their own. When the base gains something that matters, they are judged again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from bot.github.errors import GitHubError, Gone, NotFound
from bot.requests import Reason, Repository, ReviewRequest
from workers.engine.project.layout import is_wanted

if TYPE_CHECKING:
    from redis import Redis

    from bot.github.facts import ChangedFile, Comparison
    from workers.workplace import Workplace

_KEY = "driftline:bringing"
_MOST_COMPARISONS = 50
"""Of one base in one round: pull requests that were judged on the same commit share one."""


@dataclass(frozen=True, slots=True)
class Bringing:
    """A pull request that changes something that Driftline reads."""

    installation_id: int
    repository_id: int
    repository: str
    number: int
    base_ref: str
    base_sha: str
    """The base's tip when it was judged last."""


class Bringers:
    """All of them, in Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def note(self, bringing: Bringing) -> None:
        """One was judged."""
        name = _name(bringing.repository_id, bringing.number)
        self._redis.hset(_KEY, name, json.dumps(asdict(bringing)))

    def get(self, repository_id: int, number: int) -> Bringing | None:
        """What is known of one."""
        value = self._redis.hget(_KEY, _name(repository_id, number))
        return _read(value) if isinstance(value, (bytes, str)) else None

    def forget(self, repository_id: int, number: int) -> None:
        """It was closed, or brings nothing any more."""
        self._redis.hdel(_KEY, _name(repository_id, number))

    def all(self) -> Iterator[Bringing]:
        """Each of them."""
        for _, value in self._redis.hscan_iter(_KEY, count=500):
            if found := _read(value):
                yield found


def _name(repository_id: int, number: int) -> str:
    return f"{repository_id}:{number}"


def _read(value: bytes | str) -> Bringing | None:
    try:
        return Bringing(**json.loads(value))
    except (ValueError, TypeError):
        return None


def look_at_bases(place: Workplace, log: Any, *, only: tuple[int, str] | None = None) -> int:
    """Queue a review of those whose base has gained what matters; how many.

    `only` names one base, by repository id and branch.
    """
    groups: dict[tuple[int, str], list[Bringing]] = {}
    for one in Bringers(place.redis).all():
        if only in (None, (one.repository_id, one.base_ref)):
            groups.setdefault((one.repository_id, one.base_ref), []).append(one)
    return sum(_look_at_base(place, group, log) for group in groups.values())


def _look_at_base(place: Workplace, group: list[Bringing], log: Any) -> int:
    first = group[0]
    by_tip: dict[str, list[Bringing]] = {}
    for one in group:
        by_tip.setdefault(one.base_sha, []).append(one)
    repository = Repository(first.repository_id, first.repository)
    found: list[Bringing] = []
    try:
        with place.github(first.installation_id, repository) as github:
            for tip, judged in list(by_tip.items())[:_MOST_COMPARISONS]:
                if _has_gained(github, tip, first.base_ref):
                    found += judged
    except Gone:
        for one in group:
            Bringers(place.redis).forget(one.repository_id, one.number)
    except GitHubError as error:
        # What is wrong with one repository must not cost the others their round.
        log.info("passed over", repository=first.repository, error=str(error))
    for one in found:
        place.queue.enqueue(
            ReviewRequest(
                installation_id=one.installation_id,
                repository=repository,
                number=one.number,
                reason=Reason.SWEEP,
            )
        )
    return len(found)


def _has_gained(github: Any, tip: str, base_ref: str) -> bool:
    """The base has changed something that Driftline reads, since it was at `tip`."""
    if not tip:
        return True
    try:
        since: Comparison = github.compare(tip, base_ref)
    except NotFound:  # pushed over, or deleted
        return True
    if since.merge_base_sha != tip:
        return True
    return since.ahead_by > 0 and (since.is_truncated or any(map(_matters, since.files)))


def _matters(file: ChangedFile) -> bool:
    return is_wanted(file.path) or bool(file.previous_path and is_wanted(file.previous_path))
