"""What MariaDB makes of the same scripts, object by object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.mariadb import MariaDb, running_mariadb, why_no_mariadb
from tests.support.mysql_scripts import REFUSED, SCRIPTS
from tests.support.sides import migration
from workers.engine.schema.catalogue import to_catalogue
from workers.engine.schema.model import Schema
from workers.engine.sql.replay import Ground, replay

pytestmark = pytest.mark.skipif(why_no_mariadb() is not None, reason=str(why_no_mariadb()))
_OTHER_NAMES = {"utf8mb4_0900_ai_ci": "utf8mb4_general_ci"}
"""Collations that MySQL 8 takes where MariaDB 10.11 takes another."""


@pytest.fixture(scope="module")
def server() -> Iterator[MariaDb]:
    with running_mariadb() as started:
        yield started


def _shown(schema: Schema) -> dict[str, Any]:
    """The catalogue without what the two servers show differently: the text of expressions and
    views, the names of unnamed checks, and RESTRICT, which is NO ACTION to InnoDB."""
    catalogue = to_catalogue(schema)
    for table in catalogue["tables"].values():
        table["checks"] = len(table["checks"])
        for column in table["columns"]:
            if "generated" in column:
                column["generated"] = column["generated"].rpartition(" ")[2]
            if column.get("collation") in _OTHER_NAMES:
                column["collation"] = _OTHER_NAMES[column["collation"]]
        for key in table["foreignKeys"]:
            for action in ("onDelete", "onUpdate"):
                key[action] = key[action].replace("RESTRICT", "NO ACTION")
    catalogue["views"] = sorted(catalogue["views"])
    return catalogue


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_the_replay_makes_what_mariadb_makes(script: str, server: MariaDb) -> None:
    asked, error = server.run([script])
    assert error is None
    made = replay([migration(script)], Ground(provider="mysql")).schema
    assert _shown(made) == _shown(asked)


@pytest.mark.parametrize(("code", "script"), REFUSED.values(), ids=REFUSED)
def test_mariadb_refuses_the_same_and_keeps_the_same(
    code: str, script: str, server: MariaDb
) -> None:
    asked, error = server.run([script])
    assert error is not None, code
    made = replay([migration(script)], Ground(provider="mysql")).schema
    assert _shown(made)["tables"] == _shown(asked)["tables"]
