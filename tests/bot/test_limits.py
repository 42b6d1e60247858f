"""What GitHub left to each installation, as Prometheus is shown it."""

from __future__ import annotations

from redis import Redis

from bot.metrics import LIMITS_KEY, Collected, Tally


def shown(redis: Redis) -> dict[str, float]:
    return {
        sample.labels["installation"]: sample.value
        for family in Collected(redis).collect()
        for sample in family.samples
        if sample.name == "driftline_github_limit_remaining"
    }


def test_an_installation_that_fell_silent_leaves_no_trace(redis: Redis) -> None:
    tally = Tally()
    tally.limit(7, 4_900)
    tally.limit(8, 12)
    tally.flush(redis)
    assert shown(redis) == {"7": 4_900, "8": 12}
    redis.delete(f"{LIMITS_KEY}:7")  # as when its time is over
    assert shown(redis) == {"8": 12}
    assert redis.smembers(LIMITS_KEY) == {b"8"}
