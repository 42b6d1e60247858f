"""Work in a child that the operating system bounds."""

from __future__ import annotations

import ctypes
import os
import signal
import time

import pytest

from workers.bounded import Died, Failed, TookTooMuch, bounded
from workers.timelimit import TookTooLong


def test_what_the_work_returns_comes_back() -> None:
    here = os.getpid()
    answer, process = bounded(
        lambda: ({"a": (1, "é" * 1_000_000)}, os.getpid()), seconds=10, megabytes=256
    )
    assert answer == {"a": (1, "é" * 1_000_000)}
    assert process != here


def test_too_much_memory_ends_the_child_alone() -> None:
    with pytest.raises(TookTooMuch, match="128 MB"):
        bounded(lambda: len(bytearray(512 * 1024 * 1024)), seconds=20, megabytes=128)


def test_memory_that_is_taken_in_many_pieces_is_bounded_too() -> None:
    def grow() -> int:
        pieces = []
        while True:
            pieces.append(bytes(1024 * 1024))

    with pytest.raises(TookTooMuch):
        bounded(grow, seconds=20, megabytes=128)


def test_work_that_takes_too_long_is_stopped() -> None:
    began = time.monotonic()
    with pytest.raises(TookTooLong):
        bounded(lambda: time.sleep(60), seconds=0.3, megabytes=128)
    assert time.monotonic() - began < 10


def test_work_that_does_not_hear_is_killed() -> None:
    def deaf() -> None:
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        time.sleep(60)

    began = time.monotonic()
    with pytest.raises(TookTooLong):
        bounded(deaf, seconds=0.3, megabytes=128)
    assert time.monotonic() - began < 20


def test_a_crash_in_a_library_is_told() -> None:
    with pytest.raises(Died, match="-11"):
        bounded(lambda: ctypes.string_at(0), seconds=10, megabytes=128)


def test_an_error_comes_back_without_its_words() -> None:
    def fail() -> None:
        raise ValueError("a line of somebody's source")

    with pytest.raises(Failed) as caught:
        bounded(fail, seconds=10, megabytes=128)
    assert caught.value.kind == "ValueError"
    assert "test_bounded.py" in caught.value.trace
    assert "raise ValueError" not in str(caught.value)


def test_a_child_dies_with_its_parent() -> None:
    reader, writer = os.pipe()
    parent = os.fork()
    if parent == 0:

        def tell() -> None:
            os.write(writer, f"{os.getpid()}\n".encode())
            time.sleep(60)

        bounded(tell, seconds=60, megabytes=128)
        os._exit(0)
    child = int(os.read(reader, 32))
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            with open(f"/proc/{child}/stat") as stat:
                if stat.read().rpartition(")")[2].split()[0] == "Z":
                    return
        except FileNotFoundError:
            return
        time.sleep(0.05)
    raise AssertionError("the child lives on")
