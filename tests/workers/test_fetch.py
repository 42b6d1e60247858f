"""A pull request fetched from a real repository over HTTP."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workers.repositories import GitServer, Repository, serving
from workers.fetch import HeadGone, Source, fetch_checkout
from workers.git import GitError, GitTimeout

TOKEN = "ghs_1234_" + "eyJhbGciOi" * 51
SCHEMA = "model User {\n  id Int @id\n}\n"
WIDER = "model User {\n  id Int @id\n  name String\n}\n"
SQL = 'CREATE TABLE "User" ("id" INTEGER NOT NULL);\n'


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "served" / "acme" / "shop.git")


@pytest.fixture
def server(repository: Repository) -> Iterator[GitServer]:
    with serving(repository.path.parent.parent, token=TOKEN) as server:
        yield server


def source(server: GitServer, base: str, head: str, **more: object) -> Source:
    return Source(f"{server.url}/acme/shop.git", base, head, token=TOKEN, **more)  # type: ignore[arg-type]


def test_reads_the_wanted_files_alone_and_names_every_path(
    repository: Repository, server: GitServer
) -> None:
    base = repository.commit({"prisma/schema.prisma": SCHEMA, "src/app.ts": "let a\n"})
    head = repository.commit({"prisma/schema.prisma": WIDER, "src/other.ts": "let b\n"})

    checkout = fetch_checkout(source(server, base, head, merge_base_sha=base))

    snapshot = checkout.snapshot
    assert snapshot.base is not None
    assert dict(snapshot.head.files) == {"prisma/schema.prisma": WIDER.encode()}
    assert dict(snapshot.base.files) == {"prisma/schema.prisma": SCHEMA.encode()}
    assert snapshot.head.paths == {"prisma/schema.prisma", "src/app.ts", "src/other.ts"}
    assert snapshot.changed == {"prisma/schema.prisma", "src/other.ts"}
    assert "+  name String" in checkout.diff


def test_blobs_are_fetched_in_one_batch(repository: Repository, server: GitServer) -> None:
    migrations = {f"prisma/migrations/{n:014}_m/migration.sql": f"SELECT {n};\n" for n in range(60)}
    base = repository.commit({"prisma/schema.prisma": SCHEMA, **migrations})
    head = repository.commit({"prisma/schema.prisma": WIDER})

    checkout = fetch_checkout(source(server, base, head, merge_base_sha=base))

    assert len(checkout.snapshot.head.files) == 61
    fetches = [path for method, path in server.requests if method == "POST"]
    assert len(fetches) == 2, server.requests


def test_a_change_outside_the_database_fetches_no_file(
    repository: Repository, server: GitServer
) -> None:
    base = repository.commit({"prisma/schema.prisma": SCHEMA, "src/app.css": "a {}\n"})
    head = repository.commit({"src/app.css": "b {}\n"})

    checkout = fetch_checkout(source(server, base, head, merge_base_sha=base))

    assert not checkout.is_touched
    assert checkout.snapshot.changed == {"src/app.css"}
    assert checkout.snapshot.head.files == {}
    assert len([1 for method, _ in server.requests if method == "POST"]) == 1


def test_code_that_does_not_use_the_database_is_fetched_alone(
    repository: Repository, server: GitServer
) -> None:
    base = repository.commit({"prisma/schema.prisma": SCHEMA, "src/app.ts": "let a\n"})
    head = repository.commit({"src/app.ts": "let b\n"})

    checkout = fetch_checkout(source(server, base, head, merge_base_sha=base))

    assert not checkout.is_touched
    assert checkout.snapshot.head.files == {}
    assert len([1 for method, _ in server.requests if method == "POST"]) == 2


def test_code_that_uses_the_database_comes_along_unless_it_is_known(
    repository: Repository, server: GitServer
) -> None:
    other = "await prisma.user.count();\n"
    base = repository.commit({"prisma/schema.prisma": SCHEMA, "src/other.ts": other})
    head = repository.commit({"src/app.ts": "await prisma.user.findMany();\n"})

    checkout = fetch_checkout(source(server, base, head, merge_base_sha=base))

    code = checkout.snapshot.head.code
    assert checkout.is_touched
    assert code.names.keys() == {"src/app.ts", "src/other.ts"}
    assert code.contents[code.names["src/other.ts"]] == other.encode()
    assert "+await prisma.user.findMany();" in checkout.diff

    again = fetch_checkout(source(server, base, head, merge_base_sha=base), known=frozenset)

    assert again.snapshot.head.code.names == code.names
    assert code.names["src/other.ts"] not in again.snapshot.head.code.contents


def test_finds_the_merge_base_by_deepening_where_nobody_told_it(
    repository: Repository, server: GitServer
) -> None:
    fork = repository.commit({"prisma/schema.prisma": SCHEMA})
    for number in range(70):
        base = repository.commit({"notes.txt": f"{number}\n"})
    repository.branch("feature", fork)
    head = repository.commit({"prisma/schema.prisma": WIDER})

    checkout = fetch_checkout(source(server, base, head))

    assert checkout.snapshot.changed == {"prisma/schema.prisma"}
    assert "notes.txt" in checkout.snapshot.head.paths


def test_the_head_is_judged_merged_into_the_tip_of_its_base(
    repository: Repository, server: GitServer
) -> None:
    lines = [f"model M{n} {{\n  id Int @id\n}}\n\n" for n in range(9)]
    fork = repository.commit({"prisma/schema.prisma": "".join(lines)})
    base = repository.commit(
        {
            "prisma/schema.prisma": "// new head\n" + "".join(lines),
            "prisma/migrations/2_b/m.sql": SQL,
        }
    )
    repository.branch("feature", fork)
    head = repository.commit({"prisma/schema.prisma": "".join(lines) + WIDER})

    checkout = fetch_checkout(source(server, base, head, merge_base_sha=fork))

    merged = checkout.snapshot.head.files["prisma/schema.prisma"].decode()
    assert merged == "// new head\n" + "".join(lines) + WIDER
    assert "prisma/migrations/2_b/m.sql" in checkout.snapshot.head.files
    assert checkout.snapshot.changed == {"prisma/schema.prisma"}
    assert "new head" not in checkout.diff
    assert "-// new head" in checkout.shifts


def test_a_conflict_is_said_and_the_head_judged_alone(
    repository: Repository, server: GitServer
) -> None:
    fork = repository.commit({"prisma/schema.prisma": SCHEMA, "src/a.ts": "1\n"})
    base = repository.commit({"prisma/schema.prisma": SCHEMA.replace("Int", "String")})
    repository.branch("feature", fork)
    head = repository.commit({"prisma/schema.prisma": SCHEMA.replace("Int", "BigInt")})

    snapshot = fetch_checkout(source(server, base, head, merge_base_sha=fork)).snapshot

    assert snapshot.conflicts == ("prisma/schema.prisma",)
    assert b"BigInt" in snapshot.head.files["prisma/schema.prisma"]


def test_a_conflict_in_a_file_nobody_reads_is_none(
    repository: Repository, server: GitServer
) -> None:
    fork = repository.commit({"prisma/schema.prisma": SCHEMA, "src/a.ts": "1\n"})
    base = repository.commit({"src/a.ts": "2\n"})
    repository.branch("feature", fork)
    head = repository.commit({"src/a.ts": "3\n", "prisma/schema.prisma": WIDER})

    snapshot = fetch_checkout(source(server, base, head, merge_base_sha=fork)).snapshot

    assert snapshot.conflicts == ()


def test_a_renamed_migration_is_a_rename(repository: Repository, server: GitServer) -> None:
    base = repository.commit(
        {"prisma/schema.prisma": SCHEMA, "prisma/migrations/1_a/migration.sql": SQL * 5}
    )
    head = repository.commit(
        {
            "prisma/migrations/1_a/migration.sql": None,
            "prisma/migrations/3_a/migration.sql": SQL * 5 + "SELECT 1;\n",
        }
    )

    checkout = fetch_checkout(source(server, base, head, merge_base_sha=base))

    assert checkout.snapshot.renamed == {
        "prisma/migrations/3_a/migration.sql": "prisma/migrations/1_a/migration.sql"
    }
    assert checkout.diff.count("\n+") == 2, checkout.diff  # the name and the new line


def test_a_new_schema_made_from_another_file_is_shown_as_a_rename(
    repository: Repository, server: GitServer
) -> None:
    base = repository.commit({"old/tables.sql.txt": SQL * 4, "seed.txt": "x\n"})
    head = repository.commit({"old/tables.sql.txt": None, "docs/tables.sql": SQL * 4})

    checkout = fetch_checkout(source(server, base, head, merge_base_sha=base))

    assert checkout.snapshot.changed == {"old/tables.sql.txt", "docs/tables.sql"}


def test_a_head_that_only_the_pull_request_ref_reaches(
    repository: Repository, server: GitServer
) -> None:
    repository.git("config", "uploadpack.allowAnySHA1InWant", "false")
    base = repository.commit({"prisma/schema.prisma": SCHEMA})
    repository.branch("feature")
    head = repository.commit({"prisma/schema.prisma": WIDER})
    repository.git("update-ref", "refs/pull/7/head", head)
    repository.git("checkout", "--quiet", "main")
    repository.git("branch", "--quiet", "-D", "feature")

    checkout = fetch_checkout(
        source(server, base, head, merge_base_sha=base, refs=("refs/pull/7/head",))
    )

    assert checkout.snapshot.changed == {"prisma/schema.prisma"}


def test_a_commit_that_is_gone_is_said_to_be(repository: Repository, server: GitServer) -> None:
    base = repository.commit({"prisma/schema.prisma": SCHEMA})

    with pytest.raises(HeadGone):
        fetch_checkout(source(server, base, "0123456789" * 4, refs=("refs/pull/7/head",)))


def test_a_wrong_token_is_an_error_that_does_not_show_it(
    repository: Repository, server: GitServer
) -> None:
    base = repository.commit({"prisma/schema.prisma": SCHEMA})
    wrong = Source(f"{server.url}/acme/shop.git", base, base, token="ghs_secret" * 40)

    with pytest.raises(GitError) as caught:
        fetch_checkout(wrong)

    assert "ghs_secret" not in str(caught.value)
    assert "ghs_secret" not in repr(wrong)


def test_a_server_that_hangs_is_left_in_time(repository: Repository) -> None:
    base = repository.commit({"prisma/schema.prisma": SCHEMA})
    with (
        serving(repository.path.parent.parent, token=TOKEN, delay=3) as slow,
        pytest.raises(GitTimeout),
    ):
        fetch_checkout(source(slow, base, base, merge_base_sha=base), timeout=0.5)


def test_no_process_shows_the_token(repository: Repository) -> None:
    base = repository.commit({"prisma/schema.prisma": SCHEMA})
    seen: list[str] = []

    def look(header: str | None) -> bool:
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    seen.append((folder / "cmdline").read_bytes().decode("utf-8", "replace"))
                except OSError:
                    continue
        return True

    with serving(repository.path.parent.parent, token=TOKEN) as server:
        server.allows = look  # type: ignore[method-assign]
        fetch_checkout(source(server, base, base, merge_base_sha=base))

    lines = [line for line in seen if "remote-http" in line]
    assert lines
    assert not any(TOKEN in line or "Authorization" in line for line in lines)


def test_the_environment_of_the_machine_changes_nothing(
    repository: Repository, server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".gitconfig").write_text("[http]\n\tproxy = http://127.0.0.1:1\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    base = repository.commit({"prisma/schema.prisma": SCHEMA})
    head = repository.commit({"prisma/schema.prisma": WIDER})

    fetch_checkout(source(server, base, head, merge_base_sha=base))

    assert not (tmp_path / "trace").exists()
    assert "GIT_DIR" in os.environ
