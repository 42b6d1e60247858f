"""Heads that several pull requests share: GitHub shows them one check, the newest.

A branch that is to be merged into two others can be right for the one and wrong for the other. So
that the check of neither lets the other one pass, each fails while the other fails.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace as replaced

from workers.review.compose import Composition

if TYPE_CHECKING:
    from redis import Redis

_SECONDS = 14 * 86_400


@dataclass(frozen=True, slots=True)
class Failing:
    """A pull request whose check fails, and the title of that."""

    number: str
    title: str


class SharedHeads:
    """How the checks of the pull requests of a head ended, by repository."""

    def __init__(self, redis: Redis, repository_id: int) -> None:
        self._redis = redis
        self._prefix = f"driftline:head:{repository_id}"

    def note(self, head_sha: str, number: str, conclusion: str, title: str) -> tuple[str, ...]:
        """One ends so by itself; the others, where it failed before and does not any more."""
        key = f"{self._prefix}:{head_sha}"
        before = self._all(head_sha)
        with self._redis.pipeline() as pipe:
            pipe.hset(key, number, json.dumps([conclusion, title]))
            pipe.expire(key, _SECONDS)
            pipe.execute()
        failed = before.pop(number, ("", ""))[0] == "failure"
        return tuple(before) if failed and conclusion != "failure" else ()

    def other_that_fails(self, head_sha: str, number: str) -> Failing | None:
        """Another pull request of that head whose check fails."""
        for other, (conclusion, title) in self._all(head_sha).items():
            if other != number and conclusion == "failure":
                return Failing(other, title)
        return None

    def forget(self, head_sha: str, number: str) -> tuple[str, ...]:
        """One was closed; the others of that head."""
        self._redis.hdel(f"{self._prefix}:{head_sha}", number)
        return tuple(self._all(head_sha))

    def _all(self, head_sha: str) -> dict[str, tuple[str, str]]:
        found: Mapping[Any, Any] = self._redis.hgetall(f"{self._prefix}:{head_sha}")
        return {name.decode(): tuple(json.loads(value)) for name, value in found.items()}


def not_better_than(other: Failing | None, made: Composition) -> Composition:
    """The composition, failing where another pull request of the same head fails."""
    if other is None or made.verdict.conclusion == "failure":
        return made
    sentence = (
        f"Pull request #{other.number} has the same head and fails ({other.title}). GitHub shows"
        " both one check, so this one fails until that one is mended or closed."
    )
    title = f"#{other.number} of the same head fails"
    return replaced(
        made,
        verdict=replaced(made.verdict, conclusion="failure", title=title),
        output=replace(made.output, title=title, summary=sentence, text=made.output.summary),
    )
