"""Commands and what they are answered."""

from __future__ import annotations

import pytest
import structlog
from redis import Redis

from bot.github.errors import Forbidden, RateLimited, UnknownOutcome
from bot.github.facts import Permission
from bot.requests import CommandRequest, Repository
from tests.workers.fakes import FakeGitHub
from workers.replies import answer
from workers.review.ignoring import Answer


def request(command: str, *arguments: str, login: str = "ada") -> CommandRequest:
    return CommandRequest(1, Repository(7, "acme/shop"), 3, 99, login, command, arguments)


@pytest.fixture
def github() -> FakeGitHub:
    fake = FakeGitHub()
    fake.permissions = {"ada": Permission.WRITE, "ro": Permission.READ}
    return fake


def judge(asked: CommandRequest) -> Answer:
    return Answer(f"Judged for {asked.command}.", asked.command == "fix")


def ask(github: FakeGitHub, redis: Redis, asked: CommandRequest) -> bool:
    return answer(github, redis, asked, judge, structlog.get_logger())


def test_recheck_is_for_people_who_may_write(github: FakeGitHub, redis: Redis) -> None:
    assert ask(github, redis, request("recheck"))
    assert not ask(github, redis, request("recheck", login="ro"))
    assert not ask(github, redis, request("recheck", login="nobody"))
    assert github.reactions == [(99, "+1"), (99, "-1"), (99, "-1")]
    assert github.said == []


def test_a_rule_is_explained(github: FakeGitHub, redis: Redis) -> None:
    assert not ask(github, redis, request("explain", "column-missing"))
    assert github.said[0].startswith("**column-missing** (drift, error unless configured)")


def test_a_rule_that_is_misspelt_is_guessed(github: FakeGitHub, redis: Redis) -> None:
    ask(github, redis, request("explain", "colum-mising"))
    assert github.said[0].startswith("There is no rule `colum-mising`. Did you mean `column-m")
    assert github.reactions == [(99, "confused")]


@pytest.mark.parametrize(("command", "reaction"), [("fix", "+1"), ("ignore", "confused")])
def test_what_the_pull_request_itself_tells_is_judged(
    github: FakeGitHub, redis: Redis, command: str, reaction: str
) -> None:
    assert not ask(github, redis, request(command))
    assert github.said == [f"Judged for {command}."]
    assert github.reactions == [(99, reaction)]


def test_nothing_is_judged_for_people_who_may_not_write(github: FakeGitHub, redis: Redis) -> None:
    ask(github, redis, request("fix", login="ro"))
    assert github.said == []


@pytest.mark.parametrize("command", [("explain", "no-such"), ("explain",), ("dance",), ("help",)])
def test_everything_else_gets_an_answer(
    github: FakeGitHub, redis: Redis, command: tuple[str, ...]
) -> None:
    ask(github, redis, request(*command))
    assert len(github.said) == 1


def test_an_answer_is_given_once_however_often_the_job_runs(
    github: FakeGitHub, redis: Redis
) -> None:
    github.fail("create_issue_comment", UnknownOutcome("502"), after=True)
    ask(github, redis, request("help"))
    ask(github, redis, request("help"))
    assert len(github.said) == 1


def test_an_answer_that_had_to_wait_is_given_later(github: FakeGitHub, redis: Redis) -> None:
    github.fail("create_issue_comment", RateLimited("wait", retry_after=1))
    with pytest.raises(RateLimited):
        ask(github, redis, request("help"))
    ask(github, redis, request("help"))
    assert len(github.said) == 1


def test_a_reaction_that_is_refused_is_no_failure(github: FakeGitHub, redis: Redis) -> None:
    github.fail("react", Forbidden("locked"))
    assert ask(github, redis, request("recheck"))
