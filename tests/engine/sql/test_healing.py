"""What a later migration put right is known, with the statements that did."""

from __future__ import annotations

from tests.support.replaying import made

BASE = "CREATE TABLE a (id int, name text, meta jsonb);"


def test_a_column_that_was_copied_and_then_dropped_has_been_replaced() -> None:
    outcome = made(
        BASE,
        "ALTER TABLE a RENAME TO b; ALTER TABLE b ADD COLUMN title text;"
        "UPDATE b SET title = name WHERE title IS NULL; ALTER TABLE b DROP COLUMN name;",
    )
    assert [(one.subject, one.message) for one in outcome.resolved] == [
        ("public.b", "table `a` was renamed to `b`"),
        ("public.b.title", "`name` was copied into `title` and then dropped"),
    ]
    texts = [origin.path for origin in outcome.resolved[1].history]
    assert texts == ["migrations/02/migration.sql"] * 3


def test_a_renamed_column_is_known_with_where_it_was_made() -> None:
    outcome = made(BASE, "ALTER TABLE a RENAME COLUMN meta TO metadata;")
    (one,) = outcome.resolved
    assert (one.subject, one.message) == ("public.a.metadata", "`meta` was renamed to `metadata`")
    assert [origin.path for origin in one.history] == [
        "migrations/01/migration.sql",
        "migrations/02/migration.sql",
    ]


def test_what_is_gone_again_is_not_told() -> None:
    assert made(BASE, "ALTER TABLE a RENAME COLUMN meta TO m; DROP TABLE a;").resolved == []
