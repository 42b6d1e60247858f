"""What a finding offers as SQL is the statements that were meant, whatever the schema holds."""

from __future__ import annotations

import pytest

from tests.support.drift_cases import Case, all_cases
from tests.support.repairs import history, repair
from tests.support.sides import declared
from workers.engine.fixes.single.columns import make_column
from workers.engine.fixes.single.offer import fix
from workers.engine.fixes.tree import Names, bare, statement
from workers.engine.fixes.written import written
from workers.engine.schema.model import Column, QualifiedName, SqlType
from workers.engine.sql.postgres import parse
from workers.engine.sql.replay import replay

TABLE = QualifiedName("public", "User")


def column(default: str) -> Column:
    return Column("n", SqlType("integer"), not_null=True, default=default)


def test_an_expression_stands_as_the_schema_has_it() -> None:
    offered = make_column(TABLE, column("(1 + 2)"))
    assert offered.sql == 'ALTER TABLE "User" ADD COLUMN "n" INTEGER NOT NULL DEFAULT 1 + 2;'


@pytest.mark.parametrize(
    "default",
    ['0; DROP TABLE "User"; --', "0); DROP SCHEMA public CASCADE; SELECT (1", "'", "0 /*", ""],
)
def test_a_text_that_would_make_other_statements_is_not_offered(default: str) -> None:
    offered = make_column(TABLE, column(default))
    assert offered.sql is None
    assert offered.title


def test_a_comment_stays_one_line_whatever_name_is_in_it() -> None:
    made = statement('DROP TABLE "$table"', Names(), table=TABLE)
    offered = fix("x", ["first\nDROP TABLE y; --", made], safe=True)
    assert offered.sql == '-- first DROP TABLE y; --\nDROP TABLE "User";'


@pytest.mark.parametrize("case", [one for one in all_cases() if one.changes], ids=str)
def test_every_statement_reads_back_as_the_tree_that_was_meant(case: Case) -> None:
    declaration = declared(case.models, case.preview, case.datasource)
    steps = repair(declaration, replay(history(case.sql)).schema).steps
    assert steps
    for meant in (made for step in steps for made in (step.statement, *step.undo)):
        (read,) = parse(written(meant).encode())
        assert (read.kind, bare(read.fields)) == (meant.kind, bare(meant.fields))
