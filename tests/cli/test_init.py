"""`driftline init`: what it writes, what it leaves alone, and that every command it offers runs."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import prisma_cli
from workers.cli import main

SCHEMA = 'datasource db {\n  provider = "postgresql"\n%s}\n\nmodel User {\n  id Int @id\n}\n'
URL = '  url      = env("DATABASE_URL")\n'
INIT = """\
CREATE TABLE "User" (
    "id" INTEGER NOT NULL,
    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);
"""
CONFIG = (
    'import { defineConfig } from "prisma/config";\n\nexport default defineConfig({\n'
    '  schema: "%s",\n  datasource: { url: process.env.DATABASE_URL ?? "" },\n});\n'
)


REFUSALS = ("unknown or unexpected", "was removed", "Usage")
"""What the command line says of options that it does not have; else it calls its engine."""


def project(
    folder: Path, *, version: str = "6.19.0", schema: str = "prisma/schema.prisma", **files: str
) -> Path:
    """A small project in git, with one commit; `files` by path, "__" for "/"."""
    is_seven = version.startswith("7")
    home = schema.rpartition("/")[0]
    content = {
        schema: SCHEMA % ("" if is_seven else URL),
        f"{home}/migrations/20250101000000_init/migration.sql": INIT,
        f"{home}/migrations/migration_lock.toml": 'provider = "postgresql"\n',
        "package.json": '{\n  "name": "app",\n  "scripts": {\n    "dev": "next dev"\n  },\n'
        f'  "devDependencies": {{ "prisma": "{version}" }}\n}}\n',
        "package-lock.json": "{}\n",
        **({"prisma.config.ts": CONFIG % schema} if is_seven else {}),
        **{path.replace("__", "/"): text for path, text in files.items()},
    }
    for path, text in content.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "first")
    return folder


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def init(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main(["init", str(folder), *options]) == 0
    return capsys.readouterr().out


def scripts_of(folder: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / "package.json").read_text())["scripts"]
    return found


def state(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_it_writes_what_is_missing_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = init(project(tmp_path), capsys)
    assert "create .github/driftline.yml" in said
    assert "change package.json: the scripts `db:validate`, `db:status`" in said
    assert scripts_of(tmp_path)["dev"] == "next dev"
    assert os.access(tmp_path / ".githooks/pre-commit", os.X_OK)
    assert "## Database migrations" in (tmp_path / "CONTRIBUTING.md").read_text()


def test_a_second_time_it_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    init(project(tmp_path), capsys)
    before = state(tmp_path)
    said = init(tmp_path, capsys)
    assert state(tmp_path) == before
    assert {line[:4] for line in said.splitlines()} == {"keep"}


def test_dry_it_shows_the_differences_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state(project(tmp_path))
    said = init(tmp_path, capsys, "--dry-run")
    assert state(tmp_path) == before
    assert "would create .github/workflows/driftline.yml" in said
    assert '    +    "db:status": "prisma migrate status",' in said


def test_what_people_wrote_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = '{\r\n\t"scripts": {\r\n\t\t"db:status": "echo mine"\r\n\t}\r\n}\r\n'
    files = {
        "package.json": manifest,
        ".github__driftline.yml": "fail-on: never\n",
        ".husky__pre-commit": "npm test\n",
        "CLAUDE.md": "# Ours\n",
    }
    said = init(project(tmp_path, **files), capsys)
    assert "`db:status` stays as it is" in said
    assert scripts_of(tmp_path)["db:status"] == "echo mine"
    text = (tmp_path / "package.json").read_bytes().decode()
    assert text.count("\n") == text.count("\r\n") > 5
    assert (tmp_path / ".github/driftline.yml").read_text() == "fail-on: never\n"
    assert (tmp_path / ".husky/pre-commit").read_text().startswith("npm test\n")
    assert (tmp_path / "CLAUDE.md").read_text().startswith("# Ours\n\n<!-- driftline")
    assert not (tmp_path / "CONTRIBUTING.md").exists()
    assert not (tmp_path / ".githooks").exists()


def test_a_hook_manager_is_left_to_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = init(project(tmp_path, **{".pre-commit-config.yaml": "repos: []\n"}), capsys)
    assert "by you .pre-commit-config.yaml: add a hook that runs `driftline check" in said
    assert not (tmp_path / ".githooks").exists()


def test_nothing_is_written_through_a_link(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = project(tmp_path / "app")
    (folder / ".github").symlink_to(outside)
    assert main(["init", str(folder)]) == 2
    assert list(outside.iterdir()) == []


def test_a_folder_without_prisma_gets_no_scripts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "supabase/migrations").mkdir(parents=True)
    (tmp_path / "supabase/migrations/20250101000000_init.sql").write_text("SELECT 1;\n")
    said = init(tmp_path, capsys)
    assert "package.json" not in said
    assert "supabase migration new" in (tmp_path / "CONTRIBUTING.md").read_text()
    assert "Policies belong into the migration" in (tmp_path / "CONTRIBUTING.md").read_text()


def test_the_project_is_in_order_with_what_was_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    init(project(tmp_path), capsys)
    assert main(["check", str(tmp_path), "--fail-on", "notice"]) == 0, capsys.readouterr().out


def test_the_hook_stops_a_commit_that_brings_drift(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    init(project(tmp_path), capsys)
    binaries = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}"}
    hook = tmp_path / ".githooks/pre-commit"
    assert subprocess.run([str(hook)], cwd=tmp_path, env=environment).returncode == 0
    path = tmp_path / "prisma/schema.prisma"
    path.write_text(path.read_text().replace("@id", "@id\n  age Int?"))
    done = subprocess.run([str(hook)], cwd=tmp_path, env=environment, capture_output=True)
    assert done.returncode == 1
    assert b"User.age" in done.stdout


@pytest.mark.parametrize(
    ("lock", "install", "command"),
    [
        ("package-lock.json", "npm ci", "npx prisma migrate deploy"),
        ("pnpm-lock.yaml", "pnpm install --frozen-lockfile", "pnpm exec prisma migrate deploy"),
        ("yarn.lock", "yarn install --immutable", "yarn prisma migrate deploy"),
        ("bun.lock", "bun install --frozen-lockfile", "bunx prisma migrate deploy"),
    ],
)
def test_the_workflow_fits_the_package_manager(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lock: str, install: str, command: str
) -> None:
    project(tmp_path)
    (tmp_path / "package-lock.json").unlink()
    (tmp_path / lock).write_text("\n")
    init(tmp_path, capsys)
    runs = [step["run"] for step in steps(tmp_path) if "run" in step]
    assert install in runs
    assert command in runs


def jobs(folder: Path) -> dict[str, dict[str, Any]]:
    workflow = yaml.safe_load((folder / ".github/workflows/driftline.yml").read_text())
    found: dict[str, dict[str, Any]] = workflow["jobs"]
    return found


def steps(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = jobs(folder)["drift"]["steps"]
    return found


def test_a_package_of_a_monorepo_is_called_where_it_lies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"packages__db__package.json": '{ "name": "db", "scripts": { "x": "y" } }\n'}
    init(project(tmp_path, schema="packages/db/db/schema.prisma", **files), capsys)
    scripts = json.loads((tmp_path / "packages/db/package.json").read_text())["scripts"]
    assert scripts["db:status"] == "prisma migrate status --schema=db/schema.prisma"
    folders = {
        step["name"]: step.get("working-directory") for step in steps(tmp_path) if "name" in step
    }
    assert folders["The migrations run on an empty database"] == "packages/db"


@pytest.mark.parametrize(
    ("provider", "image", "url"),
    [
        ("postgresql", "postgres:17", "postgresql://postgres:postgres@localhost:5432/postgres"),
        ("mysql", "mysql:8.4", "mysql://root:drift@127.0.0.1:3306/drift"),
        (
            "sqlserver",
            "mcr.microsoft.com/mssql/server:2022-latest",
            "sqlserver://localhost:1433;database=drift;user=sa;password=Drift-check-1;"
            "trustServerCertificate=true",
        ),
        ("sqlite", None, "file:./drift-check.db"),
    ],
)
def test_the_workflow_starts_the_database_that_the_schema_is_for(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    provider: str,
    image: str | None,
    url: str,
) -> None:
    files = {
        "prisma__schema.prisma": (SCHEMA % URL).replace("postgresql", provider),
        "prisma__migrations__migration_lock.toml": f'provider = "{provider}"\n',
    }
    init(project(tmp_path, **files), capsys)
    job = jobs(tmp_path)["drift"]
    service = job.get("services", {}).get("database")
    assert (service["image"] if service else None) == image
    assert job["env"] == {"DATABASE_URL": url}
    if service:
        (port,) = service["ports"]
        assert port.split(":")[0] in url
        assert "--health-cmd" in service["options"]


def test_a_provider_without_a_known_server_is_left_to_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"prisma__schema.prisma": (SCHEMA % URL).replace("postgresql", "cockroachdb")}
    said = init(project(tmp_path, **files), capsys)
    assert "by you .github/workflows/driftline.yml: no job is known for cockroachdb" in said
    assert not (tmp_path / ".github/workflows").exists()


def test_every_schema_of_a_monorepo_gets_its_scripts_its_job_and_its_rules(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "packages__billing__package.json": '{ "name": "b", "scripts": { "x": "y" } }\n',
        "packages__billing__prisma__schema.prisma": SCHEMA % URL.replace("DATABASE", "BILLING"),
        "packages__billing__prisma__migrations__20250101000000_init__migration.sql": INIT,
        "packages__billing__prisma__migrations__migration_lock.toml": 'provider = "postgresql"\n',
        "packages__db__package.json": '{ "name": "db", "scripts": { "x": "y" } }\n',
    }
    folder = project(tmp_path, schema="packages/db/prisma/schema.prisma")
    for path, text in files.items():
        (folder / path.replace("__", "/")).parent.mkdir(parents=True, exist_ok=True)
        (folder / path.replace("__", "/")).write_text(text)
    init(folder, capsys)
    for package in ("billing", "db"):
        manifest = json.loads((folder / f"packages/{package}/package.json").read_text())
        assert manifest["scripts"]["db:status"] == "prisma migrate status"
    found = jobs(folder)
    assert set(found) == {"drift-billing", "drift-db"}
    assert "BILLING_URL" in found["drift-billing"]["env"]
    homes = {step.get("working-directory") for step in found["drift-billing"]["steps"]}
    assert "packages/billing" in homes
    rules = (folder / "CONTRIBUTING.md").read_text()
    assert "`packages/billing/prisma/schema.prisma`" in rules
    assert "`packages/db/prisma/schema.prisma`" in rules
    before = state(folder)
    init(folder, capsys)
    assert state(folder) == before


@pytest.mark.parametrize(
    ("major", "schema"), [(6, "db/schema.prisma"), (7, "prisma/schema.prisma")]
)
def test_every_command_that_is_offered_is_one_that_prisma_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], major: int, schema: str
) -> None:
    if prisma_cli.entry(major) is None:
        pytest.skip(f"Prisma {major}'s command line is not installed under .oracle (.ci/run does)")
    version = prisma_cli.VERSIONS[major]
    init(project(tmp_path, version=version, schema=schema), capsys)
    offered = {command for name, command in scripts_of(tmp_path).items() if name.startswith("db:")}
    offered |= {
        s["run"].removeprefix("npx ") for s in steps(tmp_path) if "prisma" in s.get("run", "")
    }
    assert len(offered) >= 5
    option = "--to-schema" if major >= 7 else "--to-schema-datamodel"
    offered.add(f"prisma migrate diff --from-empty {option} {schema} --script")
    offered.add("prisma migrate resolve --applied 20250101000000_init")
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda command: taken(major, tmp_path, command), sorted(offered))
        refused = [told for told in answers if told]
    assert refused == []
    assert "unknown or unexpected" in taken(major, tmp_path, "prisma migrate status --nay")


def taken(major: int, folder: Path, command: str) -> str:
    """Nothing where Prisma takes a command, else the command and what it says to it."""
    _, *arguments = shlex.split(command)
    code, said = prisma_cli.run(major, folder, *arguments)
    is_taken = code == 0 if arguments[0] == "validate" else not any(r in said for r in REFUSALS)
    return "" if is_taken else f"{command}: {said}"


def test_the_flags_of_older_guides_are_gone_in_prisma_7(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if prisma_cli.entry(7) is None:
        pytest.skip("Prisma 7's command line is not installed under .oracle (.ci/run does)")
    project(tmp_path, version="7.5.0")
    path = "prisma/schema.prisma"
    old = ("migrate", "diff", "--from-schema-datamodel", path, "--to-schema-datasource", path)
    assert "was removed" in prisma_cli.run(7, tmp_path, *old)[1]
