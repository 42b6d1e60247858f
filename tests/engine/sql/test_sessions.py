"""Transactions in a file, search paths, temporary tables, and what CONCURRENTLY forbids."""

from __future__ import annotations

from tests.support.replaying import made, refusals, run, table
from workers.engine.schema.model import QualifiedName
from workers.engine.sql.replay import Ground


def names(*files: str) -> list[str]:
    return [str(name) for name in run(*files).schema.tables]


def test_what_was_committed_before_a_refusal_stays() -> None:
    assert names(
        "BEGIN; CREATE TABLE a (x int); COMMIT; CREATE TABLE b (x int); DROP TABLE c;"
    ) == ["public.a"]


def test_rollback_undoes_and_a_savepoint_is_come_back_to() -> None:
    assert names("BEGIN; CREATE TABLE a (x int); ROLLBACK; CREATE TABLE b (x int);") == ["public.b"]
    assert names(
        "BEGIN; CREATE TABLE a (x int); SAVEPOINT s; CREATE TABLE b (x int);"
        " ROLLBACK TO s; CREATE TABLE c (x int); COMMIT;"
    ) == ["public.a", "public.c"]


def test_a_block_that_is_never_committed_leaves_nothing() -> None:
    assert names("BEGIN; CREATE TABLE a (x int);") == []


def test_concurrently_is_refused_in_a_block_of_its_own_file_alone() -> None:
    base = "CREATE TABLE t (x int);"
    assert refusals(base, "BEGIN; CREATE INDEX CONCURRENTLY i ON t (x); COMMIT;") == [
        ("25001", "CREATE INDEX CONCURRENTLY cannot run inside a transaction block")
    ]
    outcome = made(base, "CREATE INDEX CONCURRENTLY i ON t (x); CREATE INDEX j ON t (x);")
    assert [index.name for index in table(outcome, "t").indexes] == ["i", "j"]


def test_the_search_path_decides_for_one_file() -> None:
    outcome = made(
        "CREATE SCHEMA app; SET search_path = app, public; CREATE TABLE a (x int);",
        "CREATE TABLE b (x int);",
        "SELECT set_config('search_path', '', false); CREATE TABLE app.c (x int);",
    )
    assert [str(name) for name in outcome.schema.tables] == ["app.a", "public.b", "app.c"]


def test_the_ground_gives_the_first_search_path() -> None:
    outcome = made("CREATE TABLE a (x int);", ground=Ground(search_path=("tenant",)))
    assert list(outcome.schema.tables) == [QualifiedName("tenant", "a")]


def test_temporary_tables_are_gone_with_their_file() -> None:
    outcome = run(
        "CREATE TEMP TABLE a (x int); CREATE TABLE b AS SELECT x FROM a;", "DROP TABLE a;"
    )
    assert [str(name) for name in outcome.schema.tables] == ["public.b"]
    assert [failure.sqlstate for failure in outcome.failures] == ["42P01"]
