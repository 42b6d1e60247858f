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


def request(command: str, *arguments: str, login: str = "ada") -> CommandRequest:
    return CommandRequest(1, Repository(7, "acme/shop"), 3, 99, login, command, arguments)


@pytest.fixture
def github() -> FakeGitHub:
    fake = FakeGitHub()
    fake.permissions = {"ada": Permission.WRITE, "ro": Permission.READ}
    return fake


def ask(github: FakeGitHub, redis: Redis, asked: CommandRequest) -> bool:
    return answer(github, redis, asked, structlog.get_logger())


def test_recheck_is_for_people_who_may_write(github: FakeGitHub, redis: Redis) -> None:
    assert ask(github, redis, request("recheck"))
    assert not ask(github, redis, request("recheck", login="ro"))
    assert not ask(github, redis, request("recheck", login="nobody"))
    assert github.reactions == [(99, "+1"), (99, "-1"), (99, "-1")]
    assert github.said == []


def test_a_rule_is_explained(github: FakeGitHub, redis: Redis) -> None:
    assert not ask(github, redis, request("explain", "column-missing"))
    assert github.said[0].startswith("**column-missing** (drift, error unless configured)")


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
