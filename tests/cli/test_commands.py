"""The command line from outside: arguments in, texts and exit codes out."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
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
}
"""
INIT = """CREATE TABLE "User" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
"""
LOCK = 'provider = "postgresql"\n'
KEYS = {
    "rule",
    "family",
    "severity",
    "status",
    "confidence",
    "subject",
    "message",
    "path",
    "line",
    "column",
    "endLine",
    "endColumn",
    "fingerprint",
    "related",
    "fix",
}


@dataclass
class Done:
    """What a command gave."""

    returncode: int
    stdout: str
    stderr: str


def driftline(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> Done:
    """Run a command as the entry point does, in this process."""
    stdout, stderr = io.StringIO(), io.StringIO()
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        with (
            contextlib.chdir(cwd or Path.cwd()),
            contextlib.redirect_stdout(stdout),
            contextlib.redirect_stderr(stderr),
        ):
            code = main([str(argument) for argument in arguments])
    except SystemExit as stop:
        code = int(stop.code or 0)
    finally:
        os.environ.clear()
        os.environ.update(before)
    return Done(code, stdout.getvalue(), stderr.getvalue())


def git(folder: Path, *arguments: str) -> str:
    name = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    done = subprocess.run(
        ["git", *name, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def healthy(tmp_path: Path) -> Path:
    """A project whose migrations make what its schema declares."""
    write(tmp_path, "prisma/schema.prisma", SCHEMA)
    write(tmp_path, "prisma/migrations/20250101000000_init/migration.sql", INIT)
    write(tmp_path, "prisma/migrations/migration_lock.toml", LOCK)
    return tmp_path


@pytest.fixture
def drifted(healthy: Path) -> Path:
    """The same, with a column that no migration makes."""
    write(healthy, "prisma/schema.prisma", SCHEMA.replace("@unique\n", "@unique\n  age   Int\n"))
    return healthy


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)


def test_a_healthy_project_passes(healthy: Path) -> None:
    done = driftline("check", healthy)
    assert (done.returncode, done.stderr) == (0, "")
    assert "pass: 0 errors, 0 warnings, 0 notices" in done.stdout


def test_drift_fails_and_points_at_the_line(drifted: Path) -> None:
    done = driftline("check", drifted)
    assert done.returncode == 1
    assert "prisma/schema.prisma:9:3" in done.stdout
    assert "age   Int" in done.stdout
    assert "^" in done.stdout
    assert "\x1b[" not in done.stdout


def test_the_repository_is_here_by_default(drifted: Path) -> None:
    assert driftline("check", cwd=drifted).returncode == 1


def test_json_has_the_keys_that_are_promised(drifted: Path) -> None:
    done = driftline("check", drifted, "--format", "json")
    data = json.loads(done.stdout)
    assert done.returncode == 1
    assert data["verdict"] == "fail"
    assert set(data) == {"verdict", "findings", "diagnostics", "summary"}
    (finding,) = [f for f in data["findings"] if f["severity"] == "error"]
    assert set(finding) >= KEYS
    assert finding["subject"] == "public.User.age"
    assert finding["family"] == "drift"
    assert finding["status"] == "new"
    assert (finding["line"], finding["column"]) == (9, 3)
    for related in finding["related"]:
        assert set(related) == {"message", "path", "line", "column"}


def test_fail_on_decides_what_fails(drifted: Path) -> None:
    assert driftline("check", drifted, "--fail-on", "never").returncode == 0


def test_a_pull_request_answers_for_what_it_brings(drifted: Path) -> None:
    git(drifted, "init", "-qb", "main")
    commit(drifted, "drift")
    git(drifted, "checkout", "-qb", "topic")
    write(drifted, "prisma/schema.prisma", SCHEMA.replace("String", "String?"))
    commit(drifted, "mend one, bring one")
    done = driftline("check", drifted, "--base", "main", "--head", "topic", "--format", "json")
    data = json.loads(done.stdout)
    statuses = {finding["subject"]: finding["status"] for finding in data["findings"]}
    assert statuses["public.User.age"] == "mended"
    assert statuses["public.User.email"] == "new"
    assert done.returncode == 1


def test_drift_from_before_does_not_fail(drifted: Path) -> None:
    git(drifted, "init", "-qb", "main")
    commit(drifted, "drift")
    git(drifted, "checkout", "-qb", "topic")
    write(drifted, "prisma/schema.prisma", (drifted / "prisma/schema.prisma").read_text() + "\n")
    commit(drifted, "touch")
    done = driftline("check", drifted, "--base", "main", "--head", "topic")
    assert done.returncode == 0
    assert "There before this change (1)" in done.stdout


def test_a_change_that_touches_no_database_passes_at_once(drifted: Path) -> None:
    git(drifted, "init", "-qb", "main")
    commit(drifted, "drift")
    git(drifted, "checkout", "-qb", "topic")
    write(drifted, "README.txt", "hello")
    commit(drifted, "touch")
    done = driftline("check", drifted, "--base", "main", "--head", "topic")
    assert (done.returncode, done.stdout) == (0, "Nothing of the database is touched.\n")


def test_a_bare_repository_is_read_by_revision(drifted: Path, tmp_path: Path) -> None:
    git(drifted, "init", "-qb", "main")
    commit(drifted, "drift")
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(drifted), str(bare))
    assert driftline("check", bare, "--head", "main").returncode == 1
    done = driftline("check", bare)
    assert done.returncode == 2
    assert "--head" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "nowhere"],
        ["check", "--head", "no-such-revision"],
        ["check", "--schema", "nowhere.prisma"],
        ["check", "--migrations", "nowhere"],
        ["check", "--format", "yaml"],
        ["rule", "no-such-rule"],
        ["frobnicate"],
        [],
    ],
    ids=" ".join,
)
def test_wrong_use_is_two_with_a_sentence(healthy: Path, arguments: list[str]) -> None:
    git(healthy, "init", "-q")
    done = driftline(*arguments, cwd=healthy)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_what_cannot_be_read_is_three(healthy: Path) -> None:
    write(healthy, "prisma/schema.prisma", SCHEMA + "model Broken {{{\n")
    done = driftline("check", healthy, "--format", "json")
    data = json.loads(done.stdout)
    assert (done.returncode, data["verdict"]) == (3, "unknown")
    assert data["diagnostics"]


