"""Processes end with all that they started, whatever groups those are in."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.support.processes import Process, members

# Ignores SIGTERM and starts a child in a process group of its own, as RQ starts its horses.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
code = "import os, time; os.setpgrp(); print('child', flush=True); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", code])
print("parent", flush=True)
time.sleep(600)
"""


def started(tmp_path: Path) -> Process:
    process = Process("stubborn", [sys.executable, "-c", STUBBORN], tmp_path / "log")
    end = time.monotonic() + 20
    while not {"parent", "child"} <= set(process.tail().split()):
        assert time.monotonic() < end, process.tail()
        time.sleep(0.02)
    assert len(list(members(process.pid))) == 2
    return process


def test_stopping_ends_children_in_groups_of_their_own(tmp_path: Path) -> None:
    process = started(tmp_path)
    process.stop(grace=0.1)
    assert list(members(process.pid)) == []
    assert process.code == -9


def test_a_power_cut_leaves_nothing(tmp_path: Path) -> None:
    process = started(tmp_path)
    process.kill()
    time.sleep(0.1)
    assert list(members(process.pid)) == []


def test_a_process_killed_alone_leaves_its_child(tmp_path: Path) -> None:
    process = started(tmp_path)
    process.kill_alone()
    assert len(list(members(process.pid))) == 1
    process.stop()
    assert list(members(process.pid)) == []
