"""Running git on repositories that nobody vouches for.

Every command gets a clean environment: no configuration of the machine or the user, no hooks,
helpers, prompts, filters or external programs, a time limit after which its whole process group
is killed, and a bound on what it may print or write to disk. A token travels in the environment
alone (`GIT_CONFIG_*`, https://git-scm.com/docs/git-config#ENVIRONMENT), never in a URL, an argument
or an error.
"""

from __future__ import annotations

import base64
import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

_PASSED_ON = (
    "PATH",
    "SYSTEMROOT",
    "TMPDIR",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "no_proxy",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
)
"""What git and curl need of the machine: where programs are, the way out, whom to trust."""

_FIXED = {
    "HOME": os.devnull,
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GIT_SSH_COMMAND": "false",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_AUTHOR_NAME": "Driftline",
    "GIT_AUTHOR_EMAIL": "driftline@localhost",
    "GIT_AUTHOR_DATE": "2000-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Driftline",
    "GIT_COMMITTER_EMAIL": "driftline@localhost",
    "GIT_COMMITTER_DATE": "2000-01-01T00:00:00Z",
}

_SAFE_CONFIG = (
    ("safe.directory", "*"),  # what a stranger's configuration could start is switched off below
    ("core.hooksPath", os.devnull),
    ("core.fsmonitor", "false"),
    ("core.untrackedCache", "false"),
    ("core.quotePath", "false"),
    ("core.sshCommand", "false"),
    ("core.askPass", ""),
    ("core.attributesFile", os.devnull),
    ("credential.helper", ""),
    ("submodule.recurse", "false"),
    ("fetch.recurseSubmodules", "false"),
    ("transfer.bundleURI", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("protocol.version", "2"),
    ("http.lowSpeedLimit", "1000"),
    ("http.lowSpeedTime", "20"),
    ("diff.external", ""),
    ("diff.algorithm", "myers"),
    ("diff.renames", "true"),
    ("diff.noprefix", "false"),
    ("diff.mnemonicPrefix", "false"),
    ("diff.relative", "false"),
    ("diff.orderFile", os.devnull),
    ("merge.renames", "true"),
    ("merge.directoryRenames", "conflict"),
    ("merge.conflictStyle", "merge"),
    ("merge.renormalize", "false"),
)

MEGABYTE = 1024 * 1024


class GitError(Exception):
    """A git command failed; the text is git's own, without secrets."""


class GitTimeout(GitError):
    """A git command took too long and was killed."""


@dataclass(frozen=True)
class Access:
    """How a remote may be reached: its base address, and the token that opens it, if any."""

    url: str
    token: str | None = field(default=None, repr=False)

    @property
    def authorization(self) -> str | None:
        """The header's value; never wrapped, however long the token is."""
        if not self.token:
            return None
        return "Basic " + base64.b64encode(f"x-access-token:{self.token}".encode()).decode()

    @property
    def config(self) -> list[tuple[str, str]]:
        """Git configuration that sends the header to this host alone."""
        if self.authorization is None:
            return []
        parts = urlsplit(self.url)
        host = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/"
        return [(f"http.{host}.extraHeader", f"Authorization: {self.authorization}")]


@dataclass(frozen=True)
class Git:
    """Git commands in one place: a folder inside a repository, or a bare repository."""

    directory: Path
    git_dir: Path | None = None
    access: Access | None = None
    protocols: tuple[str, ...] = ()
    object_format: str = "sha1"
    deadline: float | None = None
    """The moment (`time.monotonic`) after which nothing runs any more."""

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        ok: Sequence[int] = (0,),
        timeout: float = 60,
        limit: int = 256 * MEGABYTE,
        extra: Mapping[str, str] | None = None,
    ) -> Result:
        """Run one command; GitError unless its exit code is in `ok`."""
        if self.deadline is not None:
            timeout = min(timeout, self.deadline - time.monotonic())
            if timeout <= 0:
                raise GitTimeout("there was no time left to read the repository")
        result = _communicate(
            _bounded(arguments), self.directory, self._environment(extra), stdin, timeout, limit
        )
        if result.code not in ok:
            raise GitError(self._redacted(arguments[0], result))
        return result

    def _environment(self, extra: Mapping[str, str] | None) -> dict[str, str]:
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment.update(_FIXED)
        environment["GIT_ALLOW_PROTOCOL"] = ":".join(self.protocols) or "none"
        if self.git_dir is not None:
            environment["GIT_DIR"] = str(self.git_dir)
        environment.update(extra or {})
        config = [*_SAFE_CONFIG, *(self.access.config if self.access else ())]
        environment["GIT_CONFIG_COUNT"] = str(len(config))
        for number, (key, value) in enumerate(config):
            environment[f"GIT_CONFIG_KEY_{number}"] = key
            environment[f"GIT_CONFIG_VALUE_{number}"] = value
        return environment

    def _redacted(self, command: str, result: Result) -> str:
        text = result.stderr.decode("utf-8", "replace").strip()
        if self.access is not None and self.access.token and self.access.authorization:
            text = text.replace(self.access.token, "***")
            text = text.replace(self.access.authorization.removeprefix("Basic "), "***")
        return f"git {command} failed ({result.code}): {text[-500:] or 'it said nothing'}"


