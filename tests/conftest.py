"""Options of the whole test run."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--regenerate` writes the literate cases' reviews anew; read them before committing."""
    parser.addoption("--regenerate", action="store_true", help="rewrite the reviews in tests/cases")
