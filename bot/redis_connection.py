"""Connections to Redis: impatient ones for the web process, patient ones for workers."""

from __future__ import annotations

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

CONNECT_SECONDS = 0.5
ANSWER_SECONDS = 1.0


def connect_for_web(url: str) -> Redis:
    """Fails within two seconds, so that GitHub is told 503 and records a failed delivery.

    One retry at once mends a connection that a restart of Redis has cut; a server that hangs is
    not asked again.
    """
    return Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
        health_check_interval=30,
    )


def connect_for_work(url: str) -> Redis:
    """For workers, which wait on Redis and outlast its restarts; RQ sets what it needs itself."""
    return Redis.from_url(url, socket_connect_timeout=5.0, health_check_interval=30)
