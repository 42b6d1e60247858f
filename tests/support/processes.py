"""Processes that end when they are told to, with everything that they started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

GRACE = 5.0  # seconds between SIGTERM and SIGKILL


class Process:
    """A program in a session of its own, so that Ctrl-C reaches us alone and we end the rest."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if environment is None else dict(environment),
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process id, which is the session's too."""
        return self._child.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._child.poll() is None

    @property
    def code(self) -> int | None:
        """The exit code, None while it runs."""
        return self._child.poll()

    def tail(self, lines: int = 30) -> str:
        """The end of what it wrote."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def kill(self) -> None:
        """Ends it and all that it started at once, as a power cut would."""
        for pid in members(self.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._child.wait()

    def kill_alone(self) -> None:
        """Ends this one process at once; what it started lives on."""
        self._child.kill()
        self._child.wait()

    def stop(self, grace: float = GRACE) -> None:
        """Asks it to end, waits, and ends whatever of its session is left."""
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                self._child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(grace)
        end = time.monotonic() + 2
        while time.monotonic() < end and (left := set(members(self.pid))):
            for pid in left:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            self._child.poll()
            time.sleep(0.02)
        self._child.wait()


def members(session: int) -> Iterator[int]:
    """The living processes of a session, whatever their groups: RQ gives its horses their own."""
    for pid in process_ids():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getsid(pid) == session and not is_zombie(pid):
                yield pid


def process_ids() -> list[int]:
    """Every process id of this machine that we may see."""
    proc = Path("/proc")
    if proc.is_dir():
        return [int(name) for name in os.listdir(proc) if name.isdigit()]  # noqa: PTH208
    listed = subprocess.run(["ps", "-A", "-o", "pid="], capture_output=True, text=True, check=True)
    return [int(word) for word in listed.stdout.split()]


def is_zombie(pid: int) -> bool:
    """Whether the process has ended and only waits to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False