def test_colour_is_for_terminals_and_those_who_ask(drifted: Path) -> None:
    assert "\x1b[" in driftline("check", drifted, "--color", "always").stdout
    assert "\x1b[" in driftline("check", drifted, FORCE_COLOR="1").stdout
    assert "\x1b[" not in driftline("check", drifted, FORCE_COLOR="1", NO_COLOR="1").stdout


def test_a_repository_cannot_steer_the_terminal(drifted: Path) -> None:
    text = (drifted / "prisma/schema.prisma").read_text()
    write(drifted, "prisma/schema.prisma", text.replace("age   Int", "age   Int // \x1b[2J"))
    assert "\x1b" not in driftline("check", drifted).stdout


def test_a_reader_that_goes_away_is_no_trouble(drifted: Path) -> None:
    command = f'{sys.executable} -m workers.cli check "{drifted}" --format json | head -c 1'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, cwd=Path.cwd()
    )
    assert done.returncode in (0, 1)
    assert done.stderr == ""


def test_replay_prints_the_catalogue(healthy: Path) -> None:
    done = driftline("replay", healthy)
    data = json.loads(done.stdout)
    assert done.returncode == 0
    assert [column["name"] for column in data["tables"]["public.User"]["columns"]] == [
        "id",
        "email",
    ]
    assert (data["failures"], data["diagnostics"]) == ([], [])


def test_replay_tells_which_migration_fails(healthy: Path) -> None:
    write(
        healthy,
        "prisma/migrations/20240101000000_early/migration.sql",
        '-- needs a table\nALTER TABLE "User" ADD COLUMN "age" INTEGER;\n',
    )
    data = json.loads(driftline("replay", healthy).stdout)
    assert data["failures"] == [
        {
            "migration": "20240101000000_early",
            "path": "prisma/migrations/20240101000000_early/migration.sql",
            "line": 2,
            "sqlstate": "42P01",
            "message": 'relation "User" does not exist',
        }
    ]


def test_declared_prints_the_catalogue(healthy: Path) -> None:
    done = driftline("declared", healthy)
    assert json.loads(done.stdout)["tables"]["public.User"]["primaryKey"]["columns"] == ["id"]


def test_paths_may_be_given_from_here(healthy: Path) -> None:
    here = healthy.parent
    schema = f"{healthy.name}/prisma/schema.prisma"
    done = driftline("declared", healthy.name, "--schema", schema, cwd=here)
    assert done.returncode == 0, done.stderr


def test_every_rule_is_listed_and_has_its_page() -> None:
    names = [line.split()[0] for line in driftline("rules").stdout.splitlines()]
    assert "migration-fails" in names
    page = driftline("rule", "migration-fails").stdout
    for heading in ("What it means", "Why it matters", "Example", "Fix", "When to ignore it"):
        assert f"\n{heading}\n" in page


def test_a_rule_misspelt_gets_a_hint() -> None:
    assert "Did you mean `migration-fails`?" in driftline("rule", "migration-fail").stderr


@pytest.mark.parametrize(
    "command", ["check", "replay", "declared", "rules", "rule", "serve", "work"]
)
def test_help_explains_every_command(command: str) -> None:
    done = driftline(command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: driftline {command}")


def test_the_version_is_the_packages() -> None:
    import tomllib

    with open("pyproject.toml", "rb") as file:
        version = tomllib.load(file)["project"]["version"]
    assert driftline("--version").stdout == f"driftline {version}\n"
