"""Work on texts of a stranger, in a child process that the operating system bounds.

The child may take so much memory, processor time and time; whatever it does beyond ends it alone.
Its parent, the job, lives on to say so on the check run. What the child returns comes back
pickled over a pipe that only it holds.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import resource
import selectors
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from workers.timelimit import TookTooLong, time_limit

T = TypeVar("T")

MEGABYTE = 1024 * 1024
_GRACE = 5.0
"""Seconds between the moment at which Python is asked to stop and the one at which it is made to:
code of a C library does not hear the first."""
_PIECE = 1 << 20
_OUT_OF_MEMORY = 97


class TookTooMuch(Exception):
    """The work wanted more memory than it may have."""


class Died(Exception):
    """The work ended its process: a fault in a library, or a bound of the machine."""


class Failed(Exception):
    """The work raised something else; `kind` is its class's name, `trace` where, without texts."""

    def __init__(self, kind: str, trace: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.trace = trace


def bounded(work: Callable[[], T], *, seconds: float, megabytes: int) -> T:
    """What `work` returns, done in a child of this process.

    `megabytes` is what it may take beyond what this process has. Raises `TookTooLong`,
    `TookTooMuch`, `Died` and `Failed`; an exception of `work` itself never comes through as it is,
    since it may quote the texts. The child has a copy of everything, connections too: it must open
    its own.
    """
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _child(work, writer, parent, seconds, megabytes)
    os.close(writer)
    data: bytes | None = None
    try:
        data = _received(reader, seconds + _GRACE)
    finally:
        os.close(reader)
        if data is None:
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return _outcome(data, code, seconds, megabytes)  # type: ignore[no-any-return]


def _outcome(data: bytes | None, code: int, seconds: float, megabytes: int) -> Any:
    if data is None or code == -signal.SIGXCPU:
        raise TookTooLong(f"It took longer than {seconds:.0f} s.")
    if code == _OUT_OF_MEMORY:
        raise TookTooMuch(f"It needed more than {megabytes} MB of memory.")
    if code != 0:
        raise Died(f"Its process ended with {code}.")
    ending, *rest = pickle.loads(data)
    if ending == "late":
        raise TookTooLong(f"It took longer than {seconds:.0f} s.")
    if ending == "failed":
        raise Failed(*rest)
    return rest[0]


def _received(reader: int, seconds: float) -> bytes | None:
    """All that the child writes until it ends; None where that takes too long."""
    deadline = time.monotonic() + seconds
    pieces: list[bytes] = []
    with selectors.DefaultSelector() as selector:
        selector.register(reader, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if selector.select(left):
                piece = os.read(reader, _PIECE)
                if not piece:
                    return b"".join(pieces)
                pieces.append(piece)
    return None


def _child(
    work: Callable[[], Any], writer: int, parent: int, seconds: float, megabytes: int
) -> NoReturn:
    code = 1
    try:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _die_with(parent)
        _limit(seconds, megabytes)
        answer = _answer(work, seconds)
        with os.fdopen(writer, "wb") as stream:
            stream.write(answer)
        code = 0
    except MemoryError:
        code = _OUT_OF_MEMORY
    finally:
        os._exit(code)


def _answer(work: Callable[[], Any], seconds: float) -> bytes:
    try:
        with time_limit(seconds):
            return pickle.dumps(("done", work()), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        raise
    except TookTooLong:
        return pickle.dumps(("late",))
    except Exception as error:
        import traceback

        trace = "".join(traceback.format_tb(error.__traceback__))
        return pickle.dumps(("failed", type(error).__name__, trace))


def _limit(seconds: float, megabytes: int) -> None:
    """From here on: so much more memory, so much processor time, no dump of the memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    processor = int(seconds + _GRACE) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 1))
    taken = _address_space()
    if taken:
        most = taken + megabytes * MEGABYTE
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _address_space() -> int:
    """Bytes of address space that this process has; 0 where the system does not tell."""
    with contextlib.suppress(OSError, ValueError):
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    return 0


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
