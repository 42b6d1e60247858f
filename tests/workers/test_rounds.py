"""Which deliveries are sent again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from redis import Redis

from bot.github.facts import Delivery
from workers.rounds import due, redeliver

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Hooks:
    """Deliveries by hand."""

    def __init__(self, *deliveries: Delivery) -> None:
        self.listed = deliveries
        self.sent: list[int] = []

    def deliveries(self) -> Iterator[Delivery]:
        return iter(self.listed)

    def redeliver(self, delivery_id: int) -> None:
        self.sent.append(delivery_id)


def delivery(number: int, guid: str, status: int, hours: float = 1) -> Delivery:
    at = NOW - timedelta(hours=hours)
    return Delivery(number, guid, "pull_request", "opened", status, at, False)


def test_what_failed_is_sent_again_and_what_got_through_is_not(redis: Redis) -> None:
    hooks = Hooks(
        delivery(5, "late", 202),
        delivery(4, "lost", 502),
        delivery(3, "late", 503),
        delivery(2, "fine", 202),
        delivery(1, "old", 500, hours=80),
    )
    assert redeliver(hooks, redis, NOW) == 1
    assert hooks.sent == [4]


def test_what_fails_for_ever_is_not_sent_for_ever(redis: Redis) -> None:
    hooks = Hooks(delivery(1, "broken", 500))
    for _ in range(10):
        redeliver(hooks, redis, NOW)
    assert hooks.sent == [1, 1, 1]


def test_a_round_is_due_once_in_its_time(redis: Redis) -> None:
    assert due(redis, "x", 100)
    assert not due(redis, "x", 100)
    redis.delete("driftline:rounds:x")
    assert due(redis, "x", 100)
