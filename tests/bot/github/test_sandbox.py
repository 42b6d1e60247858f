"""The adapter against the sandbox, which holds every request to GitHub's own description."""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Iterator

import pytest
from redis import Redis

from bot.github.app import App
from bot.github.client import GitHub
from bot.github.errors import Forbidden, Gone, NotFound, UnknownOutcome, Unprocessable
from bot.github.facts import (
    Action,
    Annotation,
    DraftComment,
    Output,
    Permission,
    PullRequest,
)
from bot.settings import Settings
from tests.sandbox import RepositoryHandle, Sandbox

FILES = {"README.md": "one\ntwo\nthree\n", "prisma/schema.prisma": "model A {\n  id Int @id\n}\n"}
CHANGE = {"prisma/schema.prisma": "model A {\n  id Int @id\n  name String\n  age Int\n}\n"}
SCHEMA = "prisma/schema.prisma"


@pytest.fixture(scope="module")
def world() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(world: Sandbox) -> Iterator[Sandbox]:
    before = len(world.violations)
    yield world
    assert world.violations[before:] == []


@pytest.fixture
def owner(request: pytest.FixtureRequest) -> str:
    """An account of the test's own, in a GitHub that the tests share."""
    return f"octo-{zlib.crc32(request.node.name.encode()):x}"


@pytest.fixture
def hello(sandbox: Sandbox, owner: str) -> RepositoryHandle:
    return sandbox.create_repository(f"{owner}/hello", FILES)


@pytest.fixture
def there(settings: Settings, sandbox: Sandbox) -> Settings:
    """Settings for the sandbox's App."""
    return dataclasses.replace(
        settings,
        app_id=str(sandbox.app.id),
        private_key=sandbox.app.private_key,
        github_url=sandbox.api_url,
    )


@pytest.fixture
def github(
    there: Settings, redis: Redis, sandbox: Sandbox, hello: RepositoryHandle, owner: str
) -> Iterator[GitHub]:
    installation = sandbox.install(owner)
    with GitHub.connect(there, redis, installation.id, hello.state.id, f"{owner}/hello") as github:
        yield github


def test_a_pull_request_is_told_as_it_is(
    github: GitHub, hello: RepositoryHandle, owner: str
) -> None:
    handle = hello.open_pull_request("topic", CHANGE, title="Add a name", user="mona")
    pull = github.pull_request(handle.number)
    assert pull == PullRequest(
        number=1,
        title="Add a name",
        state="open",
        is_draft=False,
        is_locked=False,
        is_merged=False,
        head=pull.head,
        base=pull.base,
        author=pull.author,
        url=handle.url,
        changed_files=1,
        merge_commit_sha=pull.merge_commit_sha,
    )
    assert (pull.head.sha, pull.head.ref, pull.head.repository) == (
        handle.head_sha,
        "topic",
        f"{owner}/hello",
    )
    assert (pull.base.sha, pull.base.ref) == (hello.branch_sha(), "main")
    assert (pull.author.login, pull.author.is_bot) == ("mona", False)
    assert not pull.is_fork
    assert pull.is_open


def test_a_pull_request_that_changed_is_told_so(
    github: GitHub, hello: RepositoryHandle, owner: str
) -> None:
    stranger = f"stranger-{owner}"
    handle = hello.open_pull_request("topic", CHANGE, user=stranger, fork=True, draft=True)
    handle.lock()
    pull = github.pull_request(handle.number)
    assert (pull.is_fork, pull.is_draft, pull.is_locked) == (True, True, True)
    assert pull.head.repository == f"{stranger}/hello"
    handle.set_draft(False)
    handle.merge()
    merged = github.pull_request(handle.number)
    assert (merged.is_merged, merged.state, merged.is_open) == (True, "closed", False)


def test_pull_requests_are_found_by_their_head(
    github: GitHub, hello: RepositoryHandle, owner: str
) -> None:
    stranger = f"stranger-{owner}"
    near = hello.open_pull_request("near", CHANGE)
    far = hello.open_pull_request("far", {"README.md": "x\n"}, user=stranger, fork=True)
    closed = hello.open_pull_request("closed", {"README.md": "y\n"})
    closed.close()
    assert [pull.number for pull in github.open_pull_requests()] == [far.number, near.number]
    for handle in (near, far):
        assert [pull.number for pull in github.pull_requests_of(handle.head_sha)] == [handle.number]
    assert github.pull_requests_of(closed.head_sha) == ()
    assert github.pull_requests_of("0" * 40) == ()


