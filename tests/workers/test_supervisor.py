"""Who looks after the processes of `driftline work` outlives what befalls them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.sandbox.handles import wait_until

PROGRAM = """
import errno, os, sys, time
from pathlib import Path
from workers.supervisor import Supervisor

fork, refusals = os.fork, int(sys.argv[2])

def refusing():
    global refusals
    if refusals:
        refusals -= 1
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    return fork()

def role():
    Path(sys.argv[1]).write_text(str(os.getpid()))
    time.sleep(60)
    return 0

os.fork = refusing
sys.exit(Supervisor({"worker": role}).run())
"""


@contextmanager
def supervising(mark: Path, refusals: int) -> Iterator[subprocess.Popen[str]]:
    """A supervisor whose first forks the system refuses; its role writes its process's id."""
    command = [sys.executable, "-c", PROGRAM, str(mark), str(refusals)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_process_that_the_system_refuses_is_started_later(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with supervising(mark, 2) as process:
        wait_until(mark.exists, "the role", 20)
        process.send_signal(signal.SIGTERM)
        told, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert told.count("a process cannot be started") == 2
    assert "Resource temporarily unavailable" in told


def test_a_process_that_dies_is_started_again(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with supervising(mark, 0):
        wait_until(lambda: mark.exists() and mark.read_text(), "the role", 20)
        first = mark.read_text()
        os.kill(int(first), signal.SIGKILL)
        wait_until(lambda: mark.read_text() not in ("", first), "another process", 20)
