from __future__ import annotations

import pytest

from tests.support.mysql_scripts import REFUSED, REFUSED_BY_MYSQL, SCRIPTS
from tests.support.sides import migration
from workers.engine.errors import Effect
from workers.engine.schema.model import QualifiedName, SqlType, Table
from workers.engine.sql.mysql.script import statements
from workers.engine.sql.replay import Ground, Replay, replay

MYSQL = Ground(provider="mysql")


def _run(*scripts: str, lenient: bool = False) -> Replay:
    migrations = [migration(sql, f"2025010100000{at}_step") for at, sql in enumerate(scripts)]
    return replay(migrations, MYSQL, lenient=lenient)


def _table(outcome: Replay, name: str) -> Table:
    return outcome.schema.tables[QualifiedName("public", name)]


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_every_statement_is_read(script: str) -> None:
    outcome = _run(script)
    assert outcome.failures == []
    assert outcome.diagnostics == []


ALL_REFUSED = REFUSED | REFUSED_BY_MYSQL


@pytest.mark.parametrize(("code", "script"), ALL_REFUSED.values(), ids=ALL_REFUSED)
def test_a_refusal_has_mysqls_number(code: str, script: str) -> None:
    (failure,) = _run(script).failures
    assert failure.sqlstate == code


def test_a_refusal_stands_at_its_statement() -> None:
    text = "CREATE TABLE t (a INT);\n\nALTER TABLE t ADD a INT;\n"
    (failure,) = _run(text).failures
    span = failure.origin.span
    assert text[span.start : span.end] == "ALTER TABLE t ADD a INT"
    assert failure.message == "Duplicate column name 'a'"


def test_what_a_failing_migration_did_before_stays() -> None:
    outcome = _run("CREATE TABLE a (x INT); CREATE TABLE a (x INT); CREATE TABLE b (x INT);")
    assert [name.name for name in outcome.schema.tables] == ["a"]
    kinder = _run("CREATE TABLE a (x INT); CREATE TABLE a (x INT); CREATE TABLE b (x INT);",
                  lenient=True)  # fmt: skip
    assert [name.name for name in kinder.schema.tables] == ["a", "b"]


def test_a_statement_that_is_not_known_is_told_and_leaves_its_table_open() -> None:
    outcome = _run(
        "CREATE TABLE a (x INT); CREATE TABLE b AS SELECT * FROM a; ALTER TABLE b ADD y INT;"
        "ALTER TABLE a FROBNICATE x;"
    )
    assert outcome.failures == []
    told = [(one.subjects, one.effect) for one in outcome.diagnostics]
    assert told == [
        (("public.b",), Effect.UNKNOWN),
        (("public.b",), Effect.UNKNOWN),
        (("public.a",), Effect.UNKNOWN),
    ]


def test_sql_that_is_made_at_run_time_is_not_judged() -> None:
    outcome = _run("SET @s = 'DROP TABLE t'; PREPARE p FROM @s; EXECUTE p; DEALLOCATE PREPARE p;")
    (told,) = outcome.diagnostics
    assert (told.code, told.effect) == ("statement-unread", Effect.UNKNOWN)


def test_letters_that_only_some_servers_take_for_the_same_are_told_once() -> None:
    outcome = _run("CREATE TABLE `Post` (a INT); ALTER TABLE `post` ADD b INT, ADD c INT;")
    assert [column.name for column in _table(outcome, "Post").columns] == ["a", "b", "c"]
    (told,) = outcome.diagnostics
    assert told.effect is Effect.INFORMATION
    assert "error 1146" in told.message


def test_what_only_mariadb_takes_is_run_and_told() -> None:
    outcome = _run("CREATE TABLE t (a INT); ALTER TABLE t ADD COLUMN IF NOT EXISTS a INT;")
    assert outcome.failures == []
    (told,) = outcome.diagnostics
    assert told.message.startswith("Only MariaDB knows IF NOT EXISTS here")


def test_an_own_delimiter_cuts_statements() -> None:
    text = "DELIMITER $$\nCREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW BEGIN SELECT 1; END$$\n"
    text += "DELIMITER ;\nSELECT 2;"
    found = list(statements(text))
    assert [one.is_client_command for one in found] == [True, False, True, False]
    assert text[found[1].start : found[1].end].endswith("END")


def test_a_text_that_is_not_closed_is_a_syntax_error() -> None:
    (failure,) = _run("CREATE TABLE t (a INT DEFAULT 'x);").failures
    assert failure.sqlstate == "1064"


def test_a_column_is_kept_where_its_history_can_be_told() -> None:
    outcome = _run("CREATE TABLE t (a INT);", "ALTER TABLE t MODIFY a BIGINT UNSIGNED NOT NULL;")
    (column,) = _table(outcome, "t").columns
    assert column.type == SqlType("bigint unsigned")
    assert [place.path.split("/")[-2] for place in column.history] == [
        "20250101000000_step",
        "20250101000001_step",
    ]
