"""A child process under bounds: its time, what it prints, and whatever it starts itself."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct


class ChildError(Exception):
    """The process could not be started, or passed a bound."""


class ChildTimeout(ChildError):
    """The process took too long and was killed."""


class Result(Struct, frozen=True):
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


def communicate(
    command: Sequence[str],
    directory: Path,
    environment: Mapping[str, str],
    stdin: bytes,
    timeout: float,
    limit: int,
) -> Result:
    """Run a command to its end; `ChildTimeout` and `ChildError` where it passes a bound."""
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
        raise ChildError(f"{command[0]} could not be started: {error.strerror}") from error
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
                raise ChildTimeout("it took too long")
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
                    raise ChildError("it printed more than Driftline reads")
    try:
        process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise ChildTimeout("it took too long") from None
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
