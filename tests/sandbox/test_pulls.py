"""Pull requests as PyGithub sees them: files, patches, compare, refs, media types."""

from __future__ import annotations

import pytest
from github import GithubException

from tests.sandbox import Entry, PullHandle, RepositoryHandle, Sandbox
from tests.sandbox.conftest import TABLE, Client
from tests.sandbox.git import ZERO


def test_files_carry_the_patch_that_git_makes(pull: PullHandle, client: Client) -> None:
    files = {file.filename: file for file in client.pull().get_files()}
    assert files["db/a.sql"].status == "modified"
    assert files["db/a.sql"].patch == (
        "@@ -1,5 +1,5 @@\n create table a (\n   id int,\n-  name text,\n+  title text,\n"
        "   note text\n );"
    )
    assert files["db/b.sql"].status == "added"
    assert files["db/b.sql"].patch == "@@ -0,0 +1 @@\n+select 1;"


def test_a_renamed_file_names_where_it_came_from(
    repository: RepositoryHandle, client: Client
) -> None:
    repository.open_pull_request("move", {"db/a.sql": None, "db/z.sql": TABLE})
    (file,) = client.pull().get_files()
    assert (file.status, file.previous_filename, file.filename) == (
        "renamed",
        "db/a.sql",
        "db/z.sql",
    )
    assert file.patch is None


def test_binary_files_symlinks_and_missing_last_newlines_are_told_as_github_does(
    repository: RepositoryHandle, client: Client
) -> None:
    files = {
        "image.png": b"\x89PNG\0\0",
        "link": Entry("120000", "/etc/passwd"),
        "no-newline.sql": "select 1",
    }
    repository.open_pull_request("odd", files)
    found = {file.filename: file.patch for file in client.pull().get_files()}
    assert found["image.png"] is None
    assert found["link"] == "@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file"
    assert found["no-newline.sql"] == "@@ -0,0 +1 @@\n+select 1\n\\ No newline at end of file"


def test_the_diff_is_taken_from_the_merge_base(
    pull: PullHandle, repository: RepositoryHandle, client: Client
) -> None:
    repository.commit({"other.sql": "select 2;\n"})
    assert [file.filename for file in client.pull().get_files()] == ["db/a.sql", "db/b.sql"]


def test_files_come_in_pages_and_end_at_three_thousand(
    repository: RepositoryHandle, client: Client
) -> None:
    many = {f"m/{number:05}.sql": f"select {number};\n" for number in range(3010)}
    repository.open_pull_request("many", many)
    pull = client.pull()
    assert pull.changed_files == 3010
    assert len(list(pull.get_files())) == 3000


def test_the_diff_media_type_is_refused_over_three_hundred_files(
    repository: RepositoryHandle, client: Client
) -> None:
    repository.open_pull_request("many", {f"{n}.sql": "x\n" for n in range(301)})
    requester = client.repository().requester
    status, _, body = requester.requestJson(
        "GET", "/repos/acme/app/pulls/1", headers={"Accept": "application/vnd.github.v3.diff"}
    )
    assert status == 406
    assert "maximum number of files" in body


def test_compare_names_the_merge_base_and_at_most_three_hundred_files(
    repository: RepositoryHandle, client: Client
) -> None:
    start = repository.branch_sha()
    repository.open_pull_request("many", {f"{n}.sql": "x\n" for n in range(310)})
    repository.commit({"later.sql": "x\n"})
    compared = client.repository().compare("main", "many")
    assert compared.merge_base_commit.sha == start
    assert (compared.status, compared.ahead_by, compared.behind_by) == ("diverged", 1, 1)
    assert len(compared.files) == 300


def test_a_fork_brings_its_commits_into_the_base_repository(
    github: Sandbox, repository: RepositoryHandle, client: Client
) -> None:
    pull = repository.open_pull_request("f", {"x.sql": "x\n"}, user="stranger", fork=True)
    seen = client.pull()
    assert seen.head.repo.full_name == "stranger/app"
    assert client.repository().get_commit(pull.head_sha).sha == pull.head_sha
    assert repository.state.git.refs("refs/pull/1").keys() >= {
        "refs/pull/1/head",
        "refs/pull/1/merge",
    }
    with pytest.raises(GithubException) as refused:
        client.installation().get_repo("stranger/app")
    assert refused.value.status == 404


