"""Finding who makes what a failing migration needs."""

from __future__ import annotations

import pytest

from workers.engine.rules.history.makers import Makings, Missing, missing_object
from workers.engine.source import SourceFile


@pytest.mark.parametrize(
    ("message", "kind", "name"),
    [
        ('relation "Person" does not exist', "relation", "Person"),
        ('relation "auth.users" does not exist', "relation", "users"),
        ('type "vector" does not exist', "type", "vector"),
        ('schema "app" does not exist', "schema", "app"),
        ('column "email" of relation "users" does not exist', "column", "email"),
        ('column "email" does not exist', "column", "email"),
        ("function uuid_generate_v4() does not exist", "function", "uuid_generate_v4"),
        ('constraint "fk" of relation "t" does not exist', "constraint", "fk"),
        (
            'operator class "gin_trgm_ops" does not exist for access method "gin"',
            "operator class",
            "gin_trgm_ops",
        ),
    ],
)
def test_the_message_names_what_is_missing(message: str, kind: str, name: str) -> None:
    assert missing_object(message) == Missing(kind, name)


def test_other_messages_name_nothing() -> None:
    assert missing_object('relation "users" already exists') is None
    assert missing_object('syntax error at or near "TABEL"') is None


@pytest.mark.parametrize(
    ("sql", "missing"),
    [
        ('CREATE TABLE "Person" (id int);', Missing("relation", "Person")),
        ('create table if not exists app."Person" ();', Missing("relation", "Person")),
        ("CREATE UNLOGGED TABLE person ();", Missing("relation", "person")),
        ("CREATE TABLE PERSON ();", Missing("relation", "person")),
        ("CREATE OR REPLACE VIEW person AS SELECT 1;", Missing("relation", "person")),
        ('ALTER TABLE "People" RENAME TO "Person";', Missing("relation", "Person")),
        ("CREATE TYPE mood AS ENUM ('ok');", Missing("type", "mood")),
        ("CREATE SCHEMA IF NOT EXISTS app;", Missing("schema", "app")),
        ("CREATE FUNCTION app.now_utc() RETURNS int AS $$$$;", Missing("function", "now_utc")),
        ('ALTER TABLE t ADD COLUMN "email" text;', Missing("column", "email")),
        ("ALTER TABLE t ADD IF NOT EXISTS email text;", Missing("column", "email")),
        ('ALTER TABLE t RENAME COLUMN mail TO "email";', Missing("column", "email")),
        ("CREATE TABLE t (id int, email text);", Missing("column", "email")),
        ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix ON t (a);", Missing("index", "ix")),
    ],
)
def test_the_statement_that_makes_it_is_found(sql: str, missing: Missing) -> None:
    assert [place.path for place in Makings([SourceFile("a.sql", sql)]).of(missing)] == ["a.sql"]


@pytest.mark.parametrize(
    ("sql", "missing"),
    [
        ('-- CREATE TABLE "Person" ();\nSELECT 1;', Missing("relation", "Person")),
        ("CREATE TABLE person ();", Missing("relation", "Person")),
        ('DROP TABLE "Person";', Missing("relation", "Person")),
        ("INSERT INTO t VALUES ('CREATE TABLE person');", Missing("relation", "person")),
        ("SELECT email FROM t;", Missing("column", "email")),
    ],
)
def test_words_alone_do_not_make_anything(sql: str, missing: Missing) -> None:
    assert not Makings([SourceFile("a.sql", sql)]).of(missing)
