"""Folders and commits as snapshots, on real repositories, the hostile ones included."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.workers.repositories import Repository
from workers.checkout import CheckoutError, local_checkout, local_snapshot
from workers.engine.errors import Diagnostic, Effect

PATH = "prisma/schema.prisma"
SCHEMA = "model User {\n  id Int @id\n}\n"
WIDER = "model User {\n  id Int @id\n  name String\n}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "shop")


def codes(diagnostics: tuple[Diagnostic, ...]) -> dict[str, str]:
    """Code by path."""
    return {found.origin.path: found.code for found in diagnostics if found.origin}


def test_a_folder_is_read_as_it_lies(repository: Repository) -> None:
    repository.commit({PATH: SCHEMA, ".gitignore": "ignored/\n", "gone.sql": "x"})
    repository.write(
        {
            PATH: WIDER,
            "new.sql": "SELECT 1;",
            "ignored/a.sql": "x",
            "src/a.ts": "x",
            "gone.sql": None,
        }
    )

    tree = local_snapshot(repository.path).head

    assert dict(tree.files) == {PATH: WIDER.encode(), "new.sql": b"SELECT 1;"}
    assert tree.paths == {PATH, "new.sql", "src/a.ts", ".gitignore"}


def test_a_folder_without_git_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "prisma").mkdir()
    (tmp_path / PATH).write_text(SCHEMA)
    (tmp_path / "node_modules/a").mkdir(parents=True)
    (tmp_path / "node_modules/a/b.sql").write_text("x")

    snapshot = local_snapshot(tmp_path)

    assert dict(snapshot.head.files) == {PATH: SCHEMA.encode()}
    assert snapshot.base is None
    assert snapshot.changed is None


def test_a_folder_that_the_repository_around_it_ignores_is_read_whole(
    repository: Repository,
) -> None:
    repository.commit({".gitignore": "build/\n"})
    repository.write({f"build/{PATH}": SCHEMA})

    assert set(local_snapshot(repository.path / "build").head.files) == {PATH}


def test_a_commit_is_read_out_of_git_objects_alone(repository: Repository) -> None:
    first = repository.commit({PATH: SCHEMA})
    repository.commit({PATH: WIDER})
    repository.write({PATH: "garbage"})

    assert local_snapshot(repository.path, head=first).head.files[PATH] == SCHEMA.encode()
    assert local_snapshot(repository.path, head="HEAD").head.files[PATH] == WIDER.encode()


def test_a_bare_repository_and_a_folder_inside_one(repository: Repository, tmp_path: Path) -> None:
    base = repository.commit({f"apps/web/{PATH}": SCHEMA, "other.sql": "x"})
    repository.commit({f"apps/web/{PATH}": WIDER})
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(repository.path), str(bare)], check=True)

    snapshot = local_snapshot(bare, head="main", base=base)
    assert snapshot.changed == {f"apps/web/{PATH}"}
    inside = local_snapshot(repository.path / "apps/web", head="main", base=base)
    assert dict(inside.head.files) == {PATH: WIDER.encode()}
    assert inside.changed == {PATH}
    with pytest.raises(CheckoutError, match="say with --head"):
        local_snapshot(bare)


def test_a_folder_is_judged_against_a_base(repository: Repository) -> None:
    fork = repository.commit({PATH: SCHEMA, "src/a.ts": "1", "same.sql": "SELECT 1;\n"})
    repository.commit({"later.sql": "SELECT 2;\n", "src/a.ts": "2"})
    repository.branch("feature", fork)
    repository.write({PATH: WIDER, "link.sql": "x"})
    (repository.path / "link.sql").unlink()
    (repository.path / "link.sql").symlink_to("same.sql")

    checkout = local_checkout(repository.path, base="main")

    snapshot = checkout.snapshot
    assert snapshot.changed == {PATH}
    assert snapshot.head.files[PATH] == WIDER.encode()
    assert snapshot.head.files["later.sql"] == b"SELECT 2;\n"
    assert codes(snapshot.head.skipped) == {"link.sql": "symbolic-link"}
    assert "+  name String" in checkout.diff


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_is_written_into_the_repository(repository: Repository) -> None:
    fork = repository.commit({PATH: SCHEMA})
    repository.commit({PATH: WIDER})
    repository.branch("feature", fork)
    repository.write({"new.sql": "SELECT 1;\n"})
    before = contents(repository.path)

    local_checkout(repository.path, base="main")
    local_checkout(repository.path, base="main", head="feature")

    assert contents(repository.path) == before


def test_histories_without_a_common_commit_are_compared_as_they_are(
    repository: Repository,
) -> None:
    repository.commit({PATH: SCHEMA})
    repository.git("checkout", "--quiet", "--orphan", "other")
    repository.commit({PATH: WIDER})

    snapshot = local_snapshot(repository.path, base="main", head="other")

    assert snapshot.changed == {PATH}
    assert snapshot.head.files[PATH] == WIDER.encode()


@pytest.mark.parametrize("revision", ["nope", "--output=/tmp/x", "HEAD:prisma", ""])
def test_a_revision_that_is_none_is_said_to_be(repository: Repository, revision: str) -> None:
    repository.commit({PATH: SCHEMA})
    with pytest.raises(CheckoutError, match="names no commit"):
        local_snapshot(repository.path, head=revision)


def test_an_empty_repository_is_an_empty_snapshot(repository: Repository) -> None:
    assert local_snapshot(repository.path).head.paths == frozenset()
    with pytest.raises(CheckoutError):
        local_snapshot(repository.path, head="HEAD")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CheckoutError, match="is not a folder"):
        local_snapshot(tmp_path / "nothing")


def strange(repository: Repository, *entries: tuple[str, bytes, str]) -> str:
    lines = b"".join(
        f"{mode} {'commit' if mode == '160000' else 'blob'} {oid}\t".encode() + name + b"\0"
        for mode, name, oid in entries
    )
    return repository.commit_tree(lines)


def test_links_submodules_and_odd_names_are_data_to_be_skipped(repository: Repository) -> None:
    sql = repository.blob(b"SELECT 1;")
    here = repository.blob(b"real.sql")
    away = repository.blob(b"/etc/passwd")
    commit = strange(
        repository,
        ("100644", b"real.sql", sql),
        ("120000", b"schema.prisma", away),
        ("120000", b"link.sql", here),
        ("100644", b"back\\slash.sql", sql),
        ("100644", b"new\nline.sql", sql),
        ("100644", b"latin\xe9.sql", sql),
        ("160000", b"vendor.sql", "1" * 40),
    )

    tree = local_snapshot(repository.path, head=commit).head

    assert dict(tree.files) == {"real.sql": b"SELECT 1;"}
    assert codes(tree.skipped) == {
        "schema.prisma": "symbolic-link",
        "link.sql": "symbolic-link",
        "back\\slash.sql": "unsafe-path",
        "new\\x0aline.sql": "unsafe-path",
        "latin\\xe9.sql": "unsafe-path",
    }
    effects = {found.origin.path: found.effect for found in tree.skipped if found.origin}
    assert effects["schema.prisma"] is Effect.UNKNOWN
    assert effects["link.sql"] is Effect.INFORMATION


def test_a_tree_that_climbs_out_of_itself_is_not_followed(repository: Repository) -> None:
    sql = repository.blob(b"SELECT 1;")
    inner = repository.git("mktree", "-z", stdin=f"100644 blob {sql}\tevil.sql\0".encode())
    outer = repository.git(
        "hash-object", "-t", "tree", "-w", "--literally", "--stdin",
        stdin=b"40000 ..\0" + bytes.fromhex(inner),
    )  # fmt: skip
    commit = repository.git("commit-tree", "-m", "evil", outer)

    tree = local_snapshot(repository.path, head=commit).head

    assert tree.files == {}
    assert codes(tree.skipped) == {"../evil.sql": "unsafe-path"}


def test_huge_binary_and_stored_elsewhere_files_are_skipped(repository: Repository) -> None:
    commit = repository.commit(
        {
            "prisma/migrations/1_a/migration.sql": "x" * (5 * 1024 * 1024 + 1),
            "dump.sql": b"\0\1\2",
            "lfs.sql": "version https://git-lfs.github.com/spec/v1\noid sha256:1\n",
            "utf16.sql": "SELECT 1;".encode("utf-16"),
        }
    )
    for tree in (
        local_snapshot(repository.path, head=commit).head,
        local_snapshot(repository.path).head,
    ):
        assert set(tree.files) == {"utf16.sql"}
        told = {found.origin.path: found for found in tree.skipped if found.origin}
        assert "larger than 5 MB" in told["prisma/migrations/1_a/migration.sql"].message
        assert told["prisma/migrations/1_a/migration.sql"].effect is Effect.UNKNOWN
        assert "binary" in told["dump.sql"].message
        assert told["dump.sql"].effect is Effect.INFORMATION
        assert "Git LFS" in told["lfs.sql"].message


def test_links_and_pipes_of_a_folder_are_not_opened(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "secret.sql").write_text("secret")
    repository.commit({PATH: SCHEMA})
    (repository.path / "out.sql").symlink_to(tmp_path / "secret.sql")
    (repository.path / "linked").symlink_to(tmp_path)
    os.mkfifo(repository.path / "pipe.sql")

    tree = local_snapshot(repository.path).head

    assert set(tree.files) == {PATH}
    assert codes(tree.skipped) == {"out.sql": "symbolic-link"}


def test_what_a_repository_configures_is_not_run(repository: Repository, tmp_path: Path) -> None:
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    trap.chmod(0o755)
    first = repository.commit({PATH: SCHEMA, ".gitattributes": "*.prisma diff=x filter=x\n"})
    repository.commit({PATH: WIDER})
    for key in ("core.fsmonitor", "diff.external", "diff.x.textconv", "diff.x.command",
                "filter.x.clean", "filter.x.smudge", "core.pager", "core.editor"):  # fmt: skip
        repository.git("config", key, str(trap))
    hook = repository.path / ".git/hooks/post-index-change"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(trap.read_text())
    hook.chmod(0o755)
    repository.write({PATH: WIDER + "// more\n"})

    local_checkout(repository.path, base=first)
    local_checkout(repository.path, base=first, head="HEAD")

    assert not (tmp_path / "sprung").exists()


def test_a_repository_of_somebody_else_is_read(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = repository.commit({PATH: SCHEMA})
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    assert PATH in local_snapshot(repository.path, head=commit).head.files


def test_a_shallow_clone_without_the_merge_base_is_compared_as_it_is(
    repository: Repository, tmp_path: Path
) -> None:
    repository.commit({PATH: SCHEMA})
    repository.commit({PATH: WIDER})
    shallow = tmp_path / "shallow"
    url = f"file://{repository.path}"
    subprocess.run(["git", "clone", "-q", "--depth=1", url, str(shallow)], check=True)

    assert local_snapshot(shallow, head="HEAD", base="HEAD").changed == frozenset()


def test_both_sides_of_a_merge_keep_their_renames(repository: Repository) -> None:
    text = "".join(f"SELECT {n};\n" for n in range(30))
    fork = repository.commit({"migrations/1_a/migration.sql": text, PATH: SCHEMA})
    repository.commit({"migrations/1_a/migration.sql": None, "migrations/2_a/migration.sql": text})
    repository.branch("feature", fork)
    changed = text.replace("SELECT 3;", "SELECT 33;")
    head = repository.commit({"migrations/1_a/migration.sql": changed})

    snapshot = local_snapshot(repository.path, base="main", head=head)

    assert snapshot.conflicts == ()
    assert snapshot.head.files == {
        "migrations/2_a/migration.sql": changed.encode(),
        PATH: SCHEMA.encode(),
    }
