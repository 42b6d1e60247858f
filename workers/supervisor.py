"""Processes that are looked after: what dies is started again, and nothing is left behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from types import FrameType

STOP_SECONDS = 30.0
"""How long running work may take to finish once a stop was asked for."""
_RESTART_PAUSE = 1.0


class Supervisor:
    """Children by role; each is started again, with a pause, when it dies."""

    def __init__(self, roles: Mapping[str, Callable[[], int]]) -> None:
        self._roles = roles
        self._children: dict[int, str] = {}
        self._waiting: list[str] = []
        self._stops = 0

    def run(self) -> int:
        """Start the children and look after them."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        for role in self._roles:
            self._start(role)
        while not self._stops:
            self._reap_one()
            for role in self._waiting[:]:
                self._waiting.remove(role)
                self._start(role)
        return self._wind_down()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stops += 1

    def _start(self, role: str) -> None:
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            pid = os.fork()
        except OSError as error:  # no memory or no process is left: that may pass
            self._put_off(role, error)
            return
        if pid:
            self._children[pid] = role
            return
        code = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            _die_with(parent)
            code = self._roles[role]()
        except BaseException:
            import structlog

            structlog.get_logger().exception("a process died", role=role)
        finally:
            sys.stdout.flush()
            os._exit(code)

    def _put_off(self, role: str, error: OSError) -> None:
        """The role is tried again: whoever looks after the others must not die of it."""
        import structlog

        log = structlog.get_logger()
        log.error("a process cannot be started", role=role, reason=error.strerror or "?")
        time.sleep(_RESTART_PAUSE)
        self._waiting.append(role)

    def _reap_one(self) -> None:
        """Wait a little for a child's end; start its role again."""
        pid = self._ended(os.WNOHANG)
        if pid is None:
            time.sleep(0.2)
            return
        role = self._children.pop(pid, None)
        if role is not None and not self._stops:
            time.sleep(_RESTART_PAUSE)
            self._start(role)

    def _ended(self, options: int) -> int | None:
        try:
            pid, _ = os.waitpid(-1, options)
        except ChildProcessError:
            return None
        return pid or None

    def _wind_down(self) -> int:
        """Ask the children to finish; end them where they do not."""
        asked = self._stops
        self._tell(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self._children and time.monotonic() < deadline:
            pid = self._ended(os.WNOHANG)
            if pid is not None:
                self._children.pop(pid, None)
                continue
            if self._stops > asked:
                break
            time.sleep(0.05)
        self._tell(signal.SIGKILL)
        for pid in list(self._children):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        return 0

    def _tell(self, number: signal.Signals) -> None:
        for pid in self._children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def _die_with(parent: int) -> None:
    """Have Linux end this process when its parent dies, so that nothing is left behind."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    if os.getppid() != parent:  # it died in between
        os._exit(1)
