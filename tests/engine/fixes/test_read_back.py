"""What a finding offers as SQL is the statements that were meant, whatever the schema holds."""

from __future__ import annotations

import pytest

from workers.engine.fixes.drift import fix, make_column
from workers.engine.schema.model import Column, QualifiedName, SqlType

TABLE = QualifiedName("public", "User")


def column(default: str) -> Column:
    return Column("n", SqlType("integer"), not_null=True, default=default)


def test_an_expression_stands_as_the_schema_has_it() -> None:
    offered = make_column(TABLE, column("(1 + 2)"))
    assert offered.sql == 'ALTER TABLE "User" ADD COLUMN "n" integer NOT NULL DEFAULT (1 + 2);'


@pytest.mark.parametrize(
    "default",
    ['0; DROP TABLE "User"; --', "0); DROP SCHEMA public CASCADE; SELECT (1", "'", "0 /*", ""],
)
def test_a_text_that_would_make_other_statements_is_not_offered(default: str) -> None:
    offered = make_column(TABLE, column(default))
    assert offered.sql is None
    assert offered.title


def test_comments_alone_may_stand_between() -> None:
    assert fix("x", ["-- first", "SELECT 1;", "-- last"], safe=True).sql is not None
    assert fix("x", ["SELECT 1; SELECT 2;"], safe=True).sql is None
