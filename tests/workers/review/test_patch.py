"""Diffs that git itself wrote, read as lines to comment on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.repositories import Repository
from workers.review.lines import LineMap
from workers.review.patch import Patch, read_patch, shown_by_github


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def patch_between(repository: Repository, before: str, after: str, *options: str) -> Patch:
    return read_patch(repository.git("diff", "-M", *options, before, after) + "\n")


def numbered(count: int, **changed: str) -> str:
    return "".join(changed.get(f"l{n}", f"line {n}\n") for n in range(1, count + 1))


def test_added_and_context_lines_take_comments_and_others_do_not(repository: Repository) -> None:
    before = repository.commit({"a.sql": numbered(30)})
    after = repository.commit({"a.sql": numbered(30, l10="changed\n", l25="line 25\nnew\n")})

    patch = patch_between(repository, before, after)

    right = [line for line in range(1, 33) if patch.hunk_at("a.sql", line)]
    assert right == [*range(7, 14), *range(23, 30)]
    hunk = patch.hunk_at("a.sql", 10)
    assert hunk is not None
    assert hunk.right[10] == "changed"
    assert hunk.left[10] == "line 10"
    assert hunk.added == {10}
    assert patch.hunk_at("a.sql", 10) is not patch.hunk_at("a.sql", 25)


def test_a_new_file_takes_comments_on_every_line(repository: Repository) -> None:
    before = repository.commit({})
    after = repository.commit({"new.sql": "one\ntwo"})

    file = patch_between(repository, before, after).files["new.sql"]

    assert file.is_new
    assert file.previous_path is None
    assert file.hunk_at(1)
    assert file.hunk_at(2)
    assert not file.hunk_at(3)


def test_a_deleted_file_takes_comments_on_its_left_side(repository: Repository) -> None:
    before = repository.commit({"old.sql": "one\ntwo\n"})
    after = repository.commit({"old.sql": None})

    file = patch_between(repository, before, after).files["old.sql"]

    assert file.is_deleted
    assert file.hunk_at(2, "LEFT")
    assert not file.hunk_at(2, "RIGHT")


def test_a_renamed_file_keeps_both_names(repository: Repository) -> None:
    before = repository.commit({"a b.sql": numbered(20), "same.sql": "exactly\nthis\n"})
    after = repository.commit(
        {
            "a b.sql": None,
            "c d.sql": numbered(20, l9="other\n"),
            "same.sql": None,
            "moved.sql": "exactly\nthis\n",
        }
    )

    patch = patch_between(repository, before, after)

    assert patch.files["c d.sql"].previous_path == "a b.sql"
    assert patch.hunk_at("c d.sql", 9)
    assert patch.files["moved.sql"].previous_path == "same.sql"
    assert not patch.hunk_at("moved.sql", 1)


@pytest.mark.parametrize("name", ['q"uote.sql', "tab\tname.sql", "naïve 表.sql", "back\\slash.sql"])
def test_strange_names_are_read_as_git_quotes_them(repository: Repository, name: str) -> None:
    before = repository.commit({name: "one\n"})
    after = repository.commit({name: "two\n"})

    assert patch_between(repository, before, after).hunk_at(name, 1)


def test_lines_that_look_like_headers_are_lines(repository: Repository) -> None:
    before = repository.commit({"a.sql": "-- a/b.sql\nkeep\n", "z.sql": "1\n"})
    after = repository.commit(
        {"a.sql": "++ b/evil.sql\nkeep\n\x0cform\u2028feed\n", "z.sql": "2\n"}
    )

    patch = patch_between(repository, before, after)

    assert set(patch.files) == {"a.sql", "z.sql"}
    assert patch.files["a.sql"].hunks[0].right[3] == "\x0cform\u2028feed"


def test_binary_and_mode_changes_have_no_lines(repository: Repository) -> None:
    before = repository.commit({"a.bin": b"\0\1", "run.sh": "x\n"})
    repository.write({"a.bin": b"\0\2"})
    (repository.path / "run.sh").chmod(0o755)
    after = repository.commit({})

    patch = patch_between(repository, before, after)

    assert patch.files["a.bin"].is_binary
    assert patch.files["run.sh"].hunks == ()


def test_a_file_too_large_for_github_takes_no_comment(repository: Repository) -> None:
    before = repository.commit({})
    after = repository.commit({"dump.sql": "x\n" * 20_001, "wide.sql": "y" * 600_000})

    patch = patch_between(repository, before, after)

    assert not patch.hunk_at("dump.sql", 1)
    assert not patch.hunk_at("wide.sql", 1)


def test_lines_are_found_again_in_another_state(repository: Repository) -> None:
    judged = repository.commit({"a.sql": "from base\n" + numbered(20), "base.sql": "x\n"})
    repository.git("checkout", "--quiet", "--orphan", "other")
    head_text = numbered(20).replace("line 7\n", "").replace("line 12\n", "line 12\nhead\n")
    head = repository.commit({"a.sql": head_text, "base.sql": None})

    shifts = patch_between(repository, judged, head, "-U0", "--no-renames", "--diff-filter=MD")
    lines = LineMap(shifts)

    texts = ("from base\n" + numbered(20)).splitlines()
    for number, text in enumerate(texts, start=1):
        there = lines.in_head("a.sql", number)
        if text in ("from base", "line 7"):
            assert there is None
        else:
            assert there is not None
            assert head_text.splitlines()[there - 1] == text
    assert lines.is_absent("base.sql")
    assert lines.in_head("base.sql", 1) is None
    assert lines.in_head("untouched.sql", 5) == 5


def test_what_github_leaves_out_of_a_large_pull_request_is_not_commented_on() -> None:
    patch = read_patch("".join(f"diff --git a/{p} b/{p}\n" for p in ("a/2999", "a/3000", "z")))
    changed = [f"a/{number:04}" for number in range(3000)] + ["old"]
    assert set(shown_by_github(patch, changed, {"a/0000": "old"}).files) == {
        "a/2999",
        "a/3000",
        "z",
    }
    assert set(shown_by_github(patch, [*changed, "a/3000", "z"], {}).files) == {"a/2999"}


def test_a_quoted_name_with_an_escape_that_git_does_not_write_is_read_all_the_same() -> None:
    diff = 'diff --git "a/\\x" "b/\\9\\30"\nnew file mode 100644\nBinary files differ\n'
    assert read_patch(diff) is not None
