"""Which pull requests are judged again when their base moves on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
import structlog
from redis import Redis

from bot.github.errors import Gone, NotFound, Unavailable
from bot.github.facts import ChangedFile, Comparison
from bot.requests import Reason, Repository, Request, ReviewRequest
from workers.bases import Bringers, Bringing, look_at_bases

TIP = "a" * 40
MIGRATION = ChangedFile("prisma/migrations/1_a/migration.sql", "added")
README = ChangedFile("README.md", "modified")
ONE = Bringing(7, 42, "acme/shop", 3, "main", TIP)


@dataclass
class Place:
    """A workplace whose GitHub compares as a test says, and that remembers what is queued."""

    redis: Redis
    answer: Comparison | Exception
    queued: list[Request] = field(default_factory=list)
    compared: list[tuple[str, str]] = field(default_factory=list)

    @property
    def queue(self) -> Place:
        return self

    def enqueue(self, request: Request) -> str:
        self.queued.append(request)
        return "job"

    @contextmanager
    def github(self, installation_id: int, repository: Repository) -> Iterator[Place]:
        yield self

    def compare(self, base: str, head: str) -> Comparison:
        self.compared.append((base, head))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def looked(place: Place, **more: tuple[int, str]) -> list[int]:
    look_at_bases(place, structlog.get_logger(), **more)  # type: ignore[arg-type]
    return [one.number for one in place.queued if isinstance(one, ReviewRequest)]


def since(*files: ChangedFile, ahead: int = 1, **more: object) -> Comparison:
    return Comparison(TIP, ahead, 0, files, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "is_judged"),
    [
        (since(MIGRATION), True),
        (since(README), False),
        (since(ahead=0), False),
        (since(replace(README, previous_path=MIGRATION.path)), True),
        (since(*[README] * 300, is_truncated=True), True),
        (replace(since(README), merge_base_sha="b" * 40), True),  # the base was pushed over
        (NotFound("no such commit"), True),
        (Unavailable("503"), False),
    ],
)
def test_a_base_matters_by_what_it_gained(
    redis: Redis, answer: Comparison | Exception, is_judged: bool
) -> None:
    Bringers(redis).note(ONE)
    place = Place(redis, answer)
    assert looked(place) == ([3] if is_judged else [])
    if is_judged:
        assert place.queued == [
            ReviewRequest(7, Repository(42, "acme/shop"), 3, Reason.SWEEP),
        ]


def test_pull_requests_that_were_judged_on_one_commit_share_a_comparison(redis: Redis) -> None:
    bringers = Bringers(redis)
    for number in range(5):
        bringers.note(replace(ONE, number=number))
    bringers.note(replace(ONE, number=9, base_ref="next"))
    place = Place(redis, since(MIGRATION))
    assert sorted(looked(place)) == [0, 1, 2, 3, 4, 9]
    assert sorted(place.compared) == [(TIP, "main"), (TIP, "next")]


def test_one_base_can_be_looked_at_alone(redis: Redis) -> None:
    Bringers(redis).note(ONE)
    Bringers(redis).note(replace(ONE, repository_id=43, number=4))
    assert looked(Place(redis, since(MIGRATION)), only=(43, "main")) == [4]


def test_what_an_installation_lost_is_forgotten(redis: Redis) -> None:
    Bringers(redis).note(ONE)
    assert looked(Place(redis, Gone("removed"))) == []
    assert Bringers(redis).get(42, 3) is None


def test_a_closed_one_is_forgotten(redis: Redis) -> None:
    bringers = Bringers(redis)
    bringers.note(ONE)
    assert bringers.get(42, 3) == ONE
    bringers.forget(42, 3)
    assert list(bringers.all()) == []
