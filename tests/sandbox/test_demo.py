"""The demo, as somebody runs it: without a terminal, on one, and ended in the middle."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import is_zombie, process_ids

COMMAND = [sys.executable, "-m", "tests.sandbox.demo"]
ROOT = Path(__file__).parents[2]


def test_without_a_terminal_it_shows_the_review_and_ends() -> None:
    done = subprocess.run(COMMAND, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    text = done.stdout
    assert "GitHub delivers pull_request.opened, signed; the App answers 202" in text
    assert "Check run Driftline created: in_progress" in text
    assert "The App posts one review" in text
    assert "Check run Driftline: failure" in text
    assert re.search(r"1 of \d+  db/\S+:\d+", text)
    assert "personal_models" in text
    assert done.stderr == ""


def test_without_git_one_is_told_so(tmp_path: Path) -> None:
    environment = os.environ | {"PATH": str(tmp_path)}
    done = subprocess.run(COMMAND, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    assert "The demo could not start: git is not installed." in done.stdout


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for what is left running in /proc")
def test_on_a_terminal_it_stays_until_ctrl_c_and_leaves_nothing_running() -> None:
    with on_a_terminal() as (pid, terminal):
        shown = read_until(terminal, b"Ctrl-C ends the demo", 100)
        assert re.search(rb"http://127\.0\.0\.1:\d+/evermed/evermed-app/pull/1", shown)
        started = descendants(pid)
        assert len(started) >= 4
        os.write(terminal, b"\x03")
        assert ended(pid, terminal) == 0
        assert still_running(started) == set()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for what is left running in /proc")
@pytest.mark.parametrize(
    ("number", "moment"), [(signal.SIGTERM, b"All run"), (signal.SIGHUP, b"Starting Valkey")]
)
def test_a_signal_in_the_middle_leaves_nothing_running(
    number: signal.Signals, moment: bytes
) -> None:
    with on_a_terminal() as (pid, terminal):
        read_until(terminal, moment, 60)
        time.sleep(0.3)
        started = descendants(pid)
        os.kill(pid, number)
        ended(pid, terminal)
        assert still_running(started) == set()


@contextlib.contextmanager
def on_a_terminal() -> Iterator[tuple[int, int]]:
    """The demo on a terminal of its own: its process id and the terminal's file descriptor."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.environ["TERM"] = "xterm"
        os.execv(COMMAND[0], COMMAND)
    try:
        yield pid, terminal
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        os.close(terminal)


def read_until(terminal: int, wanted: bytes, timeout: float) -> bytes:
    """What the terminal shows up to some words."""
    shown = b""
    end = time.monotonic() + timeout
    while wanted not in shown:
        assert time.monotonic() < end, shown.decode(errors="replace")
        try:
            shown += os.read(terminal, 65536)
        except OSError:  # the other side has ended
            pytest.fail(f"it ended early:\n{shown.decode(errors='replace')[-4000:]}")
    return shown


def ended(pid: int, terminal: int) -> int:
    """The exit code; what is still written is read, so that nothing waits for us."""
    with contextlib.suppress(OSError):
        while os.read(terminal, 65536):
            pass
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def descendants(pid: int) -> set[int]:
    """Every process that this one started, over any number of steps."""
    parents = {}
    for one in process_ids():
        with contextlib.suppress(OSError):
            parents[one] = int(Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[1])
    found: set[int] = set()
    new = {pid}
    while new:
        new = {one for one, parent in parents.items() if parent in new} - found
        found |= new
    return found


def still_running(pids: set[int]) -> set[int]:
    """Those that have not ended two seconds later."""
    end = time.monotonic() + 2
    while time.monotonic() < end:
        left = {pid for pid in pids if Path(f"/proc/{pid}").exists() and not is_zombie(pid)}
        if not left:
            return set()
        time.sleep(0.05)
    return left
