"""Casts that Prisma calls safe and that are not, and those that are."""

import pytest

from workers.engine.schema.model import SqlType
from workers.engine.schema.types import parse_type
from workers.engine.source import SourceFile
from workers.engine.sql.casting import cast_risk, rewrites_table
from workers.engine.sql.replay import Migration, replay

# Found by trying boundary values of each type on a PostgreSQL server.
UNSAFE = [
    ("smallint", "numeric(4,1)", "fails"),
    ("oid", "character varying(3)", "fails"),
    ("money", "character varying(3)", "fails"),
    ("citext", "character varying(3)", "fails"),
    ("inet", "character varying(3)", "fails"),
    ("boolean", "character varying(3)", "fails"),
    ("inet", "character varying(32)", "fails"),
    ("uuid", "character varying(32)", "fails"),
    ("timestamp(3) without time zone", "time(3) with time zone", "fails"),
    ("timestamp(6) without time zone", "time(3) with time zone", "fails"),
    ("integer", "real", "loses"),
    ("bigint", "real", "loses"),
    ("bigint", "double precision", "loses"),
    ("timestamp(3) without time zone", "date", "loses"),
    ("timestamp(6) without time zone", "date", "loses"),
    ("timestamp(3) with time zone", "date", "loses"),
    ("timestamp(3) without time zone", "time(3) without time zone", "loses"),
    ("timestamp(6) without time zone", "time(3) without time zone", "loses"),
    ("timestamp(3) with time zone", "time(3) without time zone", "loses"),
    ("timestamp(3) with time zone", "time(3) with time zone", "loses"),
    ("timestamp(6) without time zone", "timestamp(3) without time zone", "loses"),
    ("timestamp(6) without time zone", "timestamp(3) with time zone", "loses"),
    ("time(3) with time zone", "time(3) without time zone", "loses"),
    ("character varying(3)", "character(10)", "loses"),
    ("json", "jsonb", "loses"),
]

SAFE = [
    ("smallint", "integer"),
    ("smallint", "numeric(10,2)"),
    ("integer", "double precision"),
    ("bigint", "numeric(20,0)"),
    ("numeric(4,1)", "numeric(10,2)"),
    ("numeric(10,2)", "character varying(32)"),
    ("real", "double precision"),
    ("double precision", "character varying(32)"),
    ("character varying(3)", "character varying(32)"),
    ("character varying(255)", "text"),
    ("character(10)", "character varying(32)"),
    ("uuid", "character varying(255)"),
    ("uuid", "text"),
    ("boolean", "character varying(32)"),
    ("date", "timestamp(3) with time zone"),
    ("timestamp(3) without time zone", "timestamp(6) with time zone"),
    ("time(3) without time zone", "time(3) with time zone"),
    ("jsonb", "json"),
    ("text[]", "text"),
    ("integer[]", "text[]"),
    ("bit(3)", "bit varying"),
]


def kind(text: str) -> SqlType:
    return parse_type(text)


@pytest.mark.parametrize(("source", "target", "harm"), UNSAFE)
def test_a_cast_that_goes_wrong_on_a_server_is_a_risk(source: str, target: str, harm: str) -> None:
    risk = cast_risk(kind(source), kind(target))
    assert risk is not None
    assert risk.kind == harm
    assert risk.reason


@pytest.mark.parametrize(("source", "target"), SAFE)
def test_a_cast_that_keeps_every_value_is_no_risk(source: str, target: str) -> None:
    assert cast_risk(kind(source), kind(target)) is None


@pytest.mark.parametrize(
    ("source", "target", "rewrites"),
    [
        ("character varying(10)", "character varying(20)", False),
        ("character varying(20)", "character varying(10)", True),
        ("character varying(20)", "text", False),
        ("text", "character varying", False),
        ("text", "character varying(10)", True),
        ("numeric(10,2)", "numeric(12,2)", False),
        ("numeric(10,2)", "numeric(12,3)", True),
        ("integer", "bigint", True),
        ("timestamp(3) without time zone", "timestamp(6) without time zone", False),
        ("timestamp(3) without time zone", "timestamp(3) with time zone", True),
        ("cidr", "inet", False),
    ],
)
def test_only_some_changes_of_type_rewrite_the_table(
    source: str, target: str, rewrites: bool
) -> None:
    assert rewrites_table(kind(source), kind(target)) is rewrites


@pytest.mark.parametrize("source", ["money", "integer", "uuid", "inet", "boolean", "text"])
def test_every_type_may_be_stored_as_citext(source: str) -> None:
    sql = (
        f"CREATE EXTENSION citext; CREATE TABLE t (c {source});"
        "ALTER TABLE t ALTER COLUMN c TYPE citext;"
    )
    assert replay([Migration("a", SourceFile("a.sql", sql))]).failures == []
