"""Locks and lost data are judged in migrations under review alone."""

from tests.support.cases import tree
from workers.engine.analyze import analyze
from workers.engine.report import Report
from workers.engine.snapshot import Snapshot

SCHEMA = 'datasource db {\n  provider = "postgresql"\n}\n\nmodel User {\n  id String @id\n%s}\n'
FOLDER = "prisma/migrations/%s/migration.sql"
INIT = 'CREATE TABLE "User" ("id" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));\n'
INDEX = 'CREATE INDEX "User_id_idx" ON "User"("id");\n'
LANDED = {
    "prisma/schema.prisma": SCHEMA % "\n  @@index([id])\n",
    "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
    FOLDER % "20250101000000_init": INIT,
    FOLDER % "20250201000000_index": INDEX,
}


def reviewed(changes: dict[str, str]) -> Report:
    base = {path: text.encode() for path, text in LANDED.items()}
    head = base | {path: text.encode() for path, text in changes.items()}
    return analyze(Snapshot(tree(head), tree(base), frozenset(changes)))


def test_a_lock_of_a_migration_that_landed_is_neither_there_nor_mended() -> None:
    report = reviewed({FOLDER % "20250301000000_more": "SELECT 1;\n"})
    assert [f.rule for f in report.findings if f.family == "locking"] == []


def test_without_a_base_the_newest_migration_is_under_review() -> None:
    files = {path: text.encode() for path, text in LANDED.items()}
    found = [f.rule for f in analyze(Snapshot(tree(files))).findings if f.family == "locking"]
    assert found == ["index-blocks-writes"]


def test_several_new_migrations_are_judged_each_in_its_own_state() -> None:
    report = reviewed(
        {
            FOLDER % "20250301000000_a": 'CREATE TABLE "Log" ("id" TEXT);\n',
            FOLDER % "20250302000000_b": 'CREATE INDEX "Log_id_idx" ON "Log"("id");\n' + "DROP "
            'INDEX "User_id_idx";\n',
        }
    )
    found = [f.rule for f in report.findings if f.family == "locking"]
    assert found == ["index-drop-blocks"]
