"""Valkey servers that a test may kill and start again, alone or as a watched pair."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from tests.support.ports import closed_port
from tests.support.processes import Process
from tests.support.valkey import comes_up, server_binary

SERVICE = "driftline"
_DOWN_MILLISECONDS = 1_000


class Server:
    """One server on a port and in a folder that stay the same."""

    def __init__(self, **config: str) -> None:
        self._directives = {"save": "", "appendonly": "no", **config}
        self._temporary = tempfile.TemporaryDirectory(prefix="driftline-fault-")
        self.folder = Path(self._temporary.name)
        self.port = closed_port()
        self._process: Process | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> Redis:
        """A connection."""
        return Redis.from_url(self.url)

    def __enter__(self) -> Any:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.stop()
        self._temporary.cleanup()

    def start(self) -> None:
        """Start it, with what its folder holds."""
        options = [word for pair in self._directives.items() for word in (f"--{pair[0]}", pair[1])]
        place = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        log = self.folder / "valkey.log"
        self._process = Process("valkey", [server_binary(), *place, *options], log)
        if not comes_up(self._process, self.port, ""):
            raise RuntimeError(self._process.tail())

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self._process is not None
        self._process.kill()


class Pair:
    """A master, its replica, and one sentinel that decides alone."""

    def __init__(self) -> None:
        self.master = Server()
        self.replica = Server(replicaof=f"127.0.0.1 {self.master.port}")
        self._sentinel: Process | None = None
        self._port = closed_port()

    @property
    def url(self) -> str:
        """What the App is given."""
        return f"redis+sentinel://127.0.0.1:{self._port}/{SERVICE}/0"

    def __enter__(self) -> Pair:
        self.master.start()
        self.replica.start()
        settings = self.master.folder / "sentinel.conf"
        settings.write_text(
            f"port {self._port}\nbind 127.0.0.1\ndir {self.master.folder}\n"
            f"sentinel monitor {SERVICE} 127.0.0.1 {self.master.port} 1\n"
            f"sentinel down-after-milliseconds {SERVICE} {_DOWN_MILLISECONDS}\n"
            f"sentinel failover-timeout {SERVICE} 5000\n"
        )
        command = [server_binary(), str(settings), "--sentinel"]
        self._sentinel = Process("sentinel", command, self.master.folder / "sentinel.log")
        if not comes_up(self._sentinel, self._port, ""):
            raise RuntimeError(self._sentinel.tail())
        self._until(lambda: self._replica_is_known())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._sentinel is not None:
            self._sentinel.stop()
        self.replica.__exit__(kind, error, trace)
        self.master.__exit__(kind, error, trace)

    def _replica_is_known(self) -> bool:
        told: Any = Redis(port=self._port).execute_command("SENTINEL", "REPLICAS", SERVICE)
        return (
            bool(told) and self.replica.client().info("replication")["master_link_status"] == "up"
        )  # type: ignore[index]

    def wait_for_replica(self) -> str:
        """The address of the new master, once it is one."""
        self._until(lambda: self.replica.client().info("replication")["role"] == "master")  # type: ignore[index]
        return self.replica.url

    def _until(self, probe: Any) -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                if probe():
                    return
            except (RedisError, KeyError):
                pass
            time.sleep(0.1)
        raise TimeoutError("the sentinel did not do its part")
