"""Connections to Redis: impatient ones for the web process, patient ones for workers.

`redis+sentinel://[user:password@]host:port,host:port/SERVICE[/DB]` asks sentinels which server is
the master, at each new connection; `rediss+sentinel` speaks TLS with both. The name and password
are the servers'; REDIS_SENTINEL_PASSWORD is the sentinels' own, where they have one.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from redis import Redis
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from bot.settings import SENTINEL_SCHEMES

CONNECT_SECONDS = 0.5
ANSWER_SECONDS = 1.0
_SENTINEL_PORT = 26_379
_WORK_TRIES = 8


def connect_for_web(url: str) -> Redis:
    """Fails within two seconds, so that GitHub is told 503 and records a failed delivery.

    One retry at once mends a connection that a restart of Redis has cut; a server that hangs is
    not asked again.
    """
    return _connected(
        url,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
        health_check_interval=30,
    )


def connect_for_work(url: str) -> Redis:
    """For workers, which wait on Redis and outlast its restarts; RQ sets what it needs itself."""
    if _is_sentinel(url):
        # Until a new master is elected there is none to connect to: some seconds.
        patience = Retry(ExponentialBackoff(cap=2.0, base=0.1), _WORK_TRIES)
        return _connected(url, socket_connect_timeout=5.0, health_check_interval=30, retry=patience)
    return _connected(url, socket_connect_timeout=5.0, health_check_interval=30)


def _is_sentinel(url: str) -> bool:
    return urlsplit(url).scheme in SENTINEL_SCHEMES


def _connected(url: str, **options: Any) -> Redis:
    if not _is_sentinel(url):
        return Redis.from_url(url, **options)
    from redis.sentinel import Sentinel

    parts = urlsplit(url)
    service, _, database = parts.path.strip("/").partition("/")
    secure = parts.scheme.startswith("rediss")
    access = {
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
    }
    sentinels = Sentinel(  # type: ignore[no-untyped-call]
        [_place(one) for one in parts.netloc.rpartition("@")[2].split(",")],
        sentinel_kwargs={
            "socket_connect_timeout": CONNECT_SECONDS,
            "socket_timeout": ANSWER_SECONDS,
            "password": os.environ.get("REDIS_SENTINEL_PASSWORD") or None,
            "ssl": secure,
        },
    )
    master: Redis = sentinels.master_for(  # type: ignore[no-untyped-call]
        service, db=int(database or 0), ssl=secure, **access, **options
    )
    return master


def _place(text: str) -> tuple[str, int]:
    host, colon, port = text.strip().rpartition(":")
    if not colon or port.endswith("]"):
        return text.strip("[]"), _SENTINEL_PORT
    return host.strip("[]"), int(port)
