"""CREATE TABLE and ALTER TABLE."""

from __future__ import annotations

from tests.support.replaying import made, refusals, run, table
from workers.engine.schema.model import QualifiedName, SqlType


def test_serial_and_identity_bring_sequences_of_their_type() -> None:
    outcome = made("CREATE TABLE t (a smallserial, b bigint GENERATED ALWAYS AS IDENTITY);")
    sequences = outcome.schema.sequences
    assert {str(name): one.type for name, one in sequences.items()} == {
        "public.t_a_seq": "smallint",
        "public.t_b_seq": "bigint",
    }
    a, b = table(outcome, "t").columns
    assert (a.default, a.not_null) == ("nextval('public.t_a_seq'::regclass)", True)
    assert (b.identity, b.not_null, b.default) == ("ALWAYS", True, None)


def test_constraints_get_the_names_that_postgresql_makes() -> None:
    outcome = made(
        "CREATE TABLE u (id int PRIMARY KEY);"
        "CREATE TABLE t (id int PRIMARY KEY, code text UNIQUE, n int CHECK (n > 0),"
        " m int, uid int REFERENCES u, CHECK (n < m), UNIQUE (n, m));"
    )
    found = table(outcome, "t")
    assert found.primary_key is not None
    assert found.primary_key.name == "t_pkey"
    assert [key.name for key in found.uniques] == ["t_code_key", "t_n_m_key"]
    assert [check.name for check in found.checks] == ["t_n_check", "t_check"]
    assert [key.name for key in found.foreign_keys] == ["t_uid_fkey"]


def test_a_key_that_is_specified_twice_is_made_once() -> None:
    outcome = made("CREATE TABLE t (id int PRIMARY KEY UNIQUE, a int UNIQUE, UNIQUE (a));")
    assert [index.name for index in table(outcome, "t").indexes] == ["t_pkey", "t_a_key"]


def test_several_actions_run_in_passes_and_not_as_written() -> None:
    outcome = made(
        "CREATE TABLE t (a int, b text);"
        "ALTER TABLE t ADD COLUMN a text NOT NULL DEFAULT 'x', DROP COLUMN a;"
    )
    assert [column.name for column in table(outcome, "t").columns] == ["b", "a"]
    assert table(outcome, "t").columns[1].default == "'x'::text"


def test_each_action_has_a_place_of_its_own() -> None:
    sql = "CREATE TABLE t (a int);\nALTER TABLE t ADD COLUMN b int,\n  ADD COLUMN c numeric(3,1);"
    outcome = made(sql)
    (origin,) = table(outcome, "t").columns[2].history
    assert sql[origin.span.start : origin.span.end] == "ADD COLUMN c numeric(3,1)"


def test_a_dropped_column_takes_its_indexes_constraints_and_sequence() -> None:
    outcome = made(
        "CREATE TABLE t (a serial, b int, c int, UNIQUE (a, b), CHECK (a > b));"
        "CREATE INDEX i ON t (b) WHERE a > 1; CREATE INDEX j ON t (c);"
        "ALTER TABLE t DROP COLUMN a;"
    )
    found = table(outcome, "t")
    assert [index.name for index in found.indexes] == ["j"]
    assert (found.uniques, found.checks, outcome.schema.sequences) == ((), (), {})


def test_like_copies_what_it_is_told_to() -> None:
    outcome = made(
        "CREATE TABLE a (id int PRIMARY KEY, n int DEFAULT 3 CHECK (n > 0));"
        "CREATE INDEX ON a (n); CREATE TABLE b (LIKE a INCLUDING ALL); CREATE TABLE c (LIKE a);"
    )
    copied = table(outcome, "b")
    assert [index.name for index in copied.indexes] == ["b_pkey", "b_n_idx"]
    assert [check.name for check in copied.checks] == ["a_n_check"]
    assert [column.default for column in table(outcome, "c").columns] == [None, None]


def test_a_table_that_is_there_is_refused_or_left_alone() -> None:
    assert refusals("CREATE TABLE t (a int); CREATE TABLE t (b int);") == [
        ("42P07", 'relation "t" already exists')
    ]
    assert made("CREATE TABLE t (a int); CREATE TABLE IF NOT EXISTS t (b int);")


def test_a_type_changes_only_where_values_and_default_can_follow() -> None:
    base = "CREATE TYPE r AS ENUM ('a'); CREATE TABLE t (x text DEFAULT 'a', n int DEFAULT 1);"
    assert refusals(base + "ALTER TABLE t ALTER COLUMN x TYPE r;") == [
        ("42804", 'column "x" cannot be cast automatically to type r')
    ]
    assert refusals(base + "ALTER TABLE t ALTER COLUMN x TYPE r USING x::r;") == [
        ("42804", 'default for column "x" cannot be cast automatically to type r')
    ]
    outcome = made(base + "ALTER TABLE t ALTER COLUMN n TYPE bigint;")
    assert table(outcome, "t").columns[1].type == SqlType("bigint")


def test_a_failing_file_contributes_nothing_and_the_next_goes_on() -> None:
    outcome = run(
        "CREATE TABLE a (x int);",
        "CREATE TABLE b (x int); ALTER TABLE nope ADD COLUMN y int;",
        "CREATE TABLE c (x int);",
    )
    assert [str(name) for name in outcome.schema.tables] == ["public.a", "public.c"]
    (failure,) = outcome.failures
    assert (failure.migration, failure.sqlstate) == ("02", "42P01")
    assert failure.message == 'relation "nope" does not exist'


def test_leniently_a_statement_is_skipped_and_a_table_stands_without_a_refused_constraint() -> None:
    outcome = run(
        "CREATE TABLE a (x int REFERENCES nope (id)); DROP TABLE gone; CREATE TABLE b (x int);",
        lenient=True,
    )
    assert QualifiedName("public", "a") in outcome.schema.tables
    assert QualifiedName("public", "b") in outcome.schema.tables
    assert [failure.sqlstate for failure in outcome.failures] == ["42P01", "42P01"]


def test_partitions_take_their_parents_keys_and_indexes() -> None:
    outcome = made(
        "CREATE TABLE p (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);"
        "CREATE INDEX ON p (at);"
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');"
    )
    part = table(outcome, "p1")
    assert part.partition_bound == "FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')"
    assert [(index.name, index.is_inherited) for index in part.indexes] == [
        ("p1_pkey", True),
        ("p1_at_idx", True),
    ]
    assert table(outcome, "p").partition_key == "RANGE (at)"
