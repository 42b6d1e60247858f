"""`driftline fix` from outside."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from workers.cli import main

SCHEMA = """datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

model User {
  id    Int    @id @default(autoincrement())
  email String @unique
  name  String?
}
"""
INIT = """-- CreateTable
CREATE TABLE "User" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
"""
LATE = 'ALTER TABLE "User" ADD COLUMN "plan" TEXT NOT NULL DEFAULT \'free\';\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "prisma/schema.prisma", SCHEMA)
    write(tmp_path, "prisma/migrations/20250101000000_init/migration.sql", INIT)
    write(tmp_path, "prisma/migrations/migration_lock.toml", 'provider = "postgresql"\n')
    return tmp_path


def write(root: Path, path: str, text: str) -> None:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


def run(*arguments: str) -> int:
    return main(["fix", *arguments, "--no-rehearsal"])


def test_it_prints_the_migration_and_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.rglob("*"))
    assert run(str(folder)) == 0
    told = capsys.readouterr().out
    assert 'ALTER TABLE "User" ADD COLUMN "name" TEXT;' in told
    assert "public.User.name (ColumnMissing)" in told
    assert "Proven: " in told
    assert sorted(folder.rglob("*")) == before


def test_what_it_writes_ends_the_drift(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(folder), "--write") == 0
    added = [path for path in folder.rglob("*.sql") if "init" not in str(path)]
    assert sorted(path.name for path in added) == ["down.sql", "migration.sql"]
    assert main(["check", str(folder)]) == 0
    capsys.readouterr()
    assert run(str(folder)) == 0
    assert capsys.readouterr().out.startswith("Nothing to fix")


def test_the_patch_is_one_that_git_applies(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late = 'prisma/migrations/20240101000000_späte "plan"/migration.sql'
    write(folder, late, LATE)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    assert run(str(folder), "--format", "patch") == 0
    patch = capsys.readouterr().out
    assert "rename from" in patch
    assert "+  plan  String @default" in patch
    git(folder, "apply", "--index", "-", text=patch)
    assert main(["check", str(folder)]) == 0
    capsys.readouterr()


def git(folder: Path, *arguments: str, text: str = "") -> None:
    subprocess.run(["git", *arguments], cwd=folder, input=text.encode(), check=True)


def test_the_json_holds_files_and_reasons(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(folder), "--format", "json") == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["refusal"] is None
    assert found["mended"][0]["side"] == "migration"
    assert {file["path"].rpartition("/")[2] for file in found["files"]} == {
        "migration.sql",
        "down.sql",
    }


def test_a_revision_is_not_written_to(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "x")
    assert run(str(folder), "--head", "HEAD", "--write") == 2
    assert "--write" in capsys.readouterr().err


def test_a_link_that_leads_out_is_not_followed(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (folder / "prisma/migrations").rename(outside / "migrations")
    (folder / "prisma/migrations").symlink_to(outside / "migrations")
    before = sorted(outside.rglob("*"))
    run(str(folder), "--write")
    capsys.readouterr()
    assert sorted(outside.rglob("*")) == before


def test_what_cannot_be_proven_is_not_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(
        folder, "prisma/schema.prisma", SCHEMA.replace("email String @unique", "email Int @unique")
    )
    view = 'CREATE VIEW "mails" AS SELECT "email" FROM "User";\n'
    write(folder, "prisma/migrations/20250102000000_view/migration.sql", view)
    assert run(str(folder), "--write") == 3
    told = capsys.readouterr().out
    assert "Left alone (it cannot be mended alone: " in told
    assert "cannot alter type of a column used by a view or rule" in told
    written = [path.read_text() for path in folder.rglob("*fix_user/migration.sql")]
    assert written == ['-- AlterTable\nALTER TABLE "User" ADD COLUMN "name" TEXT;\n']
