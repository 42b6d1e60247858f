"""SQL is qualified as PostgreSQL does it, and what cannot be told is left alone."""

import pytest

from workers.engine.code.qualify import Qualifier
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Ground, Migration, replay

MADE = """
CREATE TYPE "Role" AS ENUM ('A', 'B');
CREATE TABLE users (id uuid PRIMARY KEY, email text, role "Role", tags text[], "createdAt" date);
CREATE TABLE posts (id text PRIMARY KEY, author uuid, views int, body jsonb);
CREATE VIEW busy AS SELECT author, count(*) AS total FROM posts GROUP BY author;
"""
SCHEMA = replay([Migration("1_init", SourceFile("m.sql", MADE))]).schema


def troubles(sql: str) -> list[tuple[str, str]]:
    qualifier = Qualifier(SCHEMA, ("public",))
    qualifier.read(sql.encode())
    return [(one.kind, one.name) for one in qualifier.troubles]


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT u.id, "createdAt" FROM users u WHERE email ILIKE $1 ORDER BY u."createdAt" DESC',
        "SELECT total FROM busy WHERE author = $1",
        "SELECT x.total FROM (SELECT count(*) AS total FROM posts) x",
        "WITH t AS (SELECT id, views AS v FROM posts) SELECT v FROM t WHERE id = (SELECT max(id)"
        " FROM t)",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION SELECT n + 1 FROM r) SELECT n FROM r",
        "SELECT * FROM posts p JOIN LATERAL (SELECT p.views * 2 AS w) s ON s.w > 1 WHERE w > 1",
        "SELECT g FROM generate_series(1, 3) g",
        "SELECT a.b FROM unnest($1::text[], $2::int[]) AS a(b, c) WHERE c > 1",
        "SELECT count(*) AS n FROM posts GROUP BY author HAVING count(*) > 1 ORDER BY n",
        "INSERT INTO posts (id, views) VALUES ($1, 1) ON CONFLICT (id) DO UPDATE"
        " SET views = posts.views + excluded.views RETURNING id, views",
        "UPDATE posts p SET views = 0 FROM users u WHERE u.id = p.author RETURNING p.id, u.email",
        "DELETE FROM posts USING users WHERE users.id = posts.author",
        "SELECT posts FROM posts",
        "SELECT last_sign_in_at FROM auth.users",
        "SELECT (u).email, ctid FROM users u",
        "SELECT nspname FROM pg_namespace",
        "SELECT EXISTS (SELECT 1 FROM posts WHERE posts.author = users.id) FROM users",
        "SELECT max(v) FROM (VALUES (1), (2)) AS t(v)",
        "SELECT 1 FROM users WHERE id = '5f0c' AND role = 'A' AND id = $1 AND id::text = email",
        "SELECT 1 FROM users WHERE 'x' = ANY(tags) AND tags @> $1",
        "SELECT body->>'a' FROM posts WHERE views = 3.5",
    ],
)
def test_what_postgresql_accepts_is_no_trouble(sql: str) -> None:
    assert troubles(sql) == []


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT createdAt FROM users", [("column", "createdat")]),
        ("SELECT p.titel FROM posts p", [("column", "p.titel")]),
        ("SELECT 1 FROM usres", [("table", "usres")]),
        ("SELECT 1 FROM public.usres", [("table", "public.usres")]),
        ("INSERT INTO posts (id, titel) VALUES ($1, $2)", [("column", "titel")]),
        ("UPDATE posts SET titel = $1", [("column", "titel")]),
        ("SELECT w FROM (SELECT views AS v FROM posts) x", [("column", "w")]),
        ("WITH t AS (SELECT id FROM posts) SELECT t.views FROM t", [("column", "t.views")]),
        ("SELECT total, sum FROM busy", [("column", "sum")]),
        ("SELECT 1 FROM posts WHERE EXISTS (SELECT 1 FROM users WHERE nope)", [("column", "nope")]),
        ("SELECT 1 FROM users u JOIN posts p ON p.id = u.id", [("types", "text = uuid")]),
        ("SELECT 1 FROM posts WHERE views = $1::text", [("types", "number = text")]),
    ],
)
def test_what_postgresql_refuses_is_told(sql: str, expected: list[tuple[str, str]]) -> None:
    assert troubles(sql) == expected


def test_cockroach_is_asked_for_names_alone_and_has_some_of_its_own() -> None:
    schema = replay(
        [Migration("1_init", SourceFile("m.sql", "CREATE TABLE t (id INT8 PRIMARY KEY, a TEXT);"))],
        Ground(provider="cockroachdb"),
    ).schema
    qualifier = Qualifier(schema, ("public",))
    qualifier.read(b"SELECT rowid, crdb_internal_mvcc_timestamp, nope FROM t WHERE id = a")
    assert [(one.kind, one.name) for one in qualifier.troubles] == [("column", "nope")]
