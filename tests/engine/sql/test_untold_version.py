"""What only newer servers have, where nobody said which server it is."""

from __future__ import annotations

import pytest

from workers.engine.source import SourceFile
from workers.engine.sql.replay import Ground, Migration, replay

NEWER = [
    ("CREATE TABLE t (id uuid DEFAULT uuidv7());", "42883"),
    ("CREATE VIEW v AS SELECT 'a' IS JSON AS is_json;", "42601"),
    ("CREATE TABLE t (id int); GRANT MAINTAIN ON t TO PUBLIC;", "42601"),
    (
        "CREATE FUNCTION f(a text) RETURNS boolean LANGUAGE plpgsql AS"
        " $$ BEGIN RETURN a IS JSON; END $$;",
        "42601",
    ),
]


def refused(script: str, ground: Ground) -> list[str]:
    migration = Migration("1_a", SourceFile("migrations/1_a/migration.sql", script))
    return [one.sqlstate for one in replay([migration], ground).failures]


@pytest.mark.parametrize(("script", "sqlstate"), NEWER)
def test_is_missing_only_from_a_server_that_is_known_to_be_older(
    script: str, sqlstate: str
) -> None:
    assert refused(script, Ground(server_version=15, is_version_told=False)) == []
    assert refused(script, Ground(server_version=18)) == []
    assert refused(script, Ground(server_version=15)) == [sqlstate]
