"""What each failure of GitHub means, and that no write is ever sent twice by accident."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

import pytest
from redis import Redis

from bot.github import transport
from bot.github.client import GitHub
from bot.github.errors import (
    Forbidden,
    GitHubError,
    Gone,
    NotFound,
    RateLimited,
    Unauthorized,
    Unavailable,
    UnknownOutcome,
    Unprocessable,
)
from bot.github.facts import Annotation, Output
from bot.settings import Settings
from tests.bot.github.conftest import TOKENS, token
from tests.bot.github.scripted import Answer, ScriptedServer
from tests.support.ports import closed_port

PULL = "GET /api/v3/repos/octo/hello/pulls/5"
COMMENT = "POST /api/v3/repos/octo/hello/issues/5/comments"
EDIT = "PATCH /api/v3/repos/octo/hello/issues/comments/9"
RUN = "PATCH /api/v3/repos/octo/hello/check-runs/3"
GRAPHQL = "POST /api/graphql"

A_PULL = {
    "number": 5,
    "state": "open",
    "head": {"sha": "a" * 40, "ref": "topic", "repo": None},
    "base": {"sha": "b" * 40, "ref": "main", "repo": {"id": 42, "full_name": "octo/hello"}},
    "user": None,
}
A_COMMENT = {"id": 9, "body": "Hello", "user": {"id": 1, "login": "driftline[bot]", "type": "Bot"}}
A_RUN = {"id": 3, "name": "Driftline", "head_sha": "a" * 40, "status": "in_progress"}
BAD_GATEWAY = Answer(502, {"message": "Server Error"})
HANG_UP = Answer(hangs_up=True)


def write(github: GitHub) -> object:
    return github.create_issue_comment(5, "Hello")


def write_often(github: GitHub, times: int) -> None:
    for _ in range(times):
        github.edit_issue_comment(9, "Hello")


def read(github: GitHub) -> object:
    return github.pull_request(5)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_PAUSES", (0.01, 0.01))


@pytest.mark.parametrize("failure", [BAD_GATEWAY, Answer(500), Answer(504), HANG_UP])
def test_a_read_is_tried_again(github: GitHub, server: ScriptedServer, failure: Answer) -> None:
    server.say(PULL, failure, failure, Answer(200, A_PULL))
    assert github.pull_request(5).number == 5
    assert server.count(PULL) == 3


@pytest.mark.parametrize("failure", [BAD_GATEWAY, HANG_UP])
def test_a_read_that_keeps_failing_is_unavailable(
    github: GitHub, server: ScriptedServer, failure: Answer
) -> None:
    server.say(PULL, failure)
    with pytest.raises(Unavailable):
        github.pull_request(5)
    assert server.count(PULL) == 3


@pytest.mark.parametrize(
    "failure",
    [BAD_GATEWAY, Answer(500), Answer(503), Answer(504), Answer(408), HANG_UP, Answer(200, b"<p>")],
)
def test_a_write_of_unknown_outcome_is_sent_once(
    github: GitHub, server: ScriptedServer, failure: Answer
) -> None:
    """It may have worked: sending it again would make a second comment (PyGithub/PyGithub#803)."""
    server.say(COMMENT, failure, Answer(201, A_COMMENT))
    with pytest.raises(UnknownOutcome):
        write(github)
    assert server.count(COMMENT) == 1


def test_a_write_that_waits_too_long_is_of_unknown_outcome(
    github: GitHub, server: ScriptedServer
) -> None:
    server.say(COMMENT, Answer(201, A_COMMENT, seconds=1.5))
    with pytest.raises(UnknownOutcome, match="ReadTimeout"):
        write(github)
    assert server.count(COMMENT) == 1


def test_an_edit_may_be_sent_again(github: GitHub, server: ScriptedServer) -> None:
    server.say(EDIT, BAD_GATEWAY, HANG_UP, Answer(200, A_COMMENT))
    github.edit_issue_comment(9, "Hello")
    assert server.count(EDIT) == 3


def test_appending_annotations_is_sent_once(github: GitHub, server: ScriptedServer) -> None:
    server.say(RUN, BAD_GATEWAY, Answer(200, A_RUN))
    remark = Annotation("a.sql", 1, 1, "notice", "Look")
    with pytest.raises(UnknownOutcome):
        github.update_check_run(3, output=Output("T", "S", annotations=(remark,)))
    assert server.count(RUN) == 1
    server.say(RUN, BAD_GATEWAY, Answer(200, A_RUN))
    github.update_check_run(3, conclusion="success", output=Output("T", "S"))
    assert server.count(RUN) == 3


@pytest.mark.parametrize("ask", [read, write])
def test_what_never_left_is_tried_again_and_then_unavailable(
    here: Settings, redis: Redis, server: ScriptedServer, ask: Callable[[GitHub], object]
) -> None:
    with GitHub.connect(here, redis, 7, 42, "octo/hello") as first:
        first.git_token()
        assert first.name == "octo/hello"
    away = dataclasses.replace(here, github_url=f"http://127.0.0.1:{closed_port()}/api/v3")
    with GitHub.connect(away, redis, 7, 42, "octo/hello") as github:
        with pytest.raises(Unavailable, match="cannot be reached"):
            ask(github)
        assert github.calls == 3


@pytest.mark.parametrize(
    ("answer", "least", "most"),
    [
        (Answer(403, {"message": "You have exceeded a secondary rate limit."}), 60, 60),
        (Answer(429, {"message": "Too many requests"}), 60, 60),
        (Answer(429, None), 60, 60),
        (Answer(403, {"message": "Slow down"}, {"Retry-After": "7"}), 7, 7),
        (Answer(429, {"message": "Slow down"}, {"Retry-After": "7"}), 7, 7),
        (Answer(403, {"message": "abuse detection mechanism triggered"}), 60, 60),
    ],
)
@pytest.mark.parametrize("ask", [read, write])
def test_a_limit_is_raised_at_once_with_the_time_to_wait(
    github: GitHub,
    server: ScriptedServer,
    ask: Callable[[GitHub], object],
    answer: Answer,
    least: float,
    most: float,
) -> None:
    server.say(PULL, answer)
    server.say(COMMENT, answer)
    started = time.monotonic()
    with pytest.raises(RateLimited) as caught:
        ask(github)
    assert time.monotonic() - started < 1
    assert least <= caught.value.retry_after <= most
    assert server.count(PULL) + server.count(COMMENT) == 1


@pytest.mark.parametrize("ask", [read, write])
def test_a_spent_hour_is_waited_for_to_its_end(
    github: GitHub, server: ScriptedServer, ask: Callable[[GitHub], object]
) -> None:
    reset = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + 900)}
    message = {"message": "API rate limit exceeded for installation ID 7."}
    server.say(PULL, Answer(403, message, reset))
    server.say(COMMENT, Answer(403, message, reset))
    with pytest.raises(RateLimited) as caught:
        ask(github)
    assert 880 <= caught.value.retry_after <= 901


