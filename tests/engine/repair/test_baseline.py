"""The first migration of a history that lacks it."""

from __future__ import annotations

import pytest

from tests.support.cases import tree
from tests.support.sides import schema_text
from workers.engine.repair.proposal import Proposal, Wish
from workers.engine.repair.propose import propose
from workers.engine.repair.texts import with_files
from workers.engine.settings import Settings
from workers.engine.side import read_side
from workers.engine.snapshot import Snapshot, Tree

BEFORE = """
enum Role {
  USER
  ADMIN
  OWNER
}

model User {
  id     String  @id
  email  String  @unique
  role   Role    @default(USER)
  name   String?
  posts  Post[]

  @@index([name])
}

model Post {
  id       String @id
  headline String
  authorId String
  author   User   @relation(fields: [authorId], references: [id])
  tags     Tag[]
}

model Tag {
  id    Int    @id
  label String
  posts Post[]

  @@map("labels")
}
"""


def project(models: str, *scripts: str) -> Tree:
    files = {
        "prisma/schema.prisma": schema_text(models),
        "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
    }
    for at, sql in enumerate(scripts, 1):
        files[f"prisma/migrations/2025010{at}000000_step/migration.sql"] = sql
    return tree({path: text.encode() for path, text in files.items()})


def proposed(head: Tree) -> Proposal:
    (found,) = propose(Snapshot(head), wish=Wish("20300101000000", "migration"))
    return found


def first_of(head: Tree) -> str:
    """The first migration; with it the whole history runs, and nothing is left to differ."""
    found = proposed(head)
    assert found.refusal == ""
    (first,) = (file for file in found.files if file.is_first)
    assert first.path == "prisma/migrations/0_init/migration.sql"
    texts = {file.path: file.text for file in found.files if not file.is_way_back}
    (context,) = read_side(with_files(head, texts), Settings()).contexts
    assert context.replay.failures == []
    assert context.in_name_order is None
    assert context.comparison.changes == ()
    assert found.notes[0].startswith("`0_init` makes what older migrations need and none makes")
    assert "prisma migrate resolve --applied 0_init" in found.notes[0]
    return first.text


def test_what_later_migrations_add_is_not_in_it() -> None:
    text = first_of(
        project(
            BEFORE,
            'ALTER TABLE "User" ADD COLUMN "name" TEXT;\n'
            'CREATE INDEX "User_name_idx" ON "User"("name");',
            "ALTER TYPE \"Role\" ADD VALUE 'OWNER';",
            'ALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") '
            'REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;',
        )
    )
    assert '"name"' not in text
    assert "AS ENUM ('USER', 'ADMIN')" in text
    assert "Post_authorId_fkey" not in text
    assert 'CREATE UNIQUE INDEX "User_email_key"' in text


def test_what_later_migrations_rename_has_its_old_name() -> None:
    text = first_of(
        project(
            BEFORE,
            'ALTER TABLE "Post" RENAME COLUMN "title" TO "headline";',
            'ALTER TABLE "Tag" RENAME TO "labels";\n'
            'ALTER TABLE "labels" RENAME CONSTRAINT "Tag_pkey" TO "labels_pkey";',
        )
    )
    assert '"title" TEXT NOT NULL' in text
    assert 'CREATE TABLE "Tag"' in text
    assert 'CONSTRAINT "Tag_pkey"' in text


def test_a_column_that_a_later_migration_takes_away_was_there() -> None:
    text = first_of(project(BEFORE, 'ALTER TABLE "User" DROP COLUMN "phone";'))
    assert '"phone" TEXT' in text


def test_tables_that_no_migration_needs_are_made_behind_the_others() -> None:
    text = first_of(project(BEFORE, 'ALTER TABLE "User" ADD COLUMN "name" TEXT;'))
    assert 'CREATE TABLE "User"' in text
    assert 'CREATE TABLE "Post"' not in text


@pytest.mark.parametrize(
    "script",
    [
        'ALTER TABLE "Unknown" ADD COLUMN "x" TEXT;',
        'DROP TABLE "Unknown";',
        'ALTER TABLE "User" ADD COLUMN "x" "NoType";',
        'UPDATE "User" SET "old" = 1;',
    ],
)
def test_what_cannot_be_told_is_not_invented(script: str) -> None:
    found = proposed(project(BEFORE, 'ALTER TABLE "User" ADD COLUMN "name" TEXT;', script))
    assert not any(file.is_first for file in found.files)


def test_a_history_that_runs_needs_none() -> None:
    head = project("model A {\n  id Int @id\n}\n", 'CREATE TABLE "A" ("id" INTEGER NOT NULL);')
    assert not any(file.is_first for file in proposed(head).files)


def test_an_old_gap_is_not_the_pull_requests_affair() -> None:
    base = project(BEFORE, 'ALTER TABLE "User" ADD COLUMN "name" TEXT;')
    head = project(
        BEFORE.replace("name   String?", "name   String?\n  age Int?"),
        'ALTER TABLE "User" ADD COLUMN "name" TEXT;',
    )
    (found,) = propose(Snapshot(head, base), wish=Wish("20300101000000"))
    assert not any(file.is_first for file in found.files)