def test_files_and_comparisons_are_read(github: GitHub, hello: RepositoryHandle) -> None:
    handle = hello.open_pull_request("topic", {**CHANGE, "new file.sql": "select 1;\n"})
    files = {file.path: file for file in github.changed_files(handle.number)}
    assert {path: file.status for path, file in files.items()} == {
        SCHEMA: "modified",
        "new file.sql": "added",
    }
    assert "+  name String" in (files[SCHEMA].patch or "")
    behind = hello.commit({"README.md": "four\n"})
    comparison = github.compare("main", "topic")
    assert (comparison.ahead_by, comparison.behind_by) == (1, 1)
    assert comparison.merge_base_sha != behind
    assert {file.path for file in comparison.files} == set(files)


@pytest.mark.parametrize(
    ("role", "permission"),
    [
        ("admin", Permission.ADMIN),
        ("maintain", Permission.WRITE),
        ("write", Permission.WRITE),
        ("triage", Permission.READ),
        ("read", Permission.READ),
        (None, Permission.NONE),
    ],
)
def test_what_a_person_may_do_is_asked(
    github: GitHub, hello: RepositoryHandle, role: str | None, permission: Permission
) -> None:
    hello.world.account("mona")
    if role is not None:
        hello.add_collaborator("mona", role)  # type: ignore[arg-type]
    assert github.permission("mona") is permission
    assert permission.may_write == (role in ("admin", "maintain", "write"))


def test_an_unknown_account_may_do_nothing(github: GitHub) -> None:
    assert github.permission("nobody[bot]") is Permission.NONE


def test_a_check_run_lives_from_start_to_end(github: GitHub, hello: RepositoryHandle) -> None:
    handle = hello.open_pull_request("topic", CHANGE)
    started = github.create_check_run(
        "Driftline", handle.head_sha, output=Output("Reading", "Reading the schema."),
        external_id="serial 1",
    )  # fmt: skip
    assert (started.status, started.conclusion, started.external_id) == (
        "in_progress",
        None,
        "serial 1",
    )
    assert not started.is_completed
    ended = github.update_check_run(
        started.id,
        conclusion="failure",
        output=Output("1 problem", "A column is missing.", "More.", (remark(1),)),
        actions=(Action("Re-check", "Look again", "recheck"),),
    )
    assert (ended.is_completed, ended.conclusion, ended.title, ended.annotations_count) == (
        True,
        "failure",
        "1 problem",
        1,
    )
    assert ended.completed_at is not None
    assert github.check_run(started.id) == ended
    assert [run.id for run in github.check_runs(handle.head_sha, "Driftline")] == [started.id]
    assert github.check_runs(handle.head_sha, "Other") == ()
    shown = handle.check_run()
    assert shown is not None
    assert [action["identifier"] for action in shown.actions] == ["recheck"]