def test_other_jobs_of_a_limited_installation_do_not_ask(
    here: Settings, redis: Redis, server: ScriptedServer
) -> None:
    server.say(PULL, Answer(429, None, {"Retry-After": "30"}))
    with GitHub.connect(here, redis, 7, 42, "octo/hello") as one, pytest.raises(RateLimited):
        one.pull_request(5)
    with GitHub.connect(here, redis, 7, 43, "octo/other") as other:
        with pytest.raises(RateLimited) as caught:
            other.pull_request(5)
        assert 29 <= caught.value.retry_after <= 30
    assert server.count(PULL) == 1


def test_no_more_than_80_writes_a_minute_are_made(github: GitHub, server: ScriptedServer) -> None:
    server.say(EDIT, Answer(200, A_COMMENT))
    # A minute may end in between, which only makes room: two minutes' worth must be too much.
    with pytest.raises(RateLimited) as caught:
        write_often(github, 161)
    assert 80 <= server.count(EDIT) <= 160
    assert 0 < caught.value.retry_after <= 60.5


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(404, {"message": "Not Found"}), NotFound),
        (Answer(410, {"message": "This issue was deleted"}), NotFound),
        (Answer(403, {"message": "Resource not accessible by integration"}), Forbidden),
        (Answer(403, {"message": "Unable to create comment because issue is locked."}), Forbidden),
        (Answer(451, {"message": "Repository access blocked"}), Forbidden),
        (Answer(403, {"message": "This installation has been suspended"}), Gone),
        (Answer(422, {"message": "Validation Failed", "errors": ["Line"]}), Unprocessable),
        (Answer(409, {"message": "Git Repository is empty."}), Unprocessable),
        (Answer(400, {"message": "Problems parsing JSON"}), Unprocessable),
        (Answer(307, {"message": "Temporary Redirect"}, {"Location": "/x"}), GitHubError),
    ],
)
def test_a_refusal_has_its_own_type_and_githubs_sentence(
    github: GitHub, server: ScriptedServer, answer: Answer, kind: type[GitHubError]
) -> None:
    server.say(COMMENT, answer)
    with pytest.raises(kind) as caught:
        write(github)
    assert type(caught.value) is kind
    assert answer.body["message"] in str(caught.value)
    assert server.count(COMMENT) == 1


