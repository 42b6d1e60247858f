"""What a pull request itself says of a rename."""

from __future__ import annotations

from tests.support.cases import tree
from workers.engine.analyze import analyze
from workers.engine.findings import Confidence, Finding
from workers.engine.snapshot import Snapshot

SCHEMA = (
    'datasource db {\n  provider = "postgresql"\n}\n\n'
    "model User {\n  id Int @id\n  email String\n  lastSeen DateTime\n}\n"
)
INIT = (
    '-- CreateTable\nCREATE TABLE "User" (\n    "id" INTEGER NOT NULL,\n'
    '    "email" TEXT NOT NULL,\n    "lastSeen" TIMESTAMP(3) NOT NULL,\n\n'
    '    CONSTRAINT "User_pkey" PRIMARY KEY ("id")\n);\n'
)


def _related(base: str, head: str) -> list[str]:
    def state(schema: str) -> dict[str, bytes]:
        return {
            "prisma/schema.prisma": schema.encode(),
            "prisma/migrations/1_init/migration.sql": INIT.encode(),
        }

    changed = frozenset({"prisma/schema.prisma"})
    report = analyze(Snapshot(tree(state(head)), tree(state(base)), changed))
    (found,) = (f for f in report.findings if f.rule == "column-renamed-without-migration")
    return [one.message for one in found.related]


def test_the_name_that_the_base_still_has_is_evidence() -> None:
    told = _related(SCHEMA, SCHEMA.replace("lastSeen", "seenLast"))
    assert (
        "The base still declares it as `User.lastSeen`: this pull request gives it the new name"
        in told
    )


def test_a_base_that_had_the_new_name_already_is_none() -> None:
    renamed = SCHEMA.replace("lastSeen", "seenLast")
    told = _related(renamed, renamed.replace("email", "email  "))
    assert not [one for one in told if one.startswith("The base still")]


MODEL = (
    'generator client {\n  provider = "prisma-client-js"\n}\n\n'
    'datasource db {\n  provider = "postgresql"\n}\n\n'
    "enum Kind {\n  DRAFT\n  PUBLIC\n}\n\n"
    "model Post {\n  id Int @id\n  title String\n  body String?\n  kind Kind\n  views Int\n}\n"
)
MIGRATION = (
    "CREATE TYPE \"Kind\" AS ENUM ('DRAFT', 'PUBLIC');\n"
    'CREATE TABLE "Post" ("id" INTEGER NOT NULL, "title" TEXT NOT NULL, "body" TEXT, '
    '"kind" "Kind" NOT NULL, "views" INTEGER NOT NULL, '
    'CONSTRAINT "Post_pkey" PRIMARY KEY ("id"));\n'
)
CODE = (
    'import { Kind, PrismaClient } from "@prisma/client";\n\n'
    "const prisma = new PrismaClient();\n\n"
    "export function list() {\n"
    "  return prisma.post.findMany({\n"
    "    select: { id: true, title: true, body: true },\n"
    "    where: { kind: Kind.PUBLIC },\n"
    '    orderBy: { title: "asc" },\n'
    "  });\n}\n"
)


def _changed(
    model: tuple[str, str], code: tuple[str, str], more: str = "", written: str = CODE
) -> list[Finding]:
    """The drift of a pull request that says one thing for another in the schema and the code."""

    def state(schema: str, script: str) -> dict[str, bytes]:
        return {
            "prisma/schema.prisma": schema.encode(),
            "prisma/migrations/1_init/migration.sql": MIGRATION.encode(),
            "src/posts.ts": script.encode(),
            "src/more.ts": more.encode(),
        }

    head, base = state(MODEL.replace(*model), written.replace(*code)), state(MODEL, written)
    changed = frozenset({"prisma/schema.prisma", "src/posts.ts"})
    report = analyze(Snapshot(tree(head), tree(base), changed))
    assert not [d for d in report.diagnostics if d.code == "rule-failed"]
    return [f for f in report.findings if f.family == "drift"]


