"""The whole App against the sandbox: Valkey, web process and workers as they run in production."""

from __future__ import annotations

import os
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.sandbox import RepositoryHandle, Sandbox
from tests.support.ports import closed_port
from tests.support.processes import Process
from tests.support.valkey import running_valkey

START = 30.0  # seconds that the web process may take until it answers
DRIFTLINE = [sys.executable, "-m", "workers.cli"]


@dataclass
class Stack:
    """What runs: the sandbox in this process, the rest as processes of their own."""

    sandbox: Sandbox
    redis_url: str
    port: int
    folder: Path
    environment: dict[str, str]
    processes: list[Process] = field(default_factory=list)
    names: int = 0

    @property
    def url(self) -> str:
        """The web process."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def web(self) -> Process:
        """The web process."""
        return next(one for one in self.processes if one.name == "serve")

    @property
    def workers(self) -> list[Process]:
        """The workers that run."""
        return [one for one in self.processes if one.name == "work" and one.running]

    def start(self, command: str) -> Process:
        """Starts `driftline serve` or `driftline work`."""
        log = self.folder / f"{command}.log"
        process = Process(command, [*DRIFTLINE, command], log, self.environment)
        self.processes.append(process)
        return process

    def start_web(self) -> None:
        """Starts the web process; on another port where somebody was faster on the first."""
        for _ in range(3):
            self.port = closed_port()
            self.sandbox.app.webhook_url = f"{self.url}/webhooks/github"
            self.environment["PORT"] = str(self.port)
            web = self.start("serve")
            if self._answers(web):
                return
            web.stop()
            self.processes.remove(web)
            if "in use" not in web.tail():
                break
        raise RuntimeError(f"driftline serve did not start:\n{web.tail()}")

    def _answers(self, web: Process) -> bool:
        end = time.monotonic() + START
        while web.running and time.monotonic() < end and "in use" not in web.tail():
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2):
                    return True
            except urllib.error.HTTPError as error:
                if error.code == 404:
                    return True
            except OSError:
                pass
            time.sleep(0.05)
        return False

    def check(self) -> None:
        """Raises RuntimeError with the log of a process that ended though nobody asked it to."""
        for process in self.processes:
            if process.code not in (None, 0):
                text = f"driftline {process.name} ended with {process.code}"
                raise RuntimeError(f"{text}:\n{process.tail()}")

    def bind(self, repository: str, name: str, url: str) -> None:
        """Binds an environment, as the operator does."""
        secret = self.folder / f"{repository.replace('/', '-')}-{name}"
        secret.write_text(url)
        with (self.folder / "environments.toml").open("a") as file:
            file.write(
                f'[[environment]]\nrepository = "{repository}"\nname = "{name}"\n'
                f'url_file = "{secret}"\n'
            )

    def new_repository(self, files: Mapping[str, str], **more: object) -> RepositoryHandle:
        """A repository that no other test has, with `alice` allowed to write.

        Its owner and so its installation are its own too: limits of one count nowhere else.
        """
        self.names += 1
        name = f"acme-{self.names}/app"
        made = self.sandbox.create_repository(name, files, **more)  # type: ignore[arg-type]
        made.add_collaborator("alice", "write")
        return made

    def logs(self) -> str:
        """What the processes wrote, for a failed test."""
        return "\n".join(f"--- {one.name}\n{one.tail(60)}" for one in self.processes)

    def stop(self) -> None:
        """Ends the workers, then the web process."""
        for process in reversed(self.processes):
            process.stop()


@contextmanager
def running_stack(
    workers: int = 1, environment: Mapping[str, str] | None = None
) -> Iterator[Stack]:
    """The App and its surroundings; everything ends with the block."""
    with ExitStack() as rest:
        folder = Path(rest.enter_context(tempfile.TemporaryDirectory(prefix="driftline-stack-")))
        redis_url = rest.enter_context(running_valkey())
        sandbox = rest.enter_context(Sandbox())
        bound = folder / "environments.toml"
        bound.write_text("")
        values = app_environment(sandbox, redis_url) | {"DRIFTLINE_ENVIRONMENTS": str(bound)}
        values |= dict(environment or {})
        stack = Stack(sandbox, redis_url, 0, folder, values)
        rest.callback(stack.stop)
        for _ in range(workers):
            stack.start("work")
        stack.start_web()
        yield stack


def app_environment(sandbox: Sandbox, redis_url: str) -> dict[str, str]:
    """The environment of the App's processes: this one's, with the sandbox for GitHub."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DRIFTLINE_")}
    return kept | {
        "DRIFTLINE_APP_ID": str(sandbox.app.id),
        "DRIFTLINE_PRIVATE_KEY": sandbox.app.private_key,
        "DRIFTLINE_WEBHOOK_SECRET": sandbox.app.webhook_secret,
        "DRIFTLINE_GITHUB_URL": sandbox.api_url,
        "REDIS_URL": redis_url,
        "HOST": "127.0.0.1",
        "PYTHONUNBUFFERED": "1",
    }
