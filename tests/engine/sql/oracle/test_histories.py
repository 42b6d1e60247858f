"""Every fixture history makes the same on a real PostgreSQL and in the replay."""

from __future__ import annotations

import pytest

from tests.support.catalogues import real_differences
from tests.support.histories import History, histories
from tests.support.history import applied
from tests.support.postgres import Server
from workers.engine.schema.catalogue import to_catalogue
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Ground, Migration, Replay, replay

HISTORIES = histories()


def replayed(history: History, version: int) -> Replay:
    migrations = [
        Migration(name, SourceFile(f"migrations/{name}/migration.sql", script.decode()))
        for name, script in history.migrations
    ]
    path = tuple(name.strip() for name in history.search_path.split(","))
    return replay(migrations, Ground(search_path=path, server_version=version))


def check(server: Server, history: History) -> None:
    ours = replayed(history, server.version)
    with applied(server, history.migrations, history.search_path) as truth:
        failures = [(failure.migration, failure.sqlstate) for failure in ours.failures]
        assert failures == truth.failures, "\n".join(truth.messages)
        found = real_differences(truth.connection, truth.catalogue, to_catalogue(ours.schema))
        assert not found, "\n".join(str(difference) for difference in found)


@pytest.mark.parametrize("history", [h for h in HISTORIES if 18 in h.versions], ids=str)
def test_history_is_the_same_on_postgresql_18(postgres18: Server, history: History) -> None:
    check(postgres18, history)


@pytest.mark.parametrize("history", [h for h in HISTORIES if 15 in h.versions], ids=str)
def test_history_is_the_same_on_postgresql_15(postgres15: Server, history: History) -> None:
    check(postgres15, history)
