"""The processes of `driftline work`: RQ workers and a clock.

`work` is a supervisor that starts its workers and a clock process, which also passes on what the
receiver has taken, and starts again what dies.
SIGTERM lets running reviews finish; a second one, or 30 seconds, ends them: whatever is lost then
is found by the next clock.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import signal
import sys
from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING, Any

from workers.supervisor import Supervisor

if TYPE_CHECKING:
    from redis import Redis

    from bot.settings import Settings

WORKER_SECONDS = 30
"""RQ's worker_ttl: an idle worker looks up this often, less 15 seconds, and does maintenance."""
MAINTENANCE_SECONDS = 20
MONITORING_SECONDS = 5
_PACKAGES = (
    "bot.github",
    "workers.engine",
    "workers.environments",
    "workers.introspection",
    "workers.review",
)
"""What reviews import here and there when they first need it."""


def work(settings: Settings | None = None, *, workers: int = 1, burst: bool = False) -> int:
    """Run RQ workers until a signal says stop, or, with `burst`, until nothing waits."""
    from bot.logs import configure_logs
    from bot.settings import Settings

    given = settings or Settings.from_environment()
    configure_logs()
    if burst:
        return run_worker(given, burst=True)
    roles: dict[str, Callable[[], int]] = {
        f"worker {number}": lambda: run_worker(given) for number in range(1, workers + 1)
    }
    return Supervisor({**roles, "clock": lambda: _run_clock(given)}).run()


def run_worker(settings: Settings, *, burst: bool = False) -> int:
    """One RQ worker, in this process."""
    log_as_json()
    if burst:
        from bot.intake import Intake
        from workers.workplace import Workplace

        place = Workplace.of(settings)
        Intake(place.redis).pass_on(place.queue)
    make_worker(settings).work(burst=burst, logging_level="WARNING")
    return 0


def log_as_json() -> None:
    """What libraries say of themselves, too, is one JSON object a line."""
    import logging

    import structlog

    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def make_worker(settings: Settings) -> Any:
    """A worker that finds lost jobs early and tells of killed work horses."""
    from rq import Worker

    from bot.queue import QUEUES, SERIALIZER
    from bot.redis_connection import connect_for_work

    _load_what_jobs_need()
    redis = connect_for_work(settings.redis_url)
    return Worker(
        list(QUEUES),
        connection=redis,
        serializer=SERIALIZER,
        worker_ttl=WORKER_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
        job_monitoring_interval=MONITORING_SECONDS,
        log_job_description=False,
        work_horse_killed_handler=_killed(redis),
    )


def _load_what_jobs_need() -> None:
    """Before the fork: a work horse then starts at once, and they share the memory.

    Half of what a review would cost otherwise is modules that each horse imports for itself, and
    collections of garbage that look through all that was loaded and so copy it.
    """
    import gc

    import workers.jobs
    import workers.preferences
    import workers.wishes  # noqa: F401
    from workers.cache import engine_digest
    from workers.engine.sql import codec

    engine_digest()
    codec.decoder()
    for name in _PACKAGES:
        _load(name)
    gc.collect()
    gc.freeze()


def _load(name: str) -> None:
    """A package with all that lies in it."""
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, f"{name}."):
        importlib.import_module(module.name)


def _killed(redis: Redis) -> Callable[..., None]:
    """What to do about a killed work horse: its lease is nobody's, so the retry need not wait."""
    import socket

    import structlog

    from bot.leases import break_open
    from workers.inflight import InFlight

    def handle(job: Any, pid: int, status: int, usage: Any) -> None:
        log = structlog.get_logger().bind(job=job.id)
        log.error("the work horse was killed", pid=pid, status=status)
        for review in InFlight(redis).all():
            if review.holder == f"{socket.gethostname()}:{pid}":
                break_open(redis, review.name)

    return handle


def _run_clock(settings: Settings) -> int:
    from bot.intake import Intake
    from workers.schedule import run_clock
    from workers.workplace import Workplace

    stops: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: stops.append(number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getppid()
    place = Workplace.of(settings)

    def is_over() -> bool:
        return bool(stops) or os.getppid() != parent

    passing = Thread(target=Intake(place.redis).run, args=(place.queue, is_over), daemon=True)
    passing.start()
    run_clock(place, is_over)
    passing.join(3)
    return 0
