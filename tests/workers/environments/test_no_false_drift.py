"""A database that did nothing but run its migrations shows no drift, whatever they hold."""

from __future__ import annotations

import pytest

from tests.engine.sql.oracle.test_histories import HISTORIES, replayed
from tests.support.histories import History
from tests.support.history import applied
from tests.support.postgres import Server
from workers.engine.observed.difference import differences
from workers.engine.observed.platform import without_platform
from workers.engine.observed.standing import standing
from workers.engine.sql.replay import Ground
from workers.environments import introspect


def check(server: Server, history: History) -> None:
    ours = replayed(history, server.version)
    with applied(server, history.migrations, history.search_path) as truth:
        there = introspect(truth.connection)
    found = [
        str(one)
        for one in differences(
            without_platform(ours.schema, is_supabase=False),
            without_platform(there, is_supabase=False),
        )
    ]
    assert found == []
    path = tuple(name.strip() for name in history.search_path.split(","))
    ground = Ground(search_path=path, server_version=server.version)
    again = standing(there, ground).schema
    assert set(again.tables) == set(there.tables)


@pytest.mark.parametrize("history", [h for h in HISTORIES if 18 in h.versions], ids=str)
def test_no_false_drift_on_postgresql_18(postgres18: Server, history: History) -> None:
    check(postgres18, history)


@pytest.mark.parametrize("history", [h for h in HISTORIES if 15 in h.versions], ids=str)
def test_no_false_drift_on_postgresql_15(postgres15: Server, history: History) -> None:
    check(postgres15, history)
