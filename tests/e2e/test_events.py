"""Each event that GitHub tells of, through HTTP, Redis, RQ, git and back."""

from __future__ import annotations

import time

from tests.e2e.projects import CLEAN, DOCS, DRIFT, LATER, MEND, OTHER_DRIFT, PROJECT, SCHEMA_PATH
from tests.e2e.quiet import settle
from tests.sandbox.handles import PullHandle, RepositoryHandle, wait_until
from tests.sandbox.state import CheckRun
from tests.support.stack import Stack


def opened(stack: Stack, files: dict[str, str], **more: object) -> PullHandle:
    repository = stack.new_repository(PROJECT)
    return repository.open_pull_request("feature", files, **more)  # type: ignore[arg-type]


def calls(stack: Stack, since: int = 0) -> list[str]:
    """What was asked of the API, `METHOD path`."""
    found = stack.sandbox.requests[since:]
    return [f"{one.facts['method']} {one.facts['path']}" for one in found]


def conclusions(stack: Stack, pull: PullHandle) -> int:
    """How often a check run of the pull request's repository was concluded."""
    runs = f"/repos/{pull.state.repository.full_name}/check-runs/"
    return sum(
        "conclusion" in (one.facts["body"] or {}) and one.facts["path"].startswith(runs)
        for one in stack.sandbox.requests
    )


def settled(stack: Stack, pull: PullHandle) -> int:
    """The same, once the review of the head has come to its end."""
    pull.wait_for_check()
    wait_until(lambda: conclusions(stack, pull), "the conclusion to be on record")
    return conclusions(stack, pull)


def concluded_again(stack: Stack, pull: PullHandle, before: int) -> CheckRun:
    """The head's run after another review of it."""
    wait_until(lambda: conclusions(stack, pull) > before, "another conclusion")
    return pull.wait_for_check()


def all_runs(repository: RepositoryHandle, sha: str) -> list[CheckRun]:
    return [run for run in repository.state.check_runs if run.head_sha == sha]


def test_a_pull_request_with_drift_is_commented_and_fails(stack: Stack) -> None:
    since = len(stack.sandbox.requests)
    pull = opened(stack, DRIFT)

    run = pull.wait_for_check()

    assert (run.conclusion, run.title) == ("failure", "1 error")
    assert [action["identifier"] for action in run.actions] == ["recheck", "fix"]
    (comment,) = pull.review_comments()
    assert (comment.path, comment.line) == (SCHEMA_PATH, 13)
    assert comment.body.startswith("`User.email` is declared, but no migration adds")
    assert comment.user.login == "driftline[bot]"
    (review,) = pull.reviews()
    assert review.state == "COMMENTED"
    assert review.body.startswith("This change brings 1 error.\n\n")
    assert len(calls(stack, since)) <= 15


