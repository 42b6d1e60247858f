"""Leases: one holder at a time, kept while it lives, lost when it does not."""

from __future__ import annotations

import threading
import time

import pytest
from redis import Redis

from bot.leases import Lease, LeaseHeld, LeaseLost
from tests.support.valkey import running_valkey


def test_only_one_holds_it(redis: Redis) -> None:
    with Lease(redis, "review:42:5", ttl=5) as lease:
        lease.check()
        with pytest.raises(LeaseHeld) as caught, Lease(redis, "review:42:5"):
            raise AssertionError
        assert 0 < caught.value.seconds_left <= 5
        with Lease(redis, "review:42:6"):
            pass
    with Lease(redis, "review:42:5"):
        pass


def test_it_is_given_back_when_the_work_fails(redis: Redis) -> None:
    with pytest.raises(ZeroDivisionError), Lease(redis, "x"):
        _ = 1 / 0
    assert redis.exists("driftline:lease:x") == 0


def test_it_is_renewed_while_the_work_lasts(redis: Redis) -> None:
    with Lease(redis, "x", ttl=0.3) as lease:
        time.sleep(0.8)
        lease.check()
        assert not Lease(redis, "x").acquire()


def test_it_ends_by_itself_when_its_holder_dies(redis: Redis) -> None:
    dead = Lease(redis, "x", ttl=0.2)
    assert dead.acquire()
    time.sleep(0.3)
    with pytest.raises(LeaseLost):
        dead.check()
    with Lease(redis, "x"):
        assert not dead.renew()
        dead.release()
        assert redis.exists("driftline:lease:x") == 1


def test_a_holder_that_lost_it_stops_before_the_next_write(redis: Redis) -> None:
    with Lease(redis, "x", ttl=0.3) as lease:
        redis.set("driftline:lease:x", "somebody else")
        time.sleep(0.2)
        with pytest.raises(LeaseLost):
            lease.check()
    assert redis.get("driftline:lease:x") == b"somebody else"


def test_it_is_lost_when_redis_stays_away() -> None:
    with running_valkey(maxmemory="64mb") as url:
        lease = Lease(Redis.from_url(url, socket_timeout=0.1), "x", ttl=0.4)
        with lease:
            admin = Redis.from_url(url)
            admin.execute_command("CLIENT", "PAUSE", "1500", "ALL")
            time.sleep(0.7)
            with pytest.raises(LeaseLost):
                lease.check()


def test_many_who_ask_at_once_get_one(redis: Redis) -> None:
    taken: list[bool] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        taken.append(Lease(redis, "x").acquire())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]