def test_a_conflict_has_no_merge_commit(repository: RepositoryHandle, client: Client) -> None:
    repository.open_pull_request("clash", {"README.md": "One\n"})
    assert client.pull().mergeable is True
    repository.commit({"README.md": "Two\n"})
    assert client.pull().mergeable is False
    assert "refs/pull/1/merge" not in repository.state.git.refs("refs/pull/1")


def test_a_forced_push_moves_the_head_and_is_told_by_synchronize(
    github: Sandbox, pull: PullHandle
) -> None:
    before = pull.head_sha
    after = pull.push({"c.sql": "select 3;\n"}, force=True)
    github.drain()
    told = [one for one in github.deliveries if one.name == "pull_request.synchronize"]
    assert [(one.payload["before"], one.payload["after"]) for one in told] == [(before, after)]
    pushed = [one.payload for one in github.deliveries if one.name == "push"]
    assert pushed[0]["before"] == ZERO
    assert pushed[-1]["forced"] is True


def test_a_change_of_the_base_is_told_with_what_was_before(
    github: Sandbox, repository: RepositoryHandle, pull: PullHandle
) -> None:
    repository.commit({"x": "x\n"}, branch="release")
    pull.edit(base="release")
    github.drain()
    (edited,) = [one for one in github.deliveries if one.name == "pull_request.edited"]
    assert edited.payload["changes"]["base"]["ref"] == {"from": "main"}
    assert edited.payload["pull_request"]["base"]["ref"] == "release"


def test_contents_trees_and_blobs_are_read_at_any_commit(pull: PullHandle, client: Client) -> None:
    repository = client.repository()
    assert repository.get_contents("db/a.sql", ref="main").decoded_content == TABLE.encode()
    tree = repository.get_git_tree(pull.head_sha, recursive=True).tree
    shas = {entry.path: entry.sha for entry in tree}
    assert set(shas) == {"README.md", "db", "db/a.sql", "db/b.sql"}
    assert repository.get_git_blob(shas["db/b.sql"]).content.strip() == "c2VsZWN0IDE7Cg=="


def test_a_renamed_repository_is_found_by_its_old_name_and_its_id(
    repository: RepositoryHandle, client: Client
) -> None:
    number = repository.state.id
    repository.rename("renamed")
    for name in ("acme/app", number):
        found = client.installation().get_repo(name)
        assert found.raw_data["full_name"] == "acme/renamed"


def test_a_patch_of_more_than_twenty_thousand_lines_is_left_out(
    repository: RepositoryHandle, client: Client
) -> None:
    long = "".join(f"select {number};\n" for number in range(20_001))
    repository.open_pull_request("long", {"long.sql": long, "short.sql": "select 1;\n"})
    files = {file.filename: file for file in client.pull().get_files()}
    assert (files["long.sql"].additions, files["long.sql"].patch) == (20_001, None)


def test_a_webhook_comes_before_mergeability_is_known(
    github: Sandbox, pull: PullHandle, client: Client
) -> None:
    github.drain()
    told = github.deliveries[-1].payload["pull_request"]
    assert (told["mergeable"], told["mergeable_state"]) == (None, "unknown")
    assert client.pull().mergeable is True


def test_an_archived_repository_is_read_only(
    repository: RepositoryHandle, pull: PullHandle, client: Client
) -> None:
    found = client.pull()
    repository.archive()
    with pytest.raises(GithubException) as caught:
        found.create_issue_comment("Hello")
    assert caught.value.data["message"] == "Repository was archived so is read-only."


def test_a_pull_request_outlives_its_fork(
    github: Sandbox, repository: RepositoryHandle, client: Client
) -> None:
    repository.open_pull_request("f", {"x.sql": "x\n"}, user="stranger", fork=True)
    github.repository("stranger/app").delete()
    repository.pull(1).close()
    seen = client.repository().requester.requestJsonAndCheck("GET", "/repos/acme/app/pulls/1")[1]
    assert seen["head"]["repo"] is None
