"""The top level holds what the plan of the house names, and nothing else."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = {"bot", "deploy", "tests", "workers"}
FILES = {
    *("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md"),
    *("app.yml", "pyproject.toml"),
}


def test_the_top_level_is_that_of_the_plan() -> None:
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("this is no checkout of git's")
    tracked = [path for path in done.stdout.split("\0") if path and not path.startswith(".")]
    assert {path.partition("/")[0] for path in tracked if "/" in path} == FOLDERS
    assert {path for path in tracked if "/" not in path} == FILES
