"""`driftline status` on a real database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.workers.environments.conftest import Project, folder, postgres15, postgres18, project
from workers.cli import main

__all__ = ["folder", "postgres15", "postgres18", "project"]


def test_a_database_in_step_is_well(
    project: Project, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project.deploy()
    assert main(["status", str(folder), "--database-url", project.url]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == [
        "environment",
        "state",
        "applied",
        "waiting",
        "drift",
        "next",
        "deployment",
    ]
    assert lines[1].split() == ["database", "in", "step", "3", "0", "0", "nothing", "to", "do"]


def test_drift_is_told_with_its_maker_and_what_to_do(
    project: Project, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project.deploy(2)
    project.run('ALTER TABLE "User" ADD COLUMN "name" TEXT')
    assert main(["status", str(folder), "--database-url", project.url]) == 1
    out = capsys.readouterr().out
    assert "would fail at 20260301000000_name" in out
    assert "column `public.User.name` is there, and nothing makes it (by `prisma db push`" in out
    assert "To do, in order:" in out


def test_a_name_means_the_variable_made_for_it(
    project: Project,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project.deploy()
    monkeypatch.setenv("DRIFTLINE_DATABASE_URL_STAGING", project.url)
    assert main(["status", str(folder), "--env", "staging", "--format", "json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["environment"], told["state"], told["drift"]) == ("staging", "in step", [])


def test_a_database_that_is_not_read_is_no_success(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", str(folder), "--database-url", "postgresql://u:pw@h.invalid/x"]) == 3
    out = capsys.readouterr().out
    assert "at the step name" in out
    assert "pw" not in out


def test_without_any_environment_the_remedy_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DRIFTLINE_ENVIRONMENTS", raising=False)
    assert main(["status", str(folder)]) == 2
    assert "--database-url" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nonsense", "is not TOML"),
        ("[[environments]]\n", "`environments` is not known"),
        ('[[environment]]\nname = "a"\n', "`repository` is missing"),
        ('[[environment]]\nname = "a"\nrepository = "o/r"\n', "exactly one of"),
        ('[[environment]]\nurl = "a"\n', "`url` is not known"),
        ("[[environment]]\nname = 3\n", "must be a text"),
    ],
)
def test_a_file_of_bindings_that_makes_no_sense_is_refused(
    text: str,
    told: str,
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "environments.toml"
    file.write_text(text)
    monkeypatch.setenv("DRIFTLINE_ENVIRONMENTS", str(file))
    assert main(["status", str(folder)]) == 2
    assert told in capsys.readouterr().err


def test_a_sqlite_file_is_an_environment_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import sqlite3

    root = tmp_path / "app"
    migration = root / "prisma/migrations/20260101000000_init/migration.sql"
    migration.parent.mkdir(parents=True)
    migration.write_text('CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY, "n" TEXT);\n')
    (root / "prisma/migrations/migration_lock.toml").write_text('provider = "sqlite"\n')
    (root / "prisma/schema.prisma").write_text(
        'datasource db {\n  provider = "sqlite"\n  url = "file:./dev.db"\n}\n\n'
        "model User {\n  id Int @id\n  n String?\n}\n"
    )
    with sqlite3.connect(root / "dev.db") as database:
        database.executescript(migration.read_text())
    assert main(["status", str(root), "--database-url", f"file:{root}/dev.db"]) == 1
    assert "restored" in capsys.readouterr().out
    with sqlite3.connect(root / "dev.db") as database:
        database.execute('ALTER TABLE "User" ADD COLUMN "hand" TEXT')
    main(["status", str(root), "--database-url", f"file:{root}/dev.db", "--format", "json"])
    (told,) = json.loads(capsys.readouterr().out)
    assert told["state"] == "unknown"


def test_check_takes_real_databases_into_account(
    project: Project, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project.deploy(2)
    assert main(["check", str(folder), "--database-url", project.url]) == 0
    capsys.readouterr()
    project.run('ALTER TABLE "User" ADD COLUMN "name" TEXT')
    assert main(["check", str(folder), "--database-url", project.url]) == 1
    assert "error[deployment-would-fail]" in capsys.readouterr().out


def test_the_report_says_what_was_read_and_is_never_ready_for_what_was_not(
    project: Project, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project.deploy()
    assert main(["report", str(folder), "--database-url", project.url]) == 0
    out = capsys.readouterr().out
    assert "in step: it holds exactly what the migrations make" in out
    assert "- [x] `prisma migrate status` is clean on the target" in out
    dark = "postgresql://u:pw@h.invalid/x"
    assert main(["report", str(folder), "--database-url", dark]) == 3
    out = capsys.readouterr().out
    assert "UNKNOWN" in out
    assert "at the step name" in out
    assert "pw@" not in out


def test_environments_are_compared_among_each_other(
    project: Project,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project.deploy()
    with project.server.database() as name:
        other = Project(project.server, name, project.files)
        other.deploy(2)
        other.run("CREATE TABLE backup (id int)")
        monkeypatch.setenv("DRIFTLINE_DATABASE_URL_STAGING", project.url)
        monkeypatch.setenv("DRIFTLINE_DATABASE_URL_PRODUCTION", other.url)
        both = ["--env", "staging", "--env", "production"]
        assert main(["status", str(folder), *both]) == 1
        out = capsys.readouterr().out
        assert "staging beside production: 2 differences" in out
        assert "applied on staging alone: 20260301000000_name" in out
        assert "on production: column `public.User.name` is not there" in out
        assert "on production: table `public.backup` is there, not on staging" in out
        assert "Deploy to `staging` first" not in out
        assert "`staging` has run all that waits here: look how it went there." in out
        main(["report", str(folder), *both])
        out = capsys.readouterr().out
        assert "Environments among each other" in out
        assert "what the migrations make | 0 | 0 | 🟢 up to date | nothing to do |" in out
        assert "`public.User`: 1 difference; `public.backup`: 1 difference" in out
        _, _, readiness = out.partition("## 14. Readiness")
        assert (
            "| staging | migrations | 🟢 it holds exactly what the migrations make |" in readiness
        )
        assert "| production | migrations, and changes by hand | 🔴" in readiness
        assert "lacks column `public.User.name`" in readiness
        assert "- [x] The migration ran on staging first (verified: on staging)" in readiness
        other.run('DROP TABLE backup; ALTER TABLE "User" ADD COLUMN "name" TEXT')
        main(["status", str(folder), *both])
        assert "staging beside production: 0 differences" in capsys.readouterr().out


def test_production_comes_after_staging(
    project: Project,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project.deploy(2)
    with project.server.database() as name:
        other = Project(project.server, name, project.files)
        other.deploy(2)
        monkeypatch.setenv("DRIFTLINE_DATABASE_URL_STAGING", project.url)
        monkeypatch.setenv("DRIFTLINE_DATABASE_URL_PRODUCTION", other.url)
        assert main(["status", str(folder), "--env", "staging", "--env", "production"]) == 0
    staging, _, production = capsys.readouterr().out.partition("\nproduction: ")
    assert "first" not in staging.partition("To do")[2].replace("database first", "")
    lines = production.splitlines()
    at = next(n for n, line in enumerate(lines) if "Deploy to `staging` first" in line)
    assert "Deploy what waits: `npx prisma migrate deploy` (1 to run)." in lines[at + 1]


def test_what_rows_must_allow_is_said_in_every_form(
    project: Project, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project.deploy()
    project.run("INSERT INTO \"User\" (email) VALUES ('a'), ('b'); ANALYZE \"User\"")
    name = "20260401000000_required"
    target = folder / f"prisma/migrations/{name}/migration.sql"
    target.parent.mkdir()
    target.write_text('ALTER TABLE "User" ALTER COLUMN "name" SET NOT NULL;')
    told = "if no row of `User` lacks `name`"
    for form in ("text", "json"):
        main(["status", str(folder), "--database-url", project.url, "--format", form])
        assert told.removeprefix("if ") in capsys.readouterr().out
    main(["report", str(folder), "--database-url", project.url])
    assert told in capsys.readouterr().out