@dataclass(frozen=True, slots=True)
class Result:
    """What a finished command gave."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def text(self) -> str:
        """The output as text."""
        return self.stdout.decode("utf-8", "replace")

    @property
    def records(self) -> Iterable[bytes]:
        """The parts of an output made with `-z`."""
        return (record for record in self.stdout.split(b"\0") if record)


def _bounded(arguments: Sequence[str]) -> list[str]:
    """The command line, with a bound on each file that it may write (1 GiB, in 512-byte blocks)."""
    return ["sh", "-c", 'ulimit -f 2097152; exec git "$@"', "git", *arguments]


def _communicate(
    command: list[str],
    directory: Path,
    environment: dict[str, str],
    stdin: bytes,
    timeout: float,
    limit: int,
) -> Result:
    try:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise GitError(f"git could not be started: {error.strerror}") from error
    try:
        stdout, stderr = _pump(process, stdin, time.monotonic() + timeout, limit)
    except BaseException:
        _kill(process)
        raise
    return Result(process.wait(), stdout, stderr)


def _pump(
    process: subprocess.Popen[bytes], stdin: bytes, deadline: float, limit: int
) -> tuple[bytes, bytes]:
    """Feed and drain a process; both outputs are bounded, and so is the time."""
    assert process.stdin
    assert process.stdout
    assert process.stderr
    outputs = {process.stdout: bytearray(), process.stderr: bytearray()}
    rest = memoryview(stdin)
    with selectors.DefaultSelector() as selector:
        for stream in outputs:
            selector.register(stream, selectors.EVENT_READ)
        if rest:
            os.set_blocking(process.stdin.fileno(), False)
            selector.register(process.stdin, selectors.EVENT_WRITE)
        else:
            process.stdin.close()
        while selector.get_map():
            remaining = deadline - time.monotonic()
            ready = selector.select(remaining) if remaining > 0 else []
            if not ready:
                raise GitTimeout("git took too long")
            for key, _ in ready:
                if key.fileobj is process.stdin:
                    rest = _feed(process, rest)
                    if not rest:
                        selector.unregister(process.stdin)
                        with contextlib.suppress(BrokenPipeError):
                            process.stdin.close()
                    continue
                stream = process.stdout if key.fileobj is process.stdout else process.stderr
                chunk = os.read(stream.fileno(), 1 << 18)
                if not chunk:
                    selector.unregister(stream)
                    continue
                outputs[stream] += chunk
                if len(outputs[stream]) > limit:
                    raise GitError("git printed more than Driftline reads")
    try:
        process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise GitTimeout("git took too long") from None
    out, err = bytes(outputs[process.stdout]), bytes(outputs[process.stderr])
    process.stdout.close()
    process.stderr.close()
    return out, err


def _feed(process: subprocess.Popen[bytes], rest: memoryview) -> memoryview:
    assert process.stdin
    try:
        return rest[os.write(process.stdin.fileno(), rest[: 1 << 16]) :]
    except BlockingIOError:
        return rest
    except BrokenPipeError:
        return rest[:0]


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the command and whatever it started (git runs helpers of its own for HTTP)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            with contextlib.suppress(OSError):
                stream.close()
