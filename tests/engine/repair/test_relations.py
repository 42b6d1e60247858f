"""Schemas that follow the migrations: relations, keys and tables with what they refer to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.prisma_engine import PrismaEngine, for_prisma_7, why_not
from tests.support.proposals import MODEL, TABLE, project, proposed, repaired
from tests.support.sides import schema_text
from workers.engine.analyze import analyze
from workers.engine.repair.proposal import Proposal
from workers.engine.snapshot import Snapshot, Tree

POST = (
    'CREATE TABLE "Post" ("id" TEXT NOT NULL, "authorId" TEXT{null}, '
    'CONSTRAINT "Post_pkey" PRIMARY KEY ("id"));\n'
    'ALTER TABLE "Post" ADD CONSTRAINT "{name}" FOREIGN KEY ("authorId") '
    'REFERENCES "User"("id") ON DELETE {action} ON UPDATE CASCADE;\n'
)
REQUIRED = POST.format(null=" NOT NULL", name="Post_authorId_fkey", action="RESTRICT")


@pytest.fixture(scope="module")
def engine() -> Iterator[PrismaEngine | None]:
    """Prisma's engine, which refuses a schema that is none; None where it is not installed."""
    if why_not() is not None:
        yield None
        return
    with PrismaEngine() as started:
        yield started


@pytest.fixture(autouse=True)
def _asks_prisma(engine: PrismaEngine | None) -> Iterator[None]:
    EDITED.clear()
    yield
    for files in EDITED if engine is not None else ():
        assert engine is not None
        engine.script({path: for_prisma_7(text) for path, text in files.items()})


EDITED: list[dict[str, str]] = []
"""The schemas that a test came to, for Prisma's engine to read."""


def followed(models: str, *sql: str) -> tuple[Proposal, str]:
    """The repair by the schema alone, which must leave nothing, and the schema after it."""
    head = project(models, TABLE, "".join(sql))
    found = proposed(head, side="schema")
    assert [one.subject for one in found.mended if one.side != "schema"] == []
    after = repaired(head, found)
    assert drift(after) == []
    EDITED.append(schemas_of(after))
    return found, found.edits[0].after.partition("model User")[2]


def schemas_of(state: Tree) -> dict[str, str]:
    return {path: data.decode() for path, data in state.files.items() if path.endswith(".prisma")}


def drift(state: Tree) -> list[str]:
    return [
        f"{one.rule} {one.subject}"
        for one in analyze(Snapshot(state)).findings
        if one.family == "drift"
    ]


def test_a_table_that_refers_to_another_brings_a_field_on_each_side() -> None:
    _, text = followed(MODEL, REQUIRED)
    assert "\n  posts Post[]\n}" in text
    assert text.endswith(
        "model Post {\n  id       String @id\n  authorId String\n"
        "  author   User   @relation(fields: [authorId], references: [id])\n}\n"
    )


def test_what_is_not_prismas_usual_way_is_written_out() -> None:
    sql = POST.format(null="", name="author", action="CASCADE")
    _, text = followed(MODEL, sql)
    assert (
        "author   User?   @relation(fields: [authorId], references: [id], onDelete: Cascade, "
        'map: "author")'
    ) in text


def test_a_foreign_key_alone_brings_a_relation_and_a_unique_one_a_single_field() -> None:
    models = MODEL + "model Post {\n  id String @id\n  authorId String @unique\n}\n"
    unique = 'CREATE UNIQUE INDEX "Post_authorId_key" ON "Post"("authorId");'
    _, text = followed(models, REQUIRED, unique)
    assert "\n  post  Post?\n}" in text
    assert "  author   User   @relation(fields: [authorId], references: [id])\n" in text


def test_two_foreign_keys_to_one_table_are_told_apart_by_name() -> None:
    second = (
        'ALTER TABLE "Post" ADD COLUMN "editorId" TEXT;\n'
        'ALTER TABLE "Post" ADD CONSTRAINT "Post_editorId_fkey" FOREIGN KEY ("editorId") '
        'REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;\n'
    )
    _, text = followed(MODEL, REQUIRED, second)
    assert text.count('@relation("Post_editor"') == 2
    assert 'posts2 Post[] @relation("Post_editor")' in " ".join(text.split())


