"""What git remembers of a schema's lines."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.workers.repositories import Repository, serving
from workers.annals import GitAnnals
from workers.engine.annals import Line
from workers.far_annals import FarAnnals
from workers.fetch import Source

SCHEMA = "prisma/schema.prisma"
FOLDER = "prisma/migrations"


def model(*fields: str) -> str:
    return "model User {\n" + "".join(f"  {field}\n" for field in fields) + "}\n"


def test_each_commit_tells_its_lines_and_whether_it_migrated(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo")
    first = repository.commit(
        {SCHEMA: model("id Int @id"), f"{FOLDER}/1_init/migration.sql": "SELECT 1;"}, "Start"
    )
    repository.commit({"README.md": "hello"}, "Unrelated")
    second = repository.commit({SCHEMA: model("id Int @id", "age   Int? // years")}, "Ask 🎂 age")
    newest, oldest = GitAnnals(repository.path).commits((SCHEMA,), FOLDER)
    assert (newest.sha, newest.subject, newest.has_migration) == (second, "Ask 🎂 age", False)
    assert newest.lines == (Line("model User", "age Int?", is_added=True),)
    assert (oldest.sha, oldest.has_migration) == (first, True)
    assert [line.text for line in oldest.lines] == ["model User {", "id Int @id", "}"]


def test_paths_count_from_the_folder_that_is_judged(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo")
    repository.commit({f"app/{SCHEMA}": model("id Int @id"), "x.md": "x"}, "Start")
    (commit,) = GitAnnals(repository.path / "app").commits((SCHEMA,), FOLDER)
    assert commit.subject == "Start"


def test_the_last_commit_of_a_shallow_clone_made_nothing(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo")
    repository.commit({SCHEMA: model("id Int @id")}, "Start")
    repository.commit({SCHEMA: model("id Int @id", "age Int?")}, "Age")
    clone = tmp_path / "clone"
    url = f"file://{repository.path}"
    subprocess.run(["git", "clone", "-q", "--depth=1", url, str(clone)], check=True)
    assert GitAnnals(clone).commits((SCHEMA,), FOLDER) == ()


def test_a_folder_without_a_past_has_none(tmp_path: Path) -> None:
    assert GitAnnals(tmp_path).commits((SCHEMA,), FOLDER) == ()


def test_a_past_on_a_server_is_fetched_without_any_other_file(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo")
    repository.commit({SCHEMA: model("id Int @id"), "x.bin": b"x" * 9_000}, "Start")
    base = repository.commit({SCHEMA: model("id Int @id", "age Int?")}, "Age")
    sql = {f"{FOLDER}/2_name/migration.sql": "SELECT 1;"}
    head = repository.commit({SCHEMA: model("id Int @id", "age Int?", "name String"), **sql}, "N")
    with serving(tmp_path) as server:
        source = Source(f"{server.url}/repo", base, head)
        annals = FarAnnals(source)
        found = annals.commits((SCHEMA,), FOLDER)
        asked = len(server.requests)
        assert annals.commits((SCHEMA,), FOLDER) is found
        assert len(server.requests) == asked
    assert [(one.subject, one.has_migration) for one in found[:2]] == [("N", True), ("Age", False)]
    assert found[1].lines == (Line("model User", "age Int?", is_added=True),)
    assert found[2].subject == "Start"


def test_a_server_that_cannot_be_asked_leaves_the_past_unknown(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo")
    head = repository.commit({SCHEMA: model("id Int @id")}, "Start")
    with serving(tmp_path) as server:
        annals = FarAnnals(Source(f"{server.url}/repo", head, "1" * 40))
        assert annals.commits((SCHEMA,), FOLDER) == ()
    gone = FarAnnals(Source(f"{server.url}/repo", head, head))
    assert gone.commits((SCHEMA,), FOLDER) == ()
