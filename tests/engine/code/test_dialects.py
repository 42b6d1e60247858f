"""SQL in code for databases other than PostgreSQL: names are judged, the rest is left alone."""

import pytest

from workers.engine.code.dialects import DialectQualifier
from workers.engine.source import SourceFile
from workers.engine.sql.generic import Dialect, UnreadableQuery
from workers.engine.sql.replay import Ground, Migration, replay

MADE = {
    "mysql": """
        CREATE TABLE `User` (`id` INT NOT NULL, `email` VARCHAR(191), `createdAt` DATETIME(3));
        CREATE TABLE `post` (`id` INT, `user_id` INT, `title` TEXT, `doc` JSON);
    """,
    "sqlite": """
        CREATE TABLE "User" ("id" INTEGER PRIMARY KEY, "email" TEXT, "createdAt" DATETIME);
        CREATE TABLE "post" ("id" INTEGER, "user_id" INTEGER, "title" TEXT, "doc" TEXT);
    """,
}
SCHEMAS = {
    provider: replay([Migration("1", SourceFile("m.sql", sql))], Ground(provider=provider)).schema
    for provider, sql in MADE.items()
}


def troubles(dialect: Dialect, sql: str) -> list[tuple[str, str, str]]:
    """The kind and the name of each trouble, and what stands at its place."""
    qualifier = DialectQualifier(SCHEMAS[dialect], dialect)
    qualifier.read(sql.encode())
    data = sql.encode()
    return [
        (one.kind, one.name, data[one.at : one.at + len(one.name)].decode())
        for one in qualifier.troubles
    ]


@pytest.mark.parametrize("dialect", ["mysql", "sqlite"])
@pytest.mark.parametrize(
    ("sql", "kind", "name"),
    [
        ("SELECT nope FROM User", "column", "nope"),
        ("SELECT 'é', p.titel FROM User u JOIN post p ON p.user_id = u.id", "column", "titel"),
        ("SELECT * FROM missing WHERE a = 1", "table", "missing"),
        ("INSERT INTO post (id, titel) VALUES (?, ?)", "column", "titel"),
        ("UPDATE post SET titel = ? WHERE id = ?", "column", "titel"),
        ("DELETE FROM post WHERE author = 1", "column", "author"),
        ("WITH a AS (SELECT id AS z FROM post) SELECT y FROM a", "column", "y"),
        ("SELECT x.a FROM (SELECT id AS a FROM post) x WHERE x.b = 1", "column", "b"),
        ("SELECT (SELECT max(id) FROM post p WHERE p.by = User.id) FROM User", "column", "by"),
        ("SELECT id FROM post UNION SELECT uid FROM User", "column", "uid"),
        ("SELECT id FROM post ORDER BY created", "column", "created"),
        ("SELECT row_number() OVER (PARTITION BY user_id ORDER BY w) FROM post", "column", "w"),
    ],
)  # fmt: skip
def test_a_name_that_is_not_there_is_found_at_its_place(
    dialect: Dialect, sql: str, kind: str, name: str
) -> None:
    assert troubles(dialect, sql) == [(kind, name, name)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT ID, EMAIL FROM user WHERE createdat > DATE_SUB(NOW(), INTERVAL 7 DAY)",
        "SELECT count(*) c, DATE_FORMAT(createdAt, '%Y') y FROM User GROUP BY y HAVING c > 1",
        "INSERT INTO post (id, title) VALUES (?, ?) ON DUPLICATE KEY UPDATE title = VALUES(title)",
        "INSERT INTO post (id) SELECT id FROM User ON DUPLICATE KEY UPDATE title = email",
        "UPDATE post p JOIN User u ON u.id = p.user_id SET p.title = u.email WHERE u.id = 1",
        "DELETE p FROM post p JOIN User u ON u.id = p.user_id WHERE u.id = 1",
        "SELECT TIMESTAMPDIFF(MONTH, createdAt, NOW()), CONVERT(email USING utf8mb4) FROM User",
        "SELECT GROUP_CONCAT(email SEPARATOR ','), CAST(id AS UNSIGNED) FROM User",
        "SELECT j.v FROM post, JSON_TABLE(doc, '$[*]' COLUMNS (v INT PATH '$.a')) j",
        'SELECT title, doc->>"$.a" FROM post WHERE MATCH(title) AGAINST (? IN BOOLEAN MODE)',
        "SELECT a.x FROM other_database.things a",
        "SELECT table_name FROM information_schema.tables",
        "SELECT id FROM post FOR UPDATE SKIP LOCKED",
        "SELECT 1 FROM dual",
        "SET @a = 1",
    ],
)
def test_what_mysql_accepts_is_no_trouble(sql: str) -> None:
    assert troubles("mysql", sql) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT rowid, datetime('now'), strftime('%s', createdAt) FROM user",
        'SELECT id FROM "User" WHERE "email" = "a text, for SQLite falls back to that"',
        "INSERT INTO post (id, title) VALUES (?, ?) ON CONFLICT (id) DO UPDATE"
        " SET title = excluded.title WHERE post.id = 1 RETURNING id",
        "INSERT OR REPLACE INTO post (id, title) VALUES (1, 'a')",
        "SELECT p.id, j.value FROM post p, json_each(p.doc) j WHERE value > 1",
        "SELECT name FROM sqlite_master WHERE type = 'table'",
        "SELECT count(*) FILTER (WHERE id > 1) FROM post INDEXED BY x",
        "SELECT julianday(createdAt) AS d FROM User WHERE d > 1",
        "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n",
        "PRAGMA foreign_keys = ON",
    ],
)
def test_what_sqlite_accepts_is_no_trouble(sql: str) -> None:
    assert troubles("sqlite", sql) == []


def test_the_schema_that_is_always_there_may_be_named() -> None:
    assert troubles("sqlite", "SELECT nope FROM main.post") == [("column", "nope", "nope")]
    assert troubles("sqlite", "SELECT nope FROM other.post") == []
    made = "CREATE TABLE [dbo].[post] ([id] INT NOT NULL, [title] NVARCHAR(100));"
    history = [Migration("1", SourceFile("m.sql", made))]
    schema = replay(history, Ground(provider="sqlserver", search_path=("dbo",))).schema
    qualifier = DialectQualifier(schema, "tsql")
    qualifier.read(b"SELECT TOP 5 p.Id, [titel] FROM dbo.post p WHERE p.title = @P1")
    assert [one.name for one in qualifier.troubles] == ["titel"]
    assert len(qualifier.parameters) == 1


def test_each_substitution_counts_unless_it_stands_in_a_string() -> None:
    qualifier = DialectQualifier(SCHEMAS["mysql"], "mysql")
    qualifier.read(b"SELECT id FROM post WHERE id = ? AND title LIKE '%?%'")
    assert len(qualifier.parameters) == 1


@pytest.mark.parametrize("sql", ["SELECT id FROM WHERE", "SELECT ("])
def test_what_is_no_query_is_unread(sql: str) -> None:
    with pytest.raises(UnreadableQuery):
        troubles("mysql", sql)