HEADLINE = ("title String", "headline String")


def test_a_name_unlike_the_old_is_a_rename_where_the_code_says_it_in_the_same_places() -> None:
    (found,) = _changed(HEADLINE, ("title:", "headline:"))
    assert found.rule == "column-renamed-without-migration"
    assert "the code says `headline` where it said `title` in 2 places" in found.message
    assert found.confidence is Confidence.CERTAIN
    places = [one for one in found.related if one.message.startswith("The code says")]
    assert [one.message for one in places] == [
        "The code says `headline` here; the base says `title`"
    ] * 2
    assert places[0].origin.path == "src/posts.ts"


def test_without_the_code_the_same_names_are_no_rename() -> None:
    rules = {found.rule for found in _changed(HEADLINE, ("", ""), written="")}
    assert rules == {"column-missing", "column-extra"}


def test_a_likely_rename_is_certain_with_the_code() -> None:
    likely = _changed(("views Int", "viewCount Int"), ("", ""), written="")
    assert [found.confidence for found in likely] == [Confidence.LIKELY]
    code = CODE.replace("title: true", "views: true")
    (sure,) = _changed(("views Int", "viewCount Int"), ("views:", "viewCount:"), written=code)
    assert sure.confidence is Confidence.CERTAIN


def test_an_old_name_that_some_code_still_says_is_no_evidence() -> None:
    more = CODE.replace("list", "others")
    rules = {found.rule for found in _changed(HEADLINE, ("title:", "headline:"), more)}
    assert rules == {"column-missing", "column-extra"}


def test_code_that_renames_another_field_is_no_evidence() -> None:
    rules = {found.rule for found in _changed(HEADLINE, ("body:", "headline:"))}
    assert rules == {"column-missing", "column-extra"}


def test_code_that_says_the_new_name_beside_others_is_no_evidence() -> None:
    code = ("title: true, body: true", "body: true, headline: true, views: true")
    rules = {found.rule for found in _changed(HEADLINE, code)}
    assert rules == {"column-missing", "column-extra"}


def test_another_type_is_no_rename_whatever_the_code_says() -> None:
    rules = {found.rule for found in _changed(("title String", "rank Int"), ("title:", "rank:"))}
    assert rules == {"column-missing", "column-extra"}


def test_another_place_is_no_rename_whatever_the_code_says() -> None:
    moved = ("title String\n  body String?\n", "body String?\n  headline String\n")
    rules = {found.rule for found in _changed(moved, ("title:", "headline:"))}
    assert rules == {"column-missing", "column-extra"}


def test_a_query_in_sql_that_says_another_column_is_code_as_well() -> None:
    raw = (
        'import { PrismaClient } from "@prisma/client";\n'
        "const prisma = new PrismaClient();\n"
        'export const list = () => prisma.$queryRaw`SELECT id, title FROM "Post"`;\n'
    )
    (found,) = _changed(HEADLINE, ("id, title", "id, headline"), written=raw)
    assert "the code says `headline` where it said `title`" in found.message


def test_a_model_that_the_code_calls_otherwise_is_a_table_renamed() -> None:
    drift = _changed(("model Post ", "model Entry "), ("prisma.post", "prisma.entry"))
    assert not {found.rule for found in drift} & {"table-missing", "table-extra"}
    (found,) = (one for one in drift if one.rule == "table-renamed-without-migration")
    assert "the code says `entry` where it said `post`" in found.message
    assert found.confidence is Confidence.CERTAIN


def test_an_enum_that_the_code_calls_otherwise_is_an_enum_renamed() -> None:
    head = MODEL.replace("enum Kind", "enum Stage").replace("kind Kind", "kind Stage")
    (found,) = _changed((MODEL, head), ("Kind", "Stage"))
    assert found.rule == "enum-renamed-without-migration"
    assert "the code says `Stage` where it said `Kind`" in found.message