def test_a_table_that_refers_to_itself_has_both_fields() -> None:
    sql = (
        'CREATE TABLE "Node" ("id" INTEGER NOT NULL, "parentId" INTEGER, '
        'CONSTRAINT "Node_pkey" PRIMARY KEY ("id"));\n'
        'ALTER TABLE "Node" ADD CONSTRAINT "Node_parentId_fkey" FOREIGN KEY ("parentId") '
        'REFERENCES "Node"("id") ON DELETE SET NULL ON UPDATE CASCADE;\n'
    )
    _, text = followed(MODEL, sql)
    assert text.count('@relation("Node_parent"') == 2
    assert "nodes    Node[]" in text


def test_tables_that_wait_for_one_another_are_all_declared() -> None:
    late = (
        'CREATE TABLE "Comment" ("id" TEXT NOT NULL, "postId" TEXT NOT NULL, '
        'CONSTRAINT "Comment_pkey" PRIMARY KEY ("id"));\n'
        'ALTER TABLE "Comment" ADD CONSTRAINT "Comment_postId_fkey" FOREIGN KEY ("postId") '
        'REFERENCES "Post"("id") ON DELETE CASCADE ON UPDATE CASCADE;\n'
    )
    _, text = followed(MODEL, REQUIRED, late)
    assert "model Comment {" in text
    assert "onDelete: Cascade" in text


def test_a_join_table_is_many_to_many() -> None:
    models = MODEL + "model Tag {\n  id Int @id\n}\n"
    sql = (
        'CREATE TABLE "Tag" ("id" INTEGER NOT NULL, CONSTRAINT "Tag_pkey" PRIMARY KEY ("id"));\n'
        'CREATE TABLE "_TagToUser" ("A" INTEGER NOT NULL, "B" TEXT NOT NULL);\n'
        'CREATE UNIQUE INDEX "_TagToUser_AB_unique" ON "_TagToUser"("A", "B");\n'
        'CREATE INDEX "_TagToUser_B_index" ON "_TagToUser"("B");\n'
        'ALTER TABLE "_TagToUser" ADD CONSTRAINT "_TagToUser_A_fkey" FOREIGN KEY ("A") '
        'REFERENCES "Tag"("id") ON DELETE CASCADE ON UPDATE CASCADE;\n'
        'ALTER TABLE "_TagToUser" ADD CONSTRAINT "_TagToUser_B_fkey" FOREIGN KEY ("B") '
        'REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;\n'
    )
    _, text = followed(models, sql)
    assert "  tags  Tag[]\n" in text
    assert "  users User[]\n" in text.replace("users  ", "users ")


@pytest.mark.parametrize(
    ("models", "sql", "line"),
    [
        (
            MODEL,
            'ALTER TABLE "User" RENAME CONSTRAINT "User_pkey" TO "pk_user";',
            '  id    String @id(map: "pk_user")\n',
        ),
        (
            MODEL.replace("email String", "email String @unique"),
            'CREATE UNIQUE INDEX "by_mail" ON "User"("email");',
            '  email String @unique(map: "by_mail") //',
        ),
        (
            MODEL.replace("}\n", '  @@index([email])\n  @@map("User")\n}\n'),
            'CREATE INDEX "by_mail" ON "User"("email");',
            '  @@index([email], map: "by_mail")\n',
        ),
        (
            MODEL.replace("}\n", '  @@index([email])\n  @@map("User")\n}\n'),
            'CREATE INDEX "User_email_idx" ON "User"("email");'
            'CREATE INDEX "two" ON "User"("email", "id");',
            '  @@index([email])\n  @@index([email, id], map: "two")\n  @@map("User")\n',
        ),
    ],
)
def test_names_that_the_migrations_gave_are_mapped(models: str, sql: str, line: str) -> None:
    _, text = followed(models, sql)
    assert line in text


