"""A bound on how long a block of code may run, also where it never comes up for air."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TookTooLong(Exception):
    """The block ran longer than it may."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TookTooLong` in the block after so many seconds.

    By SIGALRM, as RQ bounds a job: its own alarm is put back afterwards, less the time that
    passed. Outside a main thread, where no signal arrives, there is no bound.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise TookTooLong(f"It took longer than {seconds:.0f} s.")

    began = time.monotonic()
    old_handler = signal.signal(signal.SIGALRM, ring)
    old_left, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old_handler)
        if old_left:
            left = max(0.001, old_left - (time.monotonic() - began))
            signal.setitimer(signal.ITIMER_REAL, left)
