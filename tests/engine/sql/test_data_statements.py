"""Statements on rows are refused for names that certainly do not exist, and for nothing else."""

from __future__ import annotations

import pytest

from tests.support.replaying import made, refusals

BASE = "CREATE TABLE t (a int, b text); CREATE TABLE u (a int, c text);"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE t SET b = u.c FROM u WHERE t.a = u.a",
        "INSERT INTO t (a, b) SELECT a, c FROM u ON CONFLICT DO NOTHING",
        "WITH x AS (SELECT a AS z FROM u) INSERT INTO t (a) SELECT z FROM x",
        "WITH x AS (DELETE FROM u RETURNING a) UPDATE t SET a = x.a FROM x WHERE t.a = x.a",
        "UPDATE t SET b = (SELECT c FROM u WHERE u.a = t.a)",
        "DELETE FROM t USING u WHERE t.a = u.a",
        "SELECT x.a, count(*) AS n FROM t x GROUP BY x.a ORDER BY n",
        "SELECT * FROM t JOIN u USING (a) WHERE c IS NULL",
        "SELECT k FROM json_each('{}') AS j(k, v)",
        "SELECT relname FROM pg_class JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace",
        "SELECT t FROM t",
        "SELECT (SELECT max(a) FROM u WHERE u.a < t.a) FROM t",
        "SELECT s.n FROM t, LATERAL (SELECT t.a + 1 AS n) s",
    ],
)
def test_what_exists_is_not_refused(statement: str) -> None:
    assert made(BASE + statement)


@pytest.mark.parametrize(
    ("statement", "sqlstate", "message"),
    [
        ("UPDATE gone SET a = 1", "42P01", 'relation "gone" does not exist'),
        ("UPDATE t SET z = 1", "42703", 'column "z" of relation "t" does not exist'),
        ("UPDATE t SET a = z", "42703", 'column "z" does not exist'),
        ("INSERT INTO t (z) VALUES (1)", "42703", 'column "z" of relation "t" does not exist'),
        ("DELETE FROM t WHERE t.z = 1", "42703", "column t.z does not exist"),
        ("SELECT nope(a) FROM t", "42883", "function nope(integer) does not exist"),
        ("SELECT x.a FROM t", "42P01", 'missing FROM-clause entry for table "x"'),
    ],
)
def test_what_certainly_does_not_exist_is_refused(
    statement: str, sqlstate: str, message: str
) -> None:
    (found,) = refusals(BASE + statement)
    assert found[0] == sqlstate
    assert sqlstate == "42883" or found[1] == message
