"""What follows a rename, and what stands in the way of a drop."""

from __future__ import annotations

from tests.support.replaying import made, refusals, table
from workers.engine.schema.model import QualifiedName

VIEW = "CREATE TABLE t (a int, b text); CREATE VIEW v AS SELECT a FROM t;"


def test_expressions_follow_a_renamed_column() -> None:
    outcome = made(
        "CREATE TABLE t (a int CHECK (a > 0), b text); CREATE INDEX i ON t (lower(b)) WHERE a > 1;"
        "ALTER TABLE t RENAME COLUMN a TO n; ALTER TABLE t RENAME b TO s;"
    )
    found = table(outcome, "t")
    assert found.checks[0].definition == "CHECK ((n > 0))"
    assert found.indexes[0].keys[0].expression == "lower(s)"
    assert found.indexes[0].where == "(n > 1)"


def test_foreign_keys_and_sequences_follow_a_renamed_table() -> None:
    outcome = made(
        "CREATE TABLE a (id serial PRIMARY KEY); CREATE TABLE b (x int REFERENCES a);"
        "ALTER TABLE a RENAME TO c; ALTER TABLE c RENAME COLUMN id TO key;"
    )
    (key,) = table(outcome, "b").foreign_keys
    assert (key.ref_table, key.ref_columns) == (QualifiedName("public", "c"), ("key",))
    (sequence,) = outcome.schema.sequences.values()
    assert sequence.owned_by == (QualifiedName("public", "c"), "key")


def test_a_default_follows_its_sequence() -> None:
    outcome = made("CREATE TABLE t (id serial); ALTER SEQUENCE t_id_seq RENAME TO s;")
    assert table(outcome, "t").columns[0].default == "nextval('public.s'::regclass)"


def test_an_index_and_its_constraint_share_their_name() -> None:
    outcome = made("CREATE TABLE t (id int PRIMARY KEY); ALTER INDEX t_pkey RENAME TO p;")
    found = table(outcome, "t")
    assert found.primary_key is not None
    assert (found.primary_key.name, found.indexes[0].name) == ("p", "p")


def test_a_view_stands_in_the_way_of_its_column_and_type() -> None:
    assert refusals(VIEW + "ALTER TABLE t DROP COLUMN a;") == [
        ("2BP01", "cannot drop column a of table t because other objects depend on it")
    ]
    assert refusals(VIEW + "ALTER TABLE t ALTER COLUMN a TYPE bigint;") == [
        ("0A000", "cannot alter type of a column used by a view or rule")
    ]
    assert made(VIEW + "ALTER TABLE t DROP COLUMN b;")
    assert made(VIEW + "DROP TABLE t CASCADE;").schema.views == {}


def test_a_policy_stands_in_the_way_of_a_column_that_it_reads() -> None:
    sql = "CREATE TABLE t (a int, b int); CREATE POLICY p ON t USING (a > 0);"
    assert refusals(sql + "ALTER TABLE t DROP COLUMN a;") == [
        ("2BP01", "cannot drop column a of table t because other objects depend on it")
    ]
    assert made(sql + "ALTER TABLE t DROP COLUMN b;")


def test_missing_things_are_refused_by_their_kind() -> None:
    assert [code for code, _ in refusals("DROP TABLE a;", "DROP TYPE a;", "DROP SCHEMA a;")] == [
        "42P01",
        "42704",
        "3F000",
    ]
    assert made("DROP TABLE IF EXISTS a; DROP TYPE IF EXISTS a; DROP VIEW IF EXISTS a, b;")


def test_a_moved_table_takes_its_indexes_along() -> None:
    outcome = made(
        "CREATE SCHEMA s; CREATE TABLE t (id serial PRIMARY KEY); ALTER TABLE t SET SCHEMA s;"
        "DROP INDEX IF EXISTS public.t_pkey;"
    )
    found = table(outcome, "t", "s")
    assert found.columns[0].default == "nextval('s.t_id_seq'::regclass)"
    assert [index.name for index in found.indexes] == ["t_pkey"]
