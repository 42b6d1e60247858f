from __future__ import annotations

import pytest

from workers.engine.errors import EngineError
from workers.engine.fixes.tree import (
    Names,
    NotAnExpression,
    Statement,
    bare,
    expression,
    statement,
    type_fields,
)
from workers.engine.fixes.written import reads_back, written
from workers.engine.schema.model import QualifiedName, SqlType
from workers.engine.sql.postgres import parse

PLAIN = Names()
USERS = QualifiedName("public", "users")
HOSTILE = (
    'a"b',
    "a'b",
    "a; DROP TABLE users; --",
    "$table",
    "$$",
    "ü\n-- x",
    "select",
    "A" * 63,
    "\ue000x",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_stays_a_name_whatever_stands_in_it(name: str) -> None:
    made = statement(
        'ALTER TABLE "$table" RENAME COLUMN "$old" TO "$new"',
        PLAIN,
        table=QualifiedName("public", name),
        old=name,
        new=name,
    )
    (read,) = parse(written(made).encode())
    assert read.kind == "RenameStmt"
    assert read.fields["relation"]["relname"] == name
    assert (read.fields["subname"], read.fields["newname"]) == (name, name)


@pytest.mark.parametrize(
    "text",
    ["1; DROP TABLE users", "1) FROM users --", "(SELECT 1", "1 AS x FROM y", ""],
)
def test_a_text_that_is_more_than_an_expression_is_refused(text: str) -> None:
    with pytest.raises(NotAnExpression):
        expression(text)


@pytest.mark.parametrize("name", ["int; DROP TABLE users", "int, 1", "int FROM users", "a b c"])
def test_a_text_that_is_more_than_a_type_is_refused(name: str) -> None:
    try:
        fields = type_fields(SqlType(name), PLAIN)
    except NotAnExpression:
        return
    assert fields["names"] == [{"String": {"sval": name}}]


def test_names_are_quoted_and_types_in_capitals_as_prisma_writes_them() -> None:
    made = statement(
        'ALTER TABLE "$table" ADD COLUMN "$column" "$type" NOT NULL DEFAULT "$value"',
        PLAIN,
        table=USERS,
        column="email",
        type=SqlType("timestamp without time zone", ("3",)),
        value=expression("CURRENT_TIMESTAMP"),
    )
    assert written(made) == (
        'ALTER TABLE "users" ADD COLUMN "email" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;'
    )


def test_the_schema_is_written_where_it_is_not_the_connections_own() -> None:
    pattern = 'DROP TABLE "$table"'
    other = QualifiedName("billing", "invoices")
    assert written(statement(pattern, PLAIN, table=other)) == 'DROP TABLE "billing"."invoices";'
    assert written(statement(pattern, Names("billing"), table=other)) == 'DROP TABLE "invoices";'
    whole = Names("public", is_qualified=True)
    assert written(statement(pattern, whole, table=USERS)) == 'DROP TABLE "public"."users";'


def test_a_style_never_reaches_into_a_text() -> None:
    made = statement(
        'ALTER TABLE "$table" ALTER COLUMN "$column" SET DEFAULT "$value"',
        PLAIN,
        table=USERS,
        column="x",
        value=expression("'current_timestamp DROP \"a\"'"),
    )
    text = written(made)
    assert "'current_timestamp DROP \"a\"'" in text
    assert reads_back(text, made)


def test_what_does_not_read_back_is_not_written() -> None:
    made = statement('DROP TABLE "$table"', PLAIN, table=USERS)
    broken = Statement(made.kind, {**made.fields, "removeType": "OBJECT_TABLE", "concurrent": True})
    with pytest.raises(EngineError):
        written(broken)


def test_a_tree_has_no_places() -> None:
    made = statement("SELECT a FROM b WHERE c IN (1, 2)", PLAIN)
    assert "location" not in str(bare(made.fields))