def test_a_key_of_other_columns_is_moved() -> None:
    sql = (
        'ALTER TABLE "User" DROP CONSTRAINT "User_pkey";\n'
        'ALTER TABLE "User" ADD CONSTRAINT "User_pkey" PRIMARY KEY ("id", "email");\n'
    )
    _, text = followed(MODEL, sql)
    assert "  id    String\n" in text
    assert '@@id([id, email], map: "User_pkey")' in text


def test_the_actions_of_a_relation_follow() -> None:
    models = MODEL.replace("}\n", "  posts Post[]\n}\n") + (
        "model Post {\n  id String @id\n  authorId String\n"
        "  author User @relation(fields: [authorId], references: [id])\n}\n"
    )
    sql = POST.format(null=" NOT NULL", name="Post_authorId_fkey", action="CASCADE")
    _, text = followed(models, sql)
    assert "@relation(fields: [authorId], references: [id], onDelete: Cascade)" in text


def test_the_other_side_may_stand_in_another_file() -> None:
    head = project("", TABLE, REQUIRED)
    files = {
        "prisma/schema/base.prisma": schema_text(""),
        "prisma/schema/user.prisma": MODEL,
        "package.json": '{"prisma": {"schema": "prisma/schema"}}',
    }
    kept = {path: data for path, data in head.files.items() if not path.endswith(".prisma")}
    kept |= {path: text.encode() for path, text in files.items()}
    moved = {
        path.replace("prisma/migrations", "prisma/schema/migrations"): data
        for path, data in kept.items()
    }
    state = Tree(moved, frozenset(moved))
    found = proposed(state, side="schema")
    assert {edit.path for edit in found.edits} == {
        "prisma/schema/base.prisma",
        "prisma/schema/user.prisma",
    }
    after = repaired(state, found)
    assert drift(after) == []
    EDITED.append(schemas_of(after))


def test_a_join_table_beside_another_relation_of_the_two_is_left() -> None:
    models = (
        MODEL.replace(
            "}\n", "  tagId Int\n  tag Tag @relation(fields: [tagId], references: [id])\n}\n"
        )
        + "model Tag {\n  id Int @id\n  users User[]\n}\n"
    )
    sql = (
        'CREATE TABLE "Tag" ("id" INTEGER NOT NULL, CONSTRAINT "Tag_pkey" PRIMARY KEY ("id"));\n'
        'ALTER TABLE "User" ADD COLUMN "tagId" INTEGER NOT NULL, ADD CONSTRAINT "User_tagId_fkey" '
        'FOREIGN KEY ("tagId") REFERENCES "Tag"("id") ON DELETE RESTRICT ON UPDATE CASCADE;\n'
        'CREATE TABLE "_TagToUser" ("A" INTEGER NOT NULL REFERENCES "Tag"("id"), '
        '"B" TEXT NOT NULL REFERENCES "User"("id"));\n'
    )
    found = proposed(project(models, TABLE, sql), side="schema")
    assert found.edits == ()
    assert [one.side for one in found.mended] == ["none"]


def test_a_schema_with_carriage_returns_keeps_to_them() -> None:
    head = project(MODEL, TABLE, REQUIRED + 'CREATE INDEX "by_mail" ON "User"("email");\n')
    text = head.files["prisma/schema.prisma"].replace(b"\n", b"\r\n")
    state = Tree({**head.files, "prisma/schema.prisma": text}, head.paths)
    found = proposed(state, side="schema")
    (edit,) = found.edits
    added = edit.after.partition("model Post")[0]
    assert added.count("\n") == added.count("\r\n")
    assert "  posts Post[]\r\n" in added
    assert '  @@index([email], map: "by_mail")\r\n' in added
    assert drift(repaired(state, found)) == []


def test_an_operator_class_is_named_without_its_schema() -> None:
    sql = (
        "CREATE EXTENSION pg_trgm;\n"
        'CREATE INDEX "by_mail" ON "User" USING gin ("email" gin_trgm_ops);\n'
    )
    _, text = followed(MODEL, sql)
    assert '@@index([email(ops: raw("gin_trgm_ops"))], type: Gin, map: "by_mail")' in text
