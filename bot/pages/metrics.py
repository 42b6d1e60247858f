"""`/metrics` on a port of its own, for Prometheus: never where GitHub and the world look."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import structlog
from prometheus_client import CollectorRegistry, start_http_server

from bot.metrics import Collected, Tally

if TYPE_CHECKING:
    from redis import Redis

FLUSH_SECONDS = 1.0


def serve_metrics(redis: Redis, address: str) -> bool:
    """Answer at `HOST:PORT` in a thread; False, and a line in the log, where that is taken."""
    host, _, port = address.rpartition(":")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collected(redis))
    try:
        start_http_server(int(port), addr=host.strip("[]"), registry=registry)
    except OSError as error:
        log = structlog.get_logger("driftline.metrics")
        log.warning("metrics are not served here", reason=error.strerror or "?")
        return False
    return True


def flush_at_times(tally: Tally, redis: Redis) -> None:
    """Write what this process counts to Redis, once a second, in a thread."""

    def go_on() -> None:
        while True:
            time.sleep(FLUSH_SECONDS)
            tally.flush(redis)

    threading.Thread(target=go_on, name="tally", daemon=True).start()
