"""Foreign keys, and all that refuses one."""

from __future__ import annotations

import pytest

from tests.support.replaying import made, refusals, table

BASE = "CREATE TABLE u (id uuid PRIMARY KEY, n int, code varchar(8) UNIQUE);"


@pytest.mark.parametrize(
    ("column", "sqlstate", "message"),
    [
        (
            "x text REFERENCES u (id)",
            "42804",
            'foreign key constraint "t_x_fkey" cannot be implemented',
        ),
        (
            "x int REFERENCES u (n)",
            "42830",
            'there is no unique constraint matching given keys for referenced table "u"',
        ),
        (
            "x int REFERENCES u (gone)",
            "42703",
            'column "gone" referenced in foreign key constraint does not exist',
        ),
        ("x int REFERENCES gone", "42P01", 'relation "gone" does not exist'),
        ("x int REFERENCES nowhere.u", "3F000", 'schema "nowhere" does not exist'),
    ],
)
def test_a_foreign_key_is_refused(column: str, sqlstate: str, message: str) -> None:
    assert refusals(f"{BASE} CREATE TABLE t ({column});") == [(sqlstate, message)]


def test_types_of_one_family_go_together() -> None:
    assert made(BASE + "CREATE TABLE t (x text REFERENCES u (code));")
    assert made("CREATE TABLE a (id bigint PRIMARY KEY); CREATE TABLE b (x int REFERENCES a);")


def test_without_columns_it_refers_to_the_primary_key() -> None:
    outcome = made(BASE + "CREATE TABLE t (x uuid REFERENCES u ON DELETE SET NULL);")
    (key,) = table(outcome, "t").foreign_keys
    assert (key.ref_columns, key.on_delete, key.on_update) == (("id",), "SET NULL", "NO ACTION")


def test_the_unique_that_it_rests_on_cannot_be_dropped() -> None:
    sql = BASE + "CREATE TABLE t (x uuid REFERENCES u);"
    assert refusals(sql + "ALTER TABLE u DROP CONSTRAINT u_pkey;") == [
        (
            "2BP01",
            "cannot drop constraint u_pkey on table u because other objects depend on it",
        )
    ]
    outcome = made(sql + "ALTER TABLE u DROP CONSTRAINT u_pkey CASCADE;")
    assert table(outcome, "t").foreign_keys == ()


def test_the_table_that_it_refers_to_cannot_be_dropped() -> None:
    sql = BASE + "CREATE TABLE t (x uuid REFERENCES u);"
    assert refusals(sql + "DROP TABLE u;") == [
        ("2BP01", "cannot drop table u because other objects depend on it")
    ]
    assert made(sql + "DROP TABLE u, t;").schema.tables == {}
