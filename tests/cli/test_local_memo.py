"""What the command line remembers of code between runs, and that nothing depends on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers.cli import main
from workers.local_memo import LocalMemo, local_memo

SCHEMA = """datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

model User {
  id    Int    @id
  phone String
}
"""
INIT = 'CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY);\n'
CODE = """import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
export const all = () => prisma.user.findMany({ select: { phone: true } });
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose code uses a column that no migration makes."""
    root = tmp_path / "app"
    for path, text in (
        ("prisma/schema.prisma", SCHEMA),
        ("prisma/migrations/migration_lock.toml", 'provider = "postgresql"\n'),
        ("prisma/migrations/20260101000000_init/migration.sql", INIT),
        ("src/users.ts", CODE),
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    monkeypatch.delenv("DRIFTLINE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return root


def said(project: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["check", str(project)]) == 1
    return capsys.readouterr().out


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache" / "driftline").glob("*"))


def test_a_second_run_says_the_same_out_of_what_the_first_has_read(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = said(project, capsys)
    assert "code-uses-missing-column" in first
    (kept,) = files(tmp_path)
    before = kept.stat().st_mtime_ns
    assert said(project, capsys) == first
    assert kept.stat().st_mtime_ns == before  # nothing new was read
    code = project / "src/users.ts"
    code.write_text(code.read_text().replace("phone: true", "id: true"))
    assert "code-uses-missing-column" not in said(project, capsys)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"x" * 200])
def test_a_broken_cache_does_no_harm(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    first = said(project, capsys)
    (kept,) = files(tmp_path)
    kept.write_bytes(content)
    assert said(project, capsys) == first


def test_a_folder_that_cannot_be_written_does_no_harm(
    project: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert "code-uses-missing-column" in said(project, capsys)


def test_it_can_be_switched_off(
    project: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DRIFTLINE_CACHE", "off")
    said(project, capsys)
    assert files(tmp_path) == []


def test_only_what_was_read_of_code_is_kept(tmp_path: Path) -> None:
    memo = LocalMemo(tmp_path)
    memo.put("state:1", b"x")
    memo.put("code:1", b"y")
    memo.save()
    again = LocalMemo(tmp_path)
    assert again.get("state:1") is None
    assert again.get("code:1") == b"y"
    assert local_memo().get("code:none") is None
