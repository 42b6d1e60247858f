"""The default that an organisation keeps in its `.github` repository."""

from __future__ import annotations

from tests.e2e.projects import DRIFT, PROJECT
from tests.e2e.quiet import settle
from tests.support.stack import Stack

WITHOUT_FILE = {path: text for path, text in PROJECT.items() if not path.startswith(".github")}
DEFAULT = (
    "trial: true\nfail-on: never\nrules:\n  schema-changed-without-migration: off\n"
    "  column-missing: notice\n"
)


def asked_for_the_default(stack: Stack, owner: str) -> list[str]:
    return [
        one.facts["path"]
        for one in stack.sandbox.requests
        if one.facts["path"].startswith(f"/repos/{owner}/.github/")
    ]


def test_a_repository_that_says_nothing_follows_its_organisation(stack: Stack) -> None:
    first = stack.new_repository(WITHOUT_FILE)
    owner = first.state.owner.login
    stack.sandbox.create_repository(f"{owner}/.github", {".github/driftline.yml": DEFAULT})

    run = first.open_pull_request("feature", DRIFT).wait_for_check()
    assert run.conclusion == "neutral" or run.conclusion == "success"
    assert "1 notice" in run.title

    asked = asked_for_the_default(stack, owner)
    second = stack.sandbox.create_repository(f"{owner}/other", WITHOUT_FILE)
    run = second.open_pull_request("feature", DRIFT).wait_for_check()
    assert "1 notice" in run.title
    assert asked_for_the_default(stack, owner) == asked, "what was read is remembered"


def test_what_a_repository_says_itself_wins(stack: Stack) -> None:
    repository = stack.new_repository(
        WITHOUT_FILE
        | {".github/driftline.yml": "rules:\n  column-missing: error\nfail-on: error\n"}
    )
    owner = repository.state.owner.login
    default = DEFAULT.replace("trial: true\n", "")
    stack.sandbox.create_repository(f"{owner}/.github", {".github/driftline.yml": default})

    run = repository.open_pull_request("feature", DRIFT).wait_for_check()

    assert (run.conclusion, run.title) == ("failure", "1 error")


def test_that_the_default_is_out_of_reach_is_told_once(stack: Stack) -> None:
    stack.names += 1
    owner = f"acme-{stack.names}"
    made = stack.sandbox.create_repository(f"{owner}/app", PROJECT, install=False)
    stack.sandbox.create_repository(
        f"{owner}/.github", {".github/driftline.yml": DEFAULT}, install=False
    )
    stack.sandbox.install(owner, ["app"])
    settle(stack)

    first = made.open_pull_request("one", DRIFT).wait_for_check()
    second = made.open_pull_request("two", DRIFT).wait_for_check()

    told = f"Driftline is not installed on `{owner}/.github`"
    assert told in first.summary
    assert told not in second.summary
