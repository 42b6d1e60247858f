"""Every literate case says what its review block says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cases import case_paths, read_case, regenerate, review, snapshot_of
from workers.engine.analyze import analyze
from workers.engine.settings import Settings


@pytest.mark.parametrize("path", case_paths(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_review_is_what_the_case_says(path: Path, pytestconfig: pytest.Config) -> None:
    case = read_case(path)
    if pytestconfig.getoption("--regenerate"):
        regenerate(case)
        return
    assert review(case).rstrip("\n") == case.expected.rstrip("\n")


class Remembering:
    """A memo that forgets nothing."""

    keeps_states = True

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    def put(self, key: str, value: bytes) -> None:
        self.kept[key] = value


@pytest.mark.parametrize("path", case_paths(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_second_look_says_what_the_first_said(path: Path) -> None:
    snapshot = snapshot_of(read_case(path))
    memo = Remembering()
    first = analyze(snapshot, Settings(), memo)
    second = analyze(snapshot, Settings(), memo)
    assert second.findings == first.findings == analyze(snapshot, Settings()).findings
    assert second.diagnostics == first.diagnostics