def test_the_reasons_of_a_422_are_told(github: GitHub, server: ScriptedServer) -> None:
    reasons = [{"resource": "Comment", "field": "body"}, "start line must precede the end line"]
    server.say(COMMENT, Answer(422, {"message": "Validation Failed", "errors": reasons}))
    with pytest.raises(Unprocessable, match="start line must precede the end line"):
        write(github)


def test_a_token_that_expired_is_renewed_once(github: GitHub, server: ScriptedServer) -> None:
    server.say(TOKENS, token("ghs_first"), token("ghs_second"))
    server.say(PULL, Answer(401, {"message": "Bad credentials"}), Answer(200, A_PULL))
    assert github.pull_request(5).number == 5
    sent = [each.headers["Authorization"] for each in server.received if "pulls" in each.path]
    assert sent == ["Bearer ghs_first", "Bearer ghs_second"]


def test_a_write_under_an_expired_token_is_made_once(
    github: GitHub, server: ScriptedServer
) -> None:
    server.say(TOKENS, token("ghs_first"), token("ghs_second"))
    server.say(COMMENT, Answer(401, {"message": "Bad credentials"}), Answer(201, A_COMMENT))
    github.create_issue_comment(5, "Hello")
    assert server.count(COMMENT) == 2


def test_a_key_that_github_refuses_is_said_so(github: GitHub, server: ScriptedServer) -> None:
    server.say(PULL, Answer(401, {"message": "Bad credentials"}))
    with pytest.raises(Unauthorized):
        github.pull_request(5)
    assert server.count(PULL) == 2


def test_pages_are_followed_to_the_end(github: GitHub, server: ScriptedServer) -> None:
    path = "/api/v3/repos/octo/hello/pulls/5/reviews"
    review = {"id": 1, "state": "COMMENTED", "user": None}
    link = f'<{server.url}/repos/octo/hello/pulls/5/reviews?per_page=100&page=2>; rel="next"'
    server.say(f"GET {path}", Answer(200, [review] * 100, {"Link": link}), Answer(200, [review]))
    assert len(github.reviews(5)) == 101
    asked = [each.path for each in server.received if each.verb == "GET"]
    assert asked == [f"{path}?per_page=100", f"{path}?page=2&per_page=100"]


@pytest.mark.parametrize(
    ("kind", "error"),
    [("NOT_FOUND", NotFound), ("FORBIDDEN", Forbidden), ("RATE_LIMITED", RateLimited)],
)
def test_errors_of_graphql_are_typed_too(
    github: GitHub, server: ScriptedServer, kind: str, error: type[GitHubError]
) -> None:
    answer = {"data": None, "errors": [{"type": kind, "message": "No"}]}
    server.say(GRAPHQL, Answer(200, answer))
    with pytest.raises(error):
        github.review_threads(5)


def test_a_graphql_query_is_tried_again(github: GitHub, server: ScriptedServer) -> None:
    threads = {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": []}
    data = {"data": {"repository": {"pullRequest": {"reviewThreads": threads}}}}
    server.say(GRAPHQL, BAD_GATEWAY, Answer(200, data))
    assert github.review_threads(5) == ()


def test_what_was_begun_can_be_ended_though_nothing_new_is(
    github: GitHub, server: ScriptedServer
) -> None:
    """A burst over many pull requests ends in finished reviews, not in many that are cut off."""
    server.say(COMMENT, Answer(201, A_COMMENT))
    server.say(EDIT, Answer(200, A_COMMENT))
    with pytest.raises(RateLimited):
        any(github.create_issue_comment(5, "Hello") is None for _ in range(121))
    github.edit_issue_comment(9, "Hello")
    assert server.count(EDIT) == 1


def test_what_is_read_twice_is_asked_for_under_its_etag(
    github: GitHub, server: ScriptedServer
) -> None:
    changed = {**A_PULL, "title": "Other"}
    server.say(
        PULL,
        Answer(200, A_PULL, {"ETag": '"one"'}),
        Answer(304),
        Answer(200, changed, {"ETag": '"two"'}),
        Answer(304),
    )
    titles = [github.pull_request(5).title for _ in range(4)]
    assert titles == ["", "", "Other", "Other"]
    asked = [each.headers.get("If-None-Match") for each in server.received if each.verb == "GET"]
    assert asked == [None, '"one"', '"one"', '"two"']