def test_a_pull_request_without_drift_passes_silently(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    repository.open_pull_request("docs", DOCS).wait_for_check()  # the App knows the place now
    settle(stack)
    since = len(stack.sandbox.requests)

    pull = repository.open_pull_request("feature", CLEAN)

    assert pull.wait_for_check().conclusion == "success"
    assert pull.reviews() == []
    assert pull.comments() == []
    assert len(calls(stack, since)) <= 8


def test_a_pull_request_that_touches_no_database_passes_at_once(stack: Stack) -> None:
    run = opened(stack, DOCS).wait_for_check()

    assert (run.conclusion, run.title) == ("success", "Nothing of the database changes")


def test_a_push_is_reviewed_and_what_it_mends_is_closed(stack: Stack) -> None:
    pull = opened(stack, DRIFT)
    pull.wait_for_check()

    pull.push(MEND)

    assert pull.wait_for_check().conclusion == "success"
    (comment,) = pull.review_comments()
    assert comment.body.startswith(f"Mended in {pull.head_sha[:7]}.")


def test_a_push_does_not_repeat_what_stands_or_moved(stack: Stack) -> None:
    pull = opened(stack, DRIFT)
    pull.wait_for_check()

    moved = OTHER_DRIFT[SCHEMA_PATH].replace("model User", "// moved\n// down\n\nmodel User")
    pull.push({SCHEMA_PATH: moved})

    assert pull.wait_for_check().title == "2 errors"
    first, second = pull.review_comments()
    assert "`User.email`" in first.body
    assert "`User.phone`" in second.body
    assert len(pull.reviews()) == 2


def test_the_newest_of_two_fast_pushes_wins(stack: Stack) -> None:
    hold = stack.sandbox.misbehave("slow", "GET */compare/*", seconds=1.5)
    pull = opened(stack, DRIFT)
    old = pull.head_sha
    wait_until(lambda: hold.hits, "the review to begin")

    pull.push(OTHER_DRIFT)

    assert pull.wait_for_check().title == "2 errors"
    assert {comment.original_commit_id for comment in pull.review_comments()} == {pull.head_sha}
    repository = stack.sandbox.repository(pull.state.repository.full_name)
    stopped = wait_until(
        lambda: [run for run in all_runs(repository, old) if run.status == "completed"],
        "the older run's end",
    )
    assert [run.conclusion for run in stopped] == ["cancelled"]


def test_a_reopened_pull_request_is_reviewed_again(stack: Stack) -> None:
    pull = opened(stack, DRIFT)
    before = settled(stack, pull)
    pull.close()

    pull.reopen()

    assert concluded_again(stack, pull, before).conclusion == "failure"
    assert len(pull.review_comments()) == 1


def test_a_draft_is_analysed_and_commented_once_it_is_ready(stack: Stack) -> None:
    pull = opened(stack, DRIFT, draft=True)
    assert pull.wait_for_check().conclusion == "failure"
    assert pull.review_comments() == []

    pull.set_draft(False)

    wait_until(pull.review_comments, "comments")
    assert len(pull.review_comments()) == 1


def test_another_base_is_another_review(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    repository.commit(DRIFT, branch="next")
    pull = repository.open_pull_request("feature", {**DRIFT, **DOCS}, base="main")
    first = pull.wait_for_check()
    assert first.conclusion == "failure"

    pull.edit(base="next")

    run = wait_until(
        lambda: (run := pull.check_run()) and run.conclusion == "success" and run, "success"
    )
    assert run.title in ("No new drift", "Nothing of the database changes")


def test_a_closed_pull_request_stops_its_review(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    # A late review of another test's pull request must not be taken for this one's.
    name = repository.state.full_name
    hold = stack.sandbox.misbehave("slow", f"GET */{name}/compare/*", seconds=1.5)
    pull = repository.open_pull_request("feature", DRIFT)
    wait_until(lambda: hold.hits, "the review to begin")

    pull.close()

    assert pull.wait_for_check().conclusion == "cancelled"
    assert pull.review_comments() == []


def test_recheck_by_a_writer_is_obeyed(stack: Stack) -> None:
    pull = opened(stack, DRIFT)
    before = settled(stack, pull)

    comment = pull.comment("alice", "/recheck")

    concluded_again(stack, pull, before)
    assert [reaction.content for reaction in comment.reactions] == ["+1"]
    assert len(pull.review_comments()) == 1


def test_recheck_by_a_stranger_gets_a_reaction_and_nothing_else(stack: Stack) -> None:
    pull = opened(stack, DRIFT)
    before = settled(stack, pull)

    comment = pull.comment("mallory", "/recheck")

    wait_until(lambda: comment.reactions, "a reaction")
    assert [reaction.content for reaction in comment.reactions] == ["-1"]
    time.sleep(0.5)
    assert conclusions(stack, pull) == before
    assert len(pull.state.repository.check_runs) == 1


def test_help_and_explanations_are_given_once(stack: Stack) -> None:
    pull = opened(stack, DOCS)
    pull.wait_for_check()

    pull.comment("alice", "/driftline explain column-missing")
    pull.comment("alice", "/driftline nonsense")

    replies = wait_until(
        lambda: len(said := [one.body for one in pull.comments() if one.by_app]) == 2 and said,
        "two replies",
    )
    assert any("column-missing" in reply and "What it means" in reply for reply in replies)
    assert any("There is no command `/driftline nonsense`" in reply for reply in replies)


def test_a_delivery_that_comes_twice_is_one_review(stack: Stack) -> None:
    stack.sandbox.misbehave("double", "pull_request.opened")
    pull = opened(stack, DRIFT)
    pull.wait_for_check()
    stack.sandbox.drain()
    time.sleep(0.5)

    repository = stack.sandbox.repository(pull.state.repository.full_name)
    assert len(all_runs(repository, pull.head_sha)) == 1
    assert len(pull.reviews()) == 1


def test_re_run_of_the_check_and_of_its_suite(stack: Stack) -> None:
    pull = opened(stack, DRIFT)
    for press in (pull.rerequest, pull.rerequest_suite):
        before = settled(stack, pull)
        press(pull.wait_for_check())
        assert concluded_again(stack, pull, before).conclusion == "failure"
    assert len(pull.review_comments()) == 1


def test_the_buttons_of_the_check(stack: Stack) -> None:
    repository = stack.new_repository({**PROJECT, **DRIFT})
    pull = repository.open_pull_request("feature", OTHER_DRIFT)
    run = pull.wait_for_check()
    assert [action["identifier"] for action in run.actions] == ["recheck", "show-all", "fix"]
    assert run.annotations == []

    pull.press(run, "show-all")

    shown = wait_until(
        lambda: (run := pull.check_run()) and run.status == "completed" and run.annotations,
        "annotations",
    )
    assert [each["path"] for each in shown] == [SCHEMA_PATH]


def test_a_merge_group_is_judged_against_its_own_base(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    pull = repository.open_pull_request("feature", DRIFT)
    pull.wait_for_check()

    sha = pull.enqueue()

    runs = wait_until(
        lambda: [run for run in all_runs(repository, sha) if run.status == "completed"], "a run"
    )
    assert [(run.name, run.conclusion) for run in runs] == [("Driftline", "failure")]


def test_a_pull_request_out_of_a_fork(stack: Stack) -> None:
    pull = opened(stack, DRIFT, fork=True, user="mona")
    run = pull.wait_for_check()
    assert run.conclusion == "failure"
    assert len(pull.review_comments()) == 1
    before = settled(stack, pull)

    pull.rerequest(run)  # names no pull request, as GitHub does for forks

    concluded_again(stack, pull, before)
    pull.push(MEND)
    assert pull.wait_for_check().conclusion == "success"


def test_the_head_is_judged_on_what_its_base_has_gained(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    pull = repository.open_pull_request("feature", DRIFT)
    pull.wait_for_check()
    repository.commit(MEND, branch="main")

    pull.push(DOCS)

    assert pull.wait_for_check().conclusion == "success"


def test_a_bot_s_pull_request_is_reviewed_like_any(stack: Stack) -> None:
    pull = opened(stack, DRIFT, user="dependabot[bot]")

    assert pull.wait_for_check().conclusion == "failure"


def test_a_migration_that_is_deleted_is_commented_where_it_was(stack: Stack) -> None:
    repository = stack.new_repository({**PROJECT, **DRIFT, **MEND})
    pull = repository.open_pull_request("feature", {LATER: None, **DOCS})

    run = pull.wait_for_check()

    assert run.conclusion == "failure"
    (comment,) = [one for one in pull.review_comments() if one.path == LATER]
    assert (comment.side, comment.line) == ("LEFT", 1)
    assert "has landed and is deleted here" in comment.body
