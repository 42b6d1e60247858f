from __future__ import annotations

import pytest

from tests.support.cases import tree
from tests.support.proposals import INIT, LOCK, MODEL, SCHEMA, TABLE, project, proposed, repaired
from tests.support.sides import schema_text
from workers.engine.analyze import analyze
from workers.engine.repair.propose import propose
from workers.engine.snapshot import Snapshot, Tree


def errors(state: Tree) -> list[str]:
    return [
        f"{one.rule} {one.subject}"
        for one in analyze(Snapshot(state)).findings
        if one.family in ("drift", "history") and one.severity.word == "error"
    ]


WITH_NAME = MODEL.replace("}\n", "  name  String?\n}\n")
ADD_NAME = '-- AlterTable\nALTER TABLE "User" ADD COLUMN "name" TEXT;\n'


def test_a_schema_that_runs_ahead_is_followed_by_a_migration() -> None:
    base, head = project(MODEL, TABLE), project(WITH_NAME, TABLE)
    found = proposed(head, base)
    assert [one.side for one in found.mended] == ["migration"]
    assert found.mended[0].why == "the pull request changes the schema without a migration for it"
    assert [file.path for file in found.files] == [
        "prisma/migrations/20300101000000_fix_user/migration.sql",
        "prisma/migrations/20300101000000_fix_user/down.sql",
    ]
    assert found.files[0].text == ADD_NAME
    assert errors(repaired(head, found)) == []


def test_a_migration_that_runs_ahead_is_followed_by_the_schema() -> None:
    base, head = project(MODEL, TABLE), project(MODEL, TABLE, ADD_NAME)
    found = proposed(head, base)
    assert [one.side for one in found.mended] == ["schema"]
    assert found.files == ()
    (edit,) = found.edits
    assert edit.after == edit.before.replace(
        "// where we write to\n", "// where we write to\n  name  String?\n"
    )
    assert errors(repaired(head, found)) == []


def test_a_column_that_nobody_declares_is_kept_unless_its_drop_is_asked_for() -> None:
    head = project(MODEL, TABLE, ADD_NAME)
    assert proposed(head).edits
    dropped = proposed(head, side="migration")
    assert 'DROP COLUMN "name";' in dropped.files[0].text
    assert dropped.losses == ("the values of User.name",)


@pytest.mark.parametrize(
    ("models", "sql", "line"),
    [
        (MODEL, 'ALTER TABLE "User" ALTER COLUMN "email" DROP NOT NULL;', "  email String? //"),
        (
            MODEL,
            'ALTER TABLE "User" ALTER COLUMN "email" TYPE VARCHAR(80);',
            "  email String @db.VarChar(80) //",
        ),
        (
            MODEL,
            'ALTER TABLE "User" ALTER COLUMN "email" SET DEFAULT \'x\';',
            '  email String @default("x") //',
        ),
        (
            MODEL,
            'ALTER TABLE "User" RENAME COLUMN "email" TO "e_mail";',
            '  email String @map("e_mail") //',
        ),
        (
            MODEL,
            'CREATE INDEX "by_mail" ON "User"("email");',
            '\n\n  @@index([email], map: "by_mail")\n}',
        ),
    ],
)
def test_an_edit_touches_only_what_it_says(models: str, sql: str, line: str) -> None:
    head = project(models, TABLE, sql)
    found = proposed(head, project(models, TABLE))
    (edit,) = found.edits
    assert line in edit.after
    assert edit.after.count("where we write to") == 1
    assert errors(repaired(head, found)) == []


def test_migrations_out_of_order_are_renamed() -> None:
    head = project(MODEL, ADD_NAME, TABLE)
    found = proposed(head, side="schema")
    assert [(move.old, move.new) for move in found.moves] == [
        ("prisma/migrations/20250102000000_later", "prisma/migrations/20241231000000_later")
    ]
    assert errors(repaired(head, found)) == []


def test_a_loose_file_becomes_a_migration_where_that_helps() -> None:
    head = project(WITH_NAME, TABLE, **{"prisma/migrations/20250103000000_add_name.sql": ADD_NAME})
    found = proposed(head)
    assert [(move.old, move.new) for move in found.moves] == [
        (
            "prisma/migrations/20250103000000_add_name.sql",
            "prisma/migrations/20250103000000_add_name/migration.sql",
        )
    ]
    assert found.files == ()


def test_a_repair_that_would_not_run_is_not_shown() -> None:
    head = project(
        MODEL.replace("email String", "email Int"),
        TABLE + 'CREATE VIEW "mails" AS SELECT "email" FROM "User";\n',
    )
    found = proposed(head, side="migration")
    assert found.is_empty
    assert found.remaining == ("public.User.email",)
    assert "cannot alter type of a column used by a view or rule" in found.mended[0].why


