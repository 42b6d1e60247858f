"""Repositories and installations that come, go and change, and bases that move on."""

from __future__ import annotations

import pytest
from redis import Redis

from tests.e2e.projects import (
    CLEAN,
    DOCS,
    DRIFT,
    LATER,
    MEND,
    OTHER_DRIFT,
    PROJECT,
    SCHEMA_PATH,
    schema,
)
from tests.e2e.quiet import settle
from tests.sandbox import reviews
from tests.sandbox.handles import PullHandle, RepositoryHandle, wait_until
from tests.support.stack import Stack

CONFIGURATION = ".github/driftline.yml"
RENAME = {LATER: 'ALTER TABLE "users" RENAME TO "people";\n'}
PHONE = "prisma/migrations/20240303000000_phone/migration.sql"
USERS = {
    PHONE: 'ALTER TABLE "users" ADD "phone" TEXT;\n',
    SCHEMA_PATH: schema("phone String?"),
}


def test_an_installation_brings_check_runs_and_comments_from_the_next_push_on(
    stack: Stack,
) -> None:
    repository = stack.sandbox.create_repository("newcomer/app", PROJECT, install=False)
    pulls = [repository.open_pull_request(f"topic-{n}", DRIFT) for n in range(3)]

    stack.sandbox.install("newcomer")

    for pull in pulls:
        run = pull.wait_for_check()
        assert run.conclusion == "failure"
        assert run.annotations
        assert pull.reviews() == []
    pulls[0].push(DOCS)
    wait_until(pulls[0].review_comments, "a comment")
    assert pulls[1].reviews() == []


def test_an_installation_on_an_empty_or_archived_repository_is_quiet(stack: Stack) -> None:
    stack.sandbox.create_repository("hollow/empty", {}, install=False)
    archived = stack.sandbox.create_repository("hollow/old", PROJECT, install=False)
    pull = archived.open_pull_request("feature", DRIFT)
    archived.archive()

    stack.sandbox.install("hollow")

    settle(stack)
    assert pull.check_runs() == []


