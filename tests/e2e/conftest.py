"""One running App for the end-to-end tests: real processes, real git, real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.stack import Stack, running_stack


@pytest.fixture(scope="session")
def driftline_stack() -> Iterator[Stack]:
    """The sandbox, Valkey, the web process and a worker; tests make repositories of their own."""
    with running_stack() as stack:
        yield stack