@pytest.mark.parametrize("count", [0, 1, 50, 51, 100, 120])
def test_annotations_go_fifty_a_request_and_the_last_concludes(
    github: GitHub, sandbox: Sandbox, hello: RepositoryHandle, count: int
) -> None:
    handle = hello.open_pull_request("topic", CHANGE)
    before = len(sandbox.requests)
    run = github.create_check_run(
        "Driftline",
        handle.head_sha,
        conclusion="failure",
        output=Output("T", "S", annotations=tuple(remark(n + 1) for n in range(count))),
        actions=(Action("Re-check", "Look again", "recheck"),),
    )
    assert (run.annotations_count, run.conclusion) == (count, "failure")
    sent = [each.facts["body"] for each in sandbox.requests[before:] if "check-runs" in each.text]
    assert len(sent) == max(1, -(-count // 50))
    assert ["conclusion" in body for body in sent] == [False] * (len(sent) - 1) + [True]
    shown = handle.check_run()
    assert shown is not None
    assert len(shown.annotations) == count


def test_an_append_of_unknown_outcome_goes_on_where_it_was_left(
    github: GitHub, sandbox: Sandbox, hello: RepositoryHandle
) -> None:
    handle = hello.open_pull_request("topic", CHANGE)
    run = github.create_check_run("Driftline", handle.head_sha)
    output = Output("T", "S", annotations=tuple(remark(n + 1) for n in range(120)))
    sandbox.misbehave("502-after", "PATCH *check-runs*")
    with pytest.raises(UnknownOutcome):
        github.update_check_run(run.id, conclusion="failure", output=output)
    there = github.check_run(run.id).annotations_count
    done = github.update_check_run(
        run.id, conclusion="failure", output=output, skip_annotations=there
    )
    assert (there, done.annotations_count, done.conclusion) == (50, 120, "failure")


def test_a_check_run_of_unknown_outcome_is_found_again(
    github: GitHub, sandbox: Sandbox, hello: RepositoryHandle
) -> None:
    handle = hello.open_pull_request("topic", CHANGE)
    sandbox.misbehave("502-after", "POST *check-runs")
    with pytest.raises(UnknownOutcome):
        github.create_check_run("Driftline", handle.head_sha)
    assert len(github.check_runs(handle.head_sha, "Driftline")) == 1


def test_what_github_would_refuse_is_not_sent(github: GitHub) -> None:
    button = Action("Re-check", "Look again", "recheck")
    with pytest.raises(ValueError, match="65535 bytes"):
        github.update_check_run(1, output=Output("T", "é" * 40_000))
    with pytest.raises(ValueError, match="at most 3 buttons"):
        github.update_check_run(1, actions=[button] * 4)
    with pytest.raises(ValueError, match="needs a conclusion"):
        github.update_check_run(1, status="completed")
    with pytest.raises(ValueError, match="demands a body"):
        github.create_review(1, "a" * 40, "", ())
    assert github.calls == 0


def test_a_review_is_made_read_answered_edited_and_deleted(
    github: GitHub, hello: RepositoryHandle
) -> None:
    handle = hello.open_pull_request("topic", CHANGE)
    review = github.create_review(
        handle.number,
        handle.head_sha,
        "Two remarks.",
        [
            DraftComment(SCHEMA, "On a line", 3),
            DraftComment(SCHEMA, "On lines", 4, start_line=3),
        ],
    )
    assert (review.state, review.body, review.author.login) == (
        "COMMENTED",
        "Two remarks.",
        github.me(),
    )
    assert [each.id for each in github.reviews(handle.number)] == [review.id]
    one, many = github.review_comments(handle.number)
    assert (one.body, one.line, one.start_line, one.side, one.path) == (
        "On a line",
        3,
        None,
        "RIGHT",
        SCHEMA,
    )
    assert (many.line, many.start_line, many.review_id) == (4, 3, review.id)
    assert one.author.is_bot
    reply = github.reply(handle.number, one, "Indeed.")
    assert reply.reply_to == one.id
    assert github.reply(handle.number, reply, "Again.").reply_to == one.id
    github.edit_review_comment(one.id, "Mended.")
    github.react_to_review_comment(one.id, "rocket")
    github.delete_review_comment(many.id)
    github.delete_review_comment(many.id)
    assert [each.body for each in github.review_comments(handle.number)] == [
        "Mended.",
        "Indeed.",
        "Again.",
    ]


def test_a_range_of_one_line_is_sent_as_a_line(github: GitHub, hello: RepositoryHandle) -> None:
    """GitHub answers `start_line == line` with 422."""
    handle = hello.open_pull_request("topic", CHANGE)
    comment = DraftComment(SCHEMA, "Here", 3, start_line=3)
    github.create_review(handle.number, handle.head_sha, "One remark.", [comment])
    assert github.review_comments(handle.number)[0].start_line is None


def test_a_review_outside_the_diff_is_refused_whole(
    github: GitHub, hello: RepositoryHandle
) -> None:
    handle = hello.open_pull_request("topic", CHANGE)
    comments = [DraftComment(SCHEMA, "Here", 3), DraftComment("README.md", "There", 1)]
    with pytest.raises(Unprocessable):
        github.create_review(handle.number, handle.head_sha, "Two remarks.", comments)
    assert github.review_comments(handle.number) == ()


def test_threads_are_read_with_their_comments(github: GitHub, hello: RepositoryHandle) -> None:
    handle = hello.open_pull_request("topic", CHANGE)
    comments = [DraftComment(SCHEMA, "One", 3), DraftComment(SCHEMA, "Two", 4)]
    github.create_review(handle.number, handle.head_sha, "Two remarks.", comments)
    handle.reply("mona", handle.review_comments()[0], "Why?")
    handle.resolve(handle.threads()[1], "octocat")
    first, second = github.review_threads(handle.number)
    assert [each.body for each in first.comments] == ["One", "Why?"]
    assert first.comments[0].id == github.review_comments(handle.number)[0].id
    assert f"{first.comments[0].login}[bot]" == github.me()
    assert (first.comments[0].is_bot, first.comments[1].is_bot) == (True, False)
    assert (first.path, first.is_resolved, second.is_resolved) == (SCHEMA, False, True)


def test_a_thread_is_not_resolved_without_the_permission(
    github: GitHub, hello: RepositoryHandle
) -> None:
    handle = hello.open_pull_request("topic", CHANGE)
    comments = [DraftComment(SCHEMA, "One", 3)]
    github.create_review(handle.number, handle.head_sha, "One remark.", comments)
    (thread,) = github.review_threads(handle.number)
    assert github.resolve_threads([thread.id]) == frozenset()
    assert not github.review_threads(handle.number)[0].is_resolved


def test_a_thread_is_resolved_where_contents_may_be_written(
    there: Settings, redis: Redis, sandbox: Sandbox, owner: str
) -> None:
    hello = sandbox.create_repository(f"{owner}/hello", FILES, install=False)
    granted = {**sandbox.app.permissions, "contents": "write"}
    installation = sandbox.install(owner, permissions=granted)
    handle = hello.open_pull_request("topic", CHANGE)
    with GitHub.connect(there, redis, installation.id, hello.state.id, f"{owner}/hello") as github:
        comments = [DraftComment(SCHEMA, "One", 3)]
        github.create_review(handle.number, handle.head_sha, "One remark.", comments)
        (thread,) = github.review_threads(handle.number)
        assert github.resolve_threads([thread.id]) == {thread.id}
        assert github.review_threads(handle.number)[0].is_resolved


def test_comments_are_edited_and_deleted_in_one_request(
    github: GitHub, sandbox: Sandbox, hello: RepositoryHandle
) -> None:
    handle = hello.open_pull_request("topic", CHANGE)
    drafts = [DraftComment(SCHEMA, text, 3) for text in ("One", "Two", "Three", "Four")]
    github.create_review(handle.number, handle.head_sha, "Four remarks.", drafts)
    one, two, three, four = (each.node_id for each in github.review_comments(handle.number))
    github.delete_review_comment(handle.review_comments()[3].id)
    before = len(sandbox.requests)
    changed = github.revise_review_comments({one: "1", two: 'a "2" }', four: "4"}, [three])
    assert len(sandbox.requests) == before + 1
    assert changed == {one, two, three}
    assert [each.body for each in github.review_comments(handle.number)] == ["1", 'a "2" }']


def test_more_comments_than_one_request_takes_are_edited_in_turn(
    github: GitHub, hello: RepositoryHandle
) -> None:
    handle = hello.open_pull_request("topic", CHANGE)
    drafts = [DraftComment(SCHEMA, f"{number}", 3) for number in range(60)]
    github.create_review(handle.number, handle.head_sha, "Many remarks.", drafts)
    nodes = [each.node_id for each in github.review_comments(handle.number)]
    assert github.revise_review_comments(dict.fromkeys(nodes, "Mended.")) == set(nodes)


def test_the_conversation_is_written_and_read(github: GitHub, hello: RepositoryHandle) -> None:
    handle = hello.open_pull_request("topic", CHANGE)
    asked = handle.comment("mona", "/recheck")
    github.react(asked.id, "eyes")
    github.react(asked.id, "eyes")
    answer = github.create_issue_comment(handle.number, "Done.")
    github.edit_issue_comment(answer.id, "Done, really.")
    assert [each.body for each in github.issue_comments(handle.number)] == [
        "/recheck",
        "Done, really.",
    ]
    github.delete_issue_comment(answer.id)
    github.delete_issue_comment(answer.id)
    assert [each.author.login for each in github.issue_comments(handle.number)] == ["mona"]


def test_a_locked_conversation_is_forbidden(github: GitHub, hello: RepositoryHandle) -> None:
    handle = hello.open_pull_request("topic", CHANGE)
    handle.lock()
    with pytest.raises(Forbidden, match="locked"):
        github.create_issue_comment(handle.number, "Hello")


def test_what_does_not_exist_is_not_found(github: GitHub) -> None:
    with pytest.raises(NotFound):
        github.pull_request(404)
    with pytest.raises(NotFound):
        github.review_threads(404)


def test_an_expired_token_is_renewed_in_mid_job(
    github: GitHub, sandbox: Sandbox, hello: RepositoryHandle
) -> None:
    handle = hello.open_pull_request("topic", CHANGE)
    github.pull_request(handle.number)
    sandbox.expire_tokens()
    github.create_issue_comment(handle.number, "Hello")
    assert len(handle.comments()) == 1


def test_a_repository_is_found_after_a_rename(
    github: GitHub, hello: RepositoryHandle, sandbox: Sandbox, owner: str
) -> None:
    handle = hello.open_pull_request("topic", CHANGE)
    hello.rename("goodbye")
    assert github.repository().name == f"{owner}/goodbye"
    assert github.git_url == f"{sandbox.url}/{owner}/goodbye.git"
    assert github.pull_request(handle.number).number == handle.number


def test_a_rename_between_two_requests_does_no_harm(
    github: GitHub, hello: RepositoryHandle, owner: str
) -> None:
    handle = hello.open_pull_request("topic", CHANGE)
    github.pull_request(handle.number)
    hello.rename("goodbye")
    assert github.pull_request(handle.number).number == handle.number
    assert [pull.number for pull in github.open_pull_requests()] == [handle.number]
    github.create_issue_comment(handle.number, "Hello")
    assert len(github.issue_comments(handle.number)) == 1
    assert github.repository().name == f"{owner}/goodbye"


@pytest.mark.parametrize("is_removed", [True, False])
def test_an_installation_that_ends_in_mid_job_is_gone(
    github: GitHub, sandbox: Sandbox, hello: RepositoryHandle, is_removed: bool, owner: str
) -> None:
    handle = hello.open_pull_request("topic", CHANGE)
    github.pull_request(handle.number)
    installation = sandbox.install(owner)
    if is_removed:
        sandbox.uninstall(installation)
    else:
        sandbox.suspend(installation)
    with pytest.raises(Gone):
        github.pull_request(handle.number)
    with pytest.raises(Gone):
        github.create_issue_comment(handle.number, "Hello")


def test_a_repository_outside_the_installation_is_gone(
    there: Settings, redis: Redis, sandbox: Sandbox, owner: str
) -> None:
    hello = sandbox.create_repository(f"{owner}/hello", FILES, install=False)
    other = sandbox.create_repository(f"{owner}/other", FILES, install=False)
    installation = sandbox.install(owner, repositories=["other"])
    assert other.state.id in (installation.repositories or ())
    id_ = hello.state.id
    github = GitHub.connect(there, redis, installation.id, id_, f"{owner}/hello")
    with github, pytest.raises(Gone):
        github.repository()


def test_every_call_is_counted(github: GitHub, sandbox: Sandbox, hello: RepositoryHandle) -> None:
    handle = hello.open_pull_request("topic", CHANGE)
    before = len(sandbox.requests)
    github.pull_request(handle.number)
    github.git_token()
    github.me()
    github.resolve_threads(["PRRT_none"])
    assert github.calls == len(sandbox.requests) - before == 5
    assert github.limit_left is not None


def test_the_app_knows_its_installations(
    there: Settings, redis: Redis, sandbox: Sandbox, hello: RepositoryHandle, owner: str
) -> None:
    sandbox.create_repository(f"solo-{owner}/one", FILES)
    sandbox.suspend(sandbox.install(f"solo-{owner}"))
    app = App.connect(there, redis)
    found = {each.account: each for each in app.installations()}
    assert (found[owner].is_suspended, found[f"solo-{owner}"].is_suspended) == (False, True)
    assert found[owner].permissions["checks"] == "write"
    assert app.installation(found[owner].id) == found[owner]
    assert app.installation_of(f"{owner}/hello").id == found[owner].id
    assert [each.name for each in app.repositories(found[owner].id)] == [f"{owner}/hello"]
    with pytest.raises(Gone):
        app.installation(999_999)
    with pytest.raises(NotFound):
        app.installation_of(f"{owner}/nothing")


def test_the_repositories_of_an_installation_outlive_its_token(
    there: Settings, redis: Redis, sandbox: Sandbox, hello: RepositoryHandle, owner: str
) -> None:
    app = App.connect(there, redis)
    number = app.installation_of(f"{owner}/hello").id
    app.repositories(number)
    sandbox.expire_tokens()
    assert [each.name for each in app.repositories(number)] == [f"{owner}/hello"]


def test_failed_deliveries_are_found_and_sent_again(
    there: Settings, redis: Redis, sandbox: Sandbox, hello: RepositoryHandle
) -> None:
    from tests.support.ports import closed_port

    sandbox.app.webhook_url = f"http://127.0.0.1:{closed_port()}/webhooks/github"
    hello.open_pull_request("topic", CHANGE)
    sandbox.drain()
    app = App.connect(there, redis)
    failed = [
        each
        for each in app.deliveries()
        if each.event == "pull_request" and each.repository_id == hello.state.id
    ]
    assert [each.is_ok for each in failed] == [False]
    assert (failed[0].action, failed[0].is_redelivery) == ("opened", False)
    app.redeliver(failed[0].id)
    sandbox.drain()
    newest = next(iter(app.deliveries()))
    assert (newest.guid, newest.is_redelivery) == (failed[0].guid, True)
    assert newest.id in [each.id for each in app.deliveries(only_failed=True)]
    assert all(not each.is_ok for each in app.deliveries(only_failed=True))


def remark(line: int) -> Annotation:
    return Annotation(
        SCHEMA, line, line, "warning", f"Remark {line}", title="T", start_column=1, end_column=3
    )
