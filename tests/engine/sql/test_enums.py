"""Enums, their values, and when a new value may be used."""

from __future__ import annotations

from tests.support.replaying import made, refusals, table
from workers.engine.schema.model import QualifiedName, SqlType

ROLE = QualifiedName("public", "Role")
BASE = "CREATE TYPE \"Role\" AS ENUM ('A', 'B'); CREATE TABLE t (r \"Role\" DEFAULT 'A');"


def test_values_are_added_where_they_are_told_to() -> None:
    outcome = made(
        BASE,
        "ALTER TYPE \"Role\" ADD VALUE 'C'; ALTER TYPE \"Role\" ADD VALUE 'Z' BEFORE 'A';"
        "ALTER TYPE \"Role\" ADD VALUE IF NOT EXISTS 'C';"
        "ALTER TYPE \"Role\" RENAME VALUE 'B' TO 'b';",
    )
    assert [value.name for value in outcome.schema.enums[ROLE].values] == ["Z", "A", "b", "C"]


def test_a_new_value_may_not_be_used_in_its_transaction() -> None:
    assert refusals(
        BASE,
        "BEGIN; ALTER TYPE \"Role\" ADD VALUE 'C'; ALTER TABLE t ALTER COLUMN r SET DEFAULT 'C';"
        " COMMIT;",
    ) == [("55P04", 'unsafe use of new value "C" of enum type "Role"')]


def test_without_begin_such_a_file_runs_statement_by_statement() -> None:
    outcome = made(
        BASE, "ALTER TYPE \"Role\" ADD VALUE 'C'; ALTER TABLE t ALTER COLUMN r SET DEFAULT 'C';"
    )
    assert table(outcome, "t").columns[0].default == "'C'::public.\"Role\""


def test_the_swap_that_prisma_writes_keeps_the_default() -> None:
    outcome = made(
        BASE,
        "BEGIN; CREATE TYPE \"Role_new\" AS ENUM ('A', 'C');"
        "ALTER TABLE t ALTER COLUMN r DROP DEFAULT;"
        'ALTER TABLE t ALTER COLUMN r TYPE "Role_new" USING (r::text::"Role_new");'
        "ALTER TABLE t ALTER COLUMN r SET DEFAULT 'C';"
        'ALTER TYPE "Role" RENAME TO "Role_old"; ALTER TYPE "Role_new" RENAME TO "Role";'
        'DROP TYPE "Role_old"; COMMIT;',
    )
    (column,) = table(outcome, "t").columns
    assert column.type == SqlType("Role", schema="public")
    assert column.default == "'C'::public.\"Role\""


def test_a_type_in_use_falls_only_with_its_columns() -> None:
    assert refusals(BASE + 'DROP TYPE "Role";') == [
        ("2BP01", 'cannot drop type "Role" because other objects depend on it')
    ]
    assert table(made(BASE + 'DROP TYPE "Role" CASCADE;'), "t").columns == ()


def test_a_default_that_the_enum_does_not_have_is_refused() -> None:
    assert refusals("CREATE TYPE r AS ENUM ('a'); CREATE TABLE t (x r DEFAULT 'b');") == [
        ("22P02", 'invalid input value for enum r: "b"')
    ]
