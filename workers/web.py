"""`driftline serve`: the web process, behind granian.

granian reads and writes HTTP outside of Python; bot/gateway.py calls the Flask application with
requests that are whole. A server in pure Python spends more on a delivery than Driftline does: 0.55
ms of processor time beside granian's 0.17 ms, measured with an application that does nothing.

https://github.com/emmett-framework/granian
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.gateway import Gateway
    from bot.settings import Settings

HEADER_MILLISECONDS = 10_000
WAITING = 2_048
"""Requests that a process has under way, those whose bodies are still to come among them."""
_BUFFER_BYTES = 65_536
_STOP_SECONDS = 20
_SWITCH_SECONDS = 0.0001
"""How long a thread of granian's may have to wait for the interpreter: Python's own 5 ms, for each
of the requests that gather behind a busy event loop, make a queue of what arrives evenly (1,000 a
second: p99 16 to 50 ms with it, 5 to 17 ms without)."""
_PARENT_DIED = 1
"""Linux's PR_SET_PDEATHSIG."""
_LOGS: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"handlers": [], "propagate": True}},
}


class AddressTaken(ValueError):
    """Somebody listens there, or the address is not this machine's; the sentence says so."""


def serve(settings: Settings | None = None) -> int:
    """Run the web process in the foreground; its exit code. Raises SettingsError, AddressTaken."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    from bot.settings import Settings, SetupSettings, listening
    from workers.processes import log_as_json

    setup = SetupSettings.from_environment() if settings is None else None
    given = settings or (Settings.from_environment() if setup is None else None)
    host, port = listening(os.environ) if given is None else (given.host, given.port)
    port = free_port(host, port)
    log_as_json()
    server = Granian(
        "bot.app:wsgi",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        # The page that registers an App closes itself in the one process that it is in.
        workers=1 if given is None else processes(),
        backlog=WAITING,
        backpressure=WAITING,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=_BUFFER_BYTES
        ),
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig=_LOGS,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_SECONDS,
    )
    # From the process that watches over the others: there is one, and it stays.
    server.on_startup(lambda: _serve_metrics(given))
    server.serve(target_loader=application, wrap_loader=False)
    return 0


def free_port(host: str, port: int) -> int:
    """The port, where nobody listens there; one that is free for 0.

    granian lets several processes share a port (SO_REUSEPORT), strangers of the same user too.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family) as probe:
            return int(probe.getsockname()[1])
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise AddressTaken(
            f"Driftline cannot listen at {host}:{port} ({reason}): set HOST and PORT."
        ) from error


def processes() -> int:
    """DRIFTLINE_WEB_WORKERS, or one for each core up to two."""
    text = os.environ.get("DRIFTLINE_WEB_WORKERS", "")
    return int(text) if text.isdigit() and int(text) > 0 else min(2, os.cpu_count() or 1)


def application() -> Gateway:
    """The application, in a process that ends with the one that started it."""
    import gc

    from bot.answer import DIRECT
    from bot.app import wsgi
    from bot.gateway import Gateway
    from bot.webhook import TURNED_AWAY

    _end_with(os.getppid())
    sys.setswitchinterval(_SWITCH_SECONDS)
    served = wsgi()
    app = Gateway(
        served,
        served.config["MAX_CONTENT_LENGTH"],
        turns_away=served.extensions.get(TURNED_AWAY, lambda _: False),
        directly=served.extensions.get(DIRECT, {}),
    )
    # What is loaded stays: without it a full collection, which holds up all that is under way for
    # tens of milliseconds, has little to look through.
    gc.collect()
    gc.freeze()
    return app


def _end_with(parent: int) -> None:
    """A web process without its parent would go on to take a share of the port's deliveries."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PARENT_DIED, signal.SIGKILL)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _serve_metrics(settings: Settings | None) -> None:
    if settings is not None and settings.metrics:
        from bot.pages.metrics import serve_metrics
        from bot.redis_connection import connect_for_web

        serve_metrics(connect_for_web(settings.redis_url), settings.metrics)