def test_what_stands_in_the_way_of_one_does_not_stop_the_others() -> None:
    head = project(
        WITH_NAME.replace("email String", "email Int"),
        TABLE + 'CREATE VIEW "mails" AS SELECT "email" FROM "User";\n',
    )
    found = proposed(head, side="migration")
    assert found.files[0].text == ADD_NAME
    assert found.remaining == ("public.User.email",)


def test_other_databases_are_told_plainly() -> None:
    text = schema_text(MODEL).replace("postgresql", "sqlserver")
    head = tree(
        {
            SCHEMA: text.encode(),
            LOCK: b'provider = "sqlserver"\n',
            INIT: b"CREATE TABLE [dbo].[User] ([id] NVARCHAR(1000) NOT NULL, "
            b"CONSTRAINT [User_pkey] PRIMARY KEY ([id]));\n",
        }
    )
    for found in propose(Snapshot(head)):
        assert found.is_empty
        assert found.refusal.startswith("Driftline writes no migrations for SQL Server")


def test_guards_are_written_only_where_the_project_writes_them() -> None:
    guarded = TABLE.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS").replace(
        "-- CreateTable\n", ""
    )
    text = proposed(project(WITH_NAME, guarded)).files[0].text
    assert text == 'ALTER TABLE "User" ADD COLUMN IF NOT EXISTS "name" TEXT;\n'


def test_names_follow_the_manner_of_the_others() -> None:
    head = project(WITH_NAME)
    files = {**head.files, "prisma/migrations/0007_init/migration.sql": TABLE.encode()}
    found = proposed(tree(files))
    assert found.files[0].path == "prisma/migrations/0008_fix_user/migration.sql"


def test_nothing_wrong_is_nothing_to_propose() -> None:
    assert propose(Snapshot(project(MODEL, TABLE))) == ()


def test_what_the_code_uses_is_told() -> None:
    code = (
        'import { PrismaClient } from "@prisma/client";\nconst prisma = new PrismaClient();\n'
        "export const names = () => prisma.user.findMany({ select: { name: true } });\n"
    )
    schema = 'generator client {\n  provider = "prisma-client-js"\n}\n'
    head = project(WITH_NAME, TABLE, **{"src/names.ts": code})
    text = head.files[SCHEMA].decode()
    text = schema + text[text.index("datasource") :]
    found = proposed(tree({**head.files, SCHEMA: text.encode()}))
    assert found.mended[0].why.endswith(": `src/names.ts` uses it")


def test_a_beginning_that_cannot_be_told_is_left_with_the_reason() -> None:
    models = MODEL.replace(
        "}\n", "  teamId String?\n  team Team? @relation(fields: [teamId], references: [id])\n}\n"
    )
    models += "model Team {\n  id String @id\n  slug String\n  users User[]\n}\n"
    models += "model Alone {\n  id Int @id\n}\n"
    late = (
        'ALTER TABLE "Team" ADD COLUMN "slug" TEXT NOT NULL;\n'
        'DROP TABLE "Gone";\nALTER TABLE "User" ADD COLUMN "teamId" TEXT;\n'
    )
    found = proposed(project(models, TABLE, late))
    told = {one.subject: one for one in found.mended}
    assert told["public.Team"].side == "none"
    assert "the history lacks the one that did" in told["public.Team"].why
    assert told["public.Alone"].side == "migration"
    (script,) = [file.text for file in found.files if not file.is_way_back]
    assert 'CREATE TABLE "Alone"' in script
    assert '"Team"' not in script


def test_a_schema_is_made_before_the_types_that_move_to_it() -> None:
    schemas = '["public", "shop"]'
    text = schema_text(
        'enum Kind {\n  a\n  b\n\n  @@schema("shop")\n}\n'
        'model User {\n  id String @id\n  kind Kind @default(b)\n\n  @@schema("public")\n}\n'
    ).replace('provider = "postgresql"', f'provider = "postgresql"\n  schemas = {schemas}')
    sql = (
        "CREATE TYPE \"Kind\" AS ENUM ('a');\n"
        'CREATE TABLE "User" ("id" TEXT NOT NULL, "kind" "Kind" NOT NULL, '
        'CONSTRAINT "User_pkey" PRIMARY KEY ("id"));'
    )
    head = tree({SCHEMA: text.encode(), INIT: sql.encode(), LOCK: b'provider = "postgresql"\n'})
    found = proposed(head, side="migration")
    assert found.refusal == ""
    first = next(file.text for file in found.files if not file.is_way_back)
    assert first.index("CREATE SCHEMA") < first.index("SET SCHEMA") < first.index("ADD VALUE")


def test_a_table_that_an_older_migration_makes_in_vain_is_made() -> None:
    models = MODEL + "model Team {\n  id String @id\n  slug String?\n}\n"
    late = (
        'CREATE TABLE "Team" ("id" TEXT NOT NULL PRIMARY KEY, "x" nowhere);\n'
        'ALTER TABLE "Team" ADD COLUMN "slug" TEXT;\n'
    )
    found = proposed(project(models, TABLE, late))
    assert [(one.subject, one.side) for one in found.mended] == [("public.Team", "migration")]
