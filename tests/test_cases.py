"""Every literate case says what its review block says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cases import case_paths, read_case, regenerate, review


@pytest.mark.parametrize("path", case_paths(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_review_is_what_the_case_says(path: Path, pytestconfig: pytest.Config) -> None:
    case = read_case(path)
    if pytestconfig.getoption("--regenerate"):
        regenerate(case)
        return
    assert review(case).rstrip("\n") == case.expected.rstrip("\n")
