"""Tokens: the narrowest, one repository, shared by all processes, readable by none other."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from redis import Redis

from bot.github.app import App
from bot.github.client import GitHub
from bot.github.errors import Gone, RateLimited, Unauthorized
from bot.settings import Settings
from tests.bot.github.conftest import TOKENS, token
from tests.bot.github.scripted import Answer, ScriptedServer
from tests.bot.github.test_transport import A_PULL, PULL


def test_a_token_is_asked_for_one_repository_and_no_more_than_needed(
    github: GitHub, server: ScriptedServer
) -> None:
    server.say(PULL, Answer(200, A_PULL))
    github.pull_request(5)
    assert server.received[0].body == {
        "repository_ids": [42],
        "permissions": {
            "checks": "write",
            "contents": "read",
            "metadata": "read",
            "pull_requests": "write",
        },
    }


def test_git_gets_a_token_that_can_only_read(github: GitHub, server: ScriptedServer) -> None:
    assert github.git_token() == "ghs_first"
    assert server.received[0].body["permissions"] == {"contents": "read", "metadata": "read"}


def test_the_request_for_a_token_is_signed_by_the_app(
    github: GitHub, server: ScriptedServer, settings: Settings
) -> None:
    github.git_token()
    word, _, signed = server.received[0].headers["Authorization"].partition(" ")
    key = load_pem_private_key(settings.private_key.encode(), None).public_key()
    claims = jwt.decode(signed, key, algorithms=["RS256"])  # type: ignore[arg-type]
    assert word == "Bearer"
    assert claims["iss"] == "1234"
    assert claims["iat"] <= datetime.now(UTC).timestamp() - 50
    assert claims["exp"] - claims["iat"] <= 600


def test_one_token_serves_every_process(
    here: Settings, redis: Redis, server: ScriptedServer
) -> None:
    server.say(PULL, Answer(200, A_PULL))
    for _ in range(5):
        with GitHub.connect(here, redis, 7, 42, "octo/hello") as github:
            github.pull_request(5)
    assert server.count(TOKENS) == 1


def test_a_token_near_its_end_is_not_handed_out(
    here: Settings, redis: Redis, server: ScriptedServer
) -> None:
    server.say(TOKENS, token("ghs_old", minutes=9), token("ghs_new"))
    for secret in ("ghs_old", "ghs_new", "ghs_new"):
        with GitHub.connect(here, redis, 7, 42, "octo/hello") as github:
            assert github.git_token() == secret
    assert server.count(TOKENS) == 2


def test_no_token_can_be_read_out_of_redis(
    github: GitHub, redis: Redis, server: ScriptedServer
) -> None:
    github.git_token()
    for key in redis.scan_iter():
        if redis.type(key) == b"string":
            assert b"ghs_first" not in redis.get(key)
        assert 0 < redis.ttl(key) <= 50 * 60


def test_another_key_cannot_use_what_lies_in_redis(
    here: Settings, redis: Redis, server: ScriptedServer
) -> None:
    """After the private key was changed the old entries are passed over, not an error."""
    with GitHub.connect(here, redis, 7, 42, "octo/hello") as github:
        github.git_token()
    for key in redis.scan_iter("driftline:token:*"):
        redis.set(key, b"sealed by another")
    with GitHub.connect(here, redis, 7, 42, "octo/hello") as github:
        assert github.git_token() == "ghs_first"
    assert server.count(TOKENS) == 2


def test_no_token_reaches_the_log(
    github: GitHub, server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.say(PULL, Answer(200, A_PULL))
    with caplog.at_level(logging.DEBUG):
        github.pull_request(5)
    assert "ghs_first" not in caplog.text


def test_a_renamed_repository_is_found_by_the_tokens_answer(
    github: GitHub, server: ScriptedServer
) -> None:
    server.say(TOKENS, token(name="octo/renamed"))
    server.say("GET /api/v3/repos/octo/renamed/pulls/5", Answer(200, A_PULL))
    assert github.pull_request(5).number == 5
    assert github.git_url == f"{server.url.removesuffix('/api/v3')}/octo/renamed.git"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404, {"message": "Not Found"}),
        Answer(403, {"message": "This installation has been suspended"}),
        Answer(
            422,
            {
                "message": "There is at least one repository that does not exist or is not"
                " accessible to the parent installation."
            },
        ),
    ],
)
def test_an_installation_that_left_is_told(
    github: GitHub, server: ScriptedServer, answer: Answer
) -> None:
    server.say(TOKENS, answer)
    with pytest.raises(Gone):
        github.pull_request(5)


def test_an_installation_that_leaves_in_mid_job_is_told(
    github: GitHub, server: ScriptedServer
) -> None:
    server.say(PULL, Answer(200, A_PULL), Answer(401, {"message": "Bad credentials"}))
    github.pull_request(5)
    server.say(TOKENS, Answer(404, {"message": "Not Found"}))
    with pytest.raises(Gone):
        github.pull_request(5)


def test_resolving_is_tried_once_where_it_is_not_granted(
    here: Settings, redis: Redis, server: ScriptedServer
) -> None:
    refusal = "The permissions requested are not granted to this installation."
    server.say(TOKENS, Answer(422, {"message": refusal}))
    for _ in range(3):
        with GitHub.connect(here, redis, 7, 42, "octo/hello") as github:
            assert github.resolve_threads(["PRRT_1"]) == frozenset()
    assert server.count(TOKENS) == 1
    assert server.received[0].body["permissions"]["contents"] == "write"


def test_threads_are_resolved_in_one_request_as_far_as_github_lets_them(
    github: GitHub, server: ScriptedServer
) -> None:
    data = {"deed0": {"clientMutationId": None}, "deed1": None}
    errors = [{"type": "NOT_FOUND", "message": "Gone.", "path": ["deed1"]}]
    server.say("POST /api/graphql", Answer(200, {"data": data, "errors": errors}))
    assert github.resolve_threads(["PRRT_1", "PRRT_2"]) == {"PRRT_1"}
    assert server.received[1].body == {
        "query": "mutation Batch($input0: ResolveReviewThreadInput!,"
        " $input1: ResolveReviewThreadInput!) {\n"
        "  deed0: resolveReviewThread(input: $input0) { clientMutationId }\n"
        "  deed1: resolveReviewThread(input: $input1) { clientMutationId }\n}\n",
        "variables": {"input0": {"threadId": "PRRT_1"}, "input1": {"threadId": "PRRT_2"}},
    }


def test_a_batch_that_met_a_limit_is_put_off(github: GitHub, server: ScriptedServer) -> None:
    data = {"deed0": {"clientMutationId": None}, "deed1": None}
    errors = [
        {"type": "NOT_FOUND", "message": "Gone.", "path": ["deed1"]},
        {"type": "RATE_LIMITED", "message": "Wait.", "path": ["deed1"]},
    ]
    server.say("POST /api/graphql", Answer(200, {"data": data, "errors": errors}))
    with pytest.raises(RateLimited):
        github.revise_review_comments({"PRRC_1": "Mended."}, ["PRRC_2"])


@pytest.mark.parametrize("minutes", [-30, 30])
def test_a_wrong_clock_is_set_by_githubs(
    here: Settings, redis: Redis, server: ScriptedServer, minutes: int
) -> None:
    there = datetime.now(UTC) + timedelta(minutes=minutes)
    refusal = Answer(
        401,
        {"message": "'Expiration time' claim ('exp') is too far in the future"},
        {"Date": format_datetime(there, usegmt=True)},
    )
    server.say("GET /api/v3/app", refusal, Answer(200, {"slug": "driftline"}))
    assert App.connect(here, redis).me() == "driftline[bot]"
    signed = server.received[1].headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(signed, options={"verify_signature": False})
    assert claims["iat"] <= there.timestamp() <= claims["exp"]


def test_a_wrong_key_is_not_tried_for_ever(
    here: Settings, redis: Redis, server: ScriptedServer
) -> None:
    server.say("GET /api/v3/app", Answer(401, {"message": "A JSON web token could not be decoded"}))
    with pytest.raises(Unauthorized):
        App.connect(here, redis).me()
    assert server.count("GET /api/v3/app") == 1


def test_the_slug_is_asked_for_once_a_day(
    here: Settings, redis: Redis, server: ScriptedServer
) -> None:
    server.say("GET /api/v3/app", Answer(200, {"slug": "driftline"}))
    assert {App.connect(here, redis).me() for _ in range(3)} == {"driftline[bot]"}
    assert server.count("GET /api/v3/app") == 1