def test_the_first_review_of_a_repository_links_to_the_documentation(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    first = repository.open_pull_request("one", DRIFT)
    first.wait_for_check()
    second = repository.open_pull_request("two", OTHER_DRIFT)
    second.wait_for_check()

    (one,), (two,) = first.reviews(), second.reviews()
    address = f"{stack.sandbox.url}/github-apps/driftline"
    assert f"[documentation]({address})" in one.body
    assert two.body.startswith("This change brings 2 errors")
    assert "documentation" not in two.body


@pytest.mark.parametrize(
    ("wish", "conclusion"), [("trial: true\n", "neutral"), ("on-unknown: neutral\n", "failure")]
)
def test_a_trial_comments_and_never_fails(stack: Stack, wish: str, conclusion: str) -> None:
    repository = stack.new_repository({**PROJECT, CONFIGURATION: wish})
    pull = repository.open_pull_request("feature", DRIFT)

    assert pull.wait_for_check().conclusion == conclusion
    assert len(pull.review_comments()) == 1


BROKEN = {SCHEMA_PATH: schema() + "model {{{\n"}


@pytest.mark.parametrize("wish", ["failure", "neutral"])
def test_what_a_change_makes_unknowable_ends_as_it_was_wished(stack: Stack, wish: str) -> None:
    repository = stack.new_repository({**PROJECT, CONFIGURATION: f"on-unknown: {wish}\n"})
    pull = repository.open_pull_request("feature", BROKEN)

    run = pull.wait_for_check()

    assert (run.conclusion, run.title) == (wish, "Could not tell whether there is drift")
    assert "### What could not be read" in (run.summary or "")


def test_what_was_unknowable_before_is_named_and_fails_nothing(stack: Stack) -> None:
    repository = stack.new_repository({**PROJECT, **BROKEN})
    pull = repository.open_pull_request("feature", {LATER: "SELECT 1;\n"})

    run = pull.wait_for_check()

    assert run.conclusion == "neutral"
    assert (run.title or "").endswith("could not be judged")
    assert "### What could not be read" in (run.summary or "")


def rejudged(stack: Stack, pull: PullHandle, conclusion: str) -> None:
    wait_until(
        lambda: (run := pull.check_run()) and run.conclusion == conclusion,
        f"the check of #{pull.number} to become {conclusion}",
    )
    settle(stack)


def test_a_merge_that_breaks_another_open_pull_request_has_it_judged_again(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    renaming = repository.open_pull_request(
        "rename", {**RENAME, SCHEMA_PATH: schema().replace('"users"', '"people"')}
    )
    adding = repository.open_pull_request("phone", USERS)
    docs = repository.open_pull_request("docs", DOCS)
    assert renaming.wait_for_check().conclusion == "success"
    assert adding.wait_for_check().conclusion == "success"
    docs.wait_for_check()
    settle(stack)
    before = len(stack.sandbox.requests)

    renaming.merge()

    rejudged(stack, adding, "failure")
    asked = [str(one.facts["path"]) for one in stack.sandbox.requests[before:]]
    assert not any(path.endswith(f"/pulls/{docs.number}") for path in asked)


def test_a_push_to_the_base_is_noticed_by_the_clock(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    pull = repository.open_pull_request("feature", DRIFT)
    assert pull.wait_for_check().conclusion == "failure"
    settle(stack)
    repository.commit(DOCS)
    round_is_due(stack)
    settle(stack)
    assert pull.wait_for_check().conclusion == "failure"
    before = runs_of(stack, pull)

    repository.commit(MEND)
    round_is_due(stack)

    rejudged(stack, pull, "success")
    assert runs_of(stack, pull) > before


def round_is_due(stack: Stack) -> None:
    redis = Redis.from_url(stack.redis_url)
    before = stack.workers[0].log.read_text().count('"round": "bases"')
    redis.delete("driftline:rounds:bases")
    wait_until(
        lambda: stack.workers[0].log.read_text().count('"round": "bases"') > before, "the round"
    )


def runs_of(stack: Stack, pull: PullHandle) -> int:
    name = f"PATCH /api/v3/repos/{pull.state.repository.full_name}/check-runs"
    return sum(
        f"{one.facts['method']} /api/v3{one.facts['path']}".startswith(name)
        or f"{one.facts['method']} {one.facts['path']}".startswith(name.replace("/api/v3", ""))
        for one in stack.sandbox.requests
    )


def in_the_middle(stack: Stack, repository: RepositoryHandle) -> PullHandle:
    """A pull request whose review waits for GitHub."""
    hold = stack.sandbox.misbehave("slow", f"GET */{repository.full_name}/compare/*", seconds=1.0)
    pull = repository.open_pull_request("feature", DRIFT)
    wait_until(lambda: hold.hits, "the review to begin")
    return pull


def test_a_repository_that_is_archived_in_the_middle_ends_quietly(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    pull = in_the_middle(stack, repository)

    repository.archive()

    settle(stack)
    assert pull.reviews() == []


def test_a_repository_that_is_disabled_in_the_middle_ends_quietly(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    pull = in_the_middle(stack, repository)

    repository.state.disabled = True

    settle(stack)
    assert pull.reviews() == []


def test_an_app_that_is_removed_in_the_middle_ends_quietly(stack: Stack) -> None:
    repository = stack.sandbox.create_repository("leaving/app", PROJECT, install=False)
    installation = stack.sandbox.install("leaving")
    pull = in_the_middle(stack, repository)

    stack.sandbox.uninstall(installation)

    settle(stack)
    assert pull.reviews() == []


def test_what_happened_while_the_app_was_suspended_is_made_up_for(stack: Stack) -> None:
    repository = stack.sandbox.create_repository("pausing/app", PROJECT, install=False)
    installation = stack.sandbox.install("pausing")
    stack.sandbox.suspend(installation)
    pull = repository.open_pull_request("feature", DRIFT)
    settle(stack)
    assert pull.check_runs() == []

    stack.sandbox.suspend(installation, False)

    assert pull.wait_for_check().conclusion == "failure"


def test_a_repository_that_was_transferred_is_reviewed_under_its_new_owner(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    pull = repository.open_pull_request("feature", DRIFT)
    pull.wait_for_check()
    stack.sandbox.create_repository("heir/other", PROJECT)
    repository.transfer("heir")

    pull.push(MEND)

    wait_until(
        lambda: (run := pull.check_run()) and run.conclusion == "success", "the check to pass"
    )


def test_a_fork_of_a_private_repository_is_reviewed(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT, private=True)
    repository.add_collaborator("mona", "read")
    pull = repository.open_pull_request("feature", DRIFT, fork=True, user="mona")

    assert pull.wait_for_check().conclusion == "failure"
    assert len(pull.review_comments()) == 1


def test_the_re_check_of_a_merge_group_reviews_it_again(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    pull = repository.open_pull_request("feature", DRIFT)
    pull.wait_for_check()
    sha = pull.enqueue()
    first = wait_until(
        lambda: [r for r in repository.check_runs(sha) if r.status == "completed"], "a run"
    )[0]
    settle(stack)
    patches = runs_of(stack, pull)

    pull.press(first, "recheck")

    wait_until(lambda: runs_of(stack, pull) > patches, "another review")
    settle(stack)
    assert [run.conclusion for run in repository.check_runs(sha)] == ["failure"]


def test_a_force_push_leaves_one_comment(stack: Stack) -> None:
    pull = stack.new_repository(PROJECT).open_pull_request("feature", CLEAN)
    pull.wait_for_check()
    pull.push(OTHER_DRIFT)
    pull.wait_for_check()

    pull.push({SCHEMA_PATH: OTHER_DRIFT[SCHEMA_PATH], **MEND}, force=True)

    assert pull.wait_for_check().title == "1 error"
    settle(stack)
    assert len([one for one in pull.review_comments() if "driftline:finding" in one.body]) == 1


def test_a_commit_by_the_app_itself_is_reviewed_and_answered_by_no_fix(stack: Stack) -> None:
    pull = stack.new_repository(PROJECT).open_pull_request("feature", DRIFT)
    pull.wait_for_check()

    pull.push(MEND, user="driftline[bot]")

    assert pull.wait_for_check().conclusion == "success"
    settle(stack)
    assert pull.comments() == []


def test_what_slipped_through_twice_is_removed_by_the_next_review_and_counted(
    stack: Stack,
) -> None:
    pull = stack.new_repository(PROJECT).open_pull_request("feature", DRIFT)
    pull.wait_for_check()
    (comment,) = pull.review_comments()
    again = {"path": comment.path, "line": comment.line, "side": "RIGHT", "body": comment.body}
    request = {"event": "COMMENT", "body": "Twice.", "comments": [again]}
    bot = stack.sandbox.world.app.bot
    reviews.create_review(stack.sandbox.world, pull.state, bot, request, by_app=True)

    pull.comment("alice", "/recheck")

    wait_until(lambda: len(pull.review_comments()) == 1, "one of them to go")
    wait_until(lambda: '"doubled": 1' in stack.workers[0].log.read_text(), "the count")


def test_no_comment_goes_that_somebody_answered(stack: Stack) -> None:
    pull = stack.new_repository(PROJECT).open_pull_request("feature", DRIFT)
    pull.wait_for_check()
    (comment,) = pull.review_comments()
    pull.reply("alice", comment, "We do this by hand.")

    pull.push(MEND)

    assert pull.wait_for_check().conclusion == "success"
    settle(stack)
    assert pull.review_comments()[0].body == comment.body
    assert comment.body.startswith("`User.email`")


def test_the_check_that_two_pull_requests_share_passes_neither_alone(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    repository.commit(MEND, branch="next", start="main")
    onto_main = repository.open_pull_request("feature", DRIFT, base="main")
    assert onto_main.wait_for_check().conclusion == "failure"
    settle(stack)
    onto_next = repository.open_pull_request("feature", base="next")
    settle(stack)
    assert onto_next.head_sha == onto_main.head_sha
    run = onto_next.wait_for_check()
    assert (run.conclusion, run.title) == ("failure", f"#{onto_main.number} of the same head fails")
    assert run.summary is not None
    assert "has the same head and fails (1 error)" in run.summary

    onto_main.close()

    rejudged(stack, onto_next, "success")
