"""`driftline check` obeys the repository's configuration, and its flags win."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from workers.cli import main

SCHEMA = """datasource db {
  provider = "postgresql"
}

model User {
  id  Int @id
  age Int
}
"""
INIT = 'CREATE TABLE "User" ("id" INTEGER NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));\n'
CONFIGURATION = ".github/driftline.yml"


@pytest.fixture
def drifted(tmp_path: Path) -> Path:
    """A project whose schema declares a column that no migration makes."""
    write(tmp_path, "db/schema.prisma", SCHEMA)
    write(tmp_path, "db/migrations/20250101000000_init/migration.sql", INIT)
    write(tmp_path, "db/migrations/migration_lock.toml", 'provider = "postgresql"\n')
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def git(folder: Path, *arguments: str) -> None:
    name = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", *name, *arguments], cwd=folder, check=True, capture_output=True)


def check(*arguments: object) -> int:
    return main(["check", *(str(argument) for argument in arguments)])


def test_the_file_of_the_folder_counts(drifted: Path) -> None:
    assert check(drifted) == 1
    write(drifted, CONFIGURATION, "rules: {column-missing: warning}\n")
    assert check(drifted) == 0


def test_flags_win(drifted: Path) -> None:
    write(drifted, CONFIGURATION, "fail-on: never\nschema: nowhere\n")
    assert check(drifted, "--schema", "db/schema.prisma") == 0
    assert check(drifted, "--schema", "db/schema.prisma", "--fail-on", "error") == 1


def test_a_broken_file_is_wrong_use_and_told_with_its_places(
    drifted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(drifted, CONFIGURATION, "fail-on: eror\nrules:\n  colum-missing: off\n")
    assert check(drifted) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "driftline: .github/driftline.yml:1:10: `fail-on` must be `error`, `warning`, `notice` or "
        "`never`; did you mean `error`?",
        ".github/driftline.yml:3:3: There is no rule `colum-missing`; "
        "did you mean `column-missing`?",
    ]


def test_what_is_exempt_is_shown_with_its_reason_in_each_format(
    drifted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exempt = "exempt:\n- {rule: column-missing, subject: User.age, reason: made by hand}\n"
    write(drifted, CONFIGURATION, exempt)
    for format_ in ("text", "markdown", "json", "sarif"):
        assert check(drifted, "--format", format_) == 0
        text = capsys.readouterr().out
        assert "made by hand" in text
        if format_ == "json":
            (one,) = json.loads(text)["summary"]["suppressed"]
            assert (one["rule"], one["reason"]) == ("column-missing", "made by hand")
        elif format_ == "sarif":
            results = json.loads(text)["runs"][0]["results"]
            assert [r["suppressions"][0]["justification"] for r in results] == ["made by hand"]


def test_the_file_of_the_base_counts_where_there_is_a_base(
    drifted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(drifted, "db/schema.prisma", SCHEMA.replace("  age Int\n", ""))
    git(drifted, "init", "-qb", "main")
    git(drifted, "add", "-A")
    git(drifted, "commit", "-qm", "base")
    write(drifted, "db/schema.prisma", SCHEMA)
    write(drifted, CONFIGURATION, "fail-on: never\n")
    assert check(drifted, "--base", "main") == 1
    assert "`fail-on` goes from `error` to `never`" in capsys.readouterr().out


def test_a_broken_base_is_no_obstacle_for_what_mends_it(drifted: Path) -> None:
    write(drifted, CONFIGURATION, "nope: 1\n")
    git(drifted, "init", "-qb", "main")
    git(drifted, "add", "-A")
    git(drifted, "commit", "-qm", "base")
    assert check(drifted, "--base", "main") == 2
    write(drifted, CONFIGURATION, "fail-on: error\n")
    assert check(drifted, "--base", "main") == 0


def test_replay_reads_it_too(drifted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(drifted, CONFIGURATION, "default-schema: app\n")
    assert main(["replay", str(drifted)]) == 0
    assert '"app"' in capsys.readouterr().out


def test_the_schema_for_editors_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config-schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["properties"]["fail-on"]["default"] == "error"
