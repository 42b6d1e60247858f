"""Who sends what is not signed, again and again, is turned away before anything is read."""

from __future__ import annotations

import dataclasses
import io
import json

import pytest
from redis import Redis

from bot.app import create_app
from bot.floods import Floods, peer
from bot.queue import Queue
from bot.settings import Settings
from tests.bot import payloads
from tests.bot.test_webhook import sign


@pytest.fixture
def queue(redis: Redis) -> Queue:
    return Queue(redis)


def test_an_address_is_heard_again_after_the_window() -> None:
    clock = [0.0]
    floods = Floods(3, window=60, now=lambda: clock[0])
    for _ in range(3):
        assert floods.wait("203.0.113.9") == 0
        floods.refused("203.0.113.9")
    assert floods.wait("203.0.113.9") == 60
    assert floods.wait("203.0.113.10") == 0
    clock[0] = 61.0
    assert floods.wait("203.0.113.9") == 0


def test_only_what_our_own_proxies_wrote_is_believed() -> None:
    assert peer("198.51.100.7", "1.2.3.4", 0) is None  # a documentation range counts as private
    assert peer("8.8.8.8", "1.2.3.4", 0) == "8.8.8.8"
    assert peer("10.0.0.2", "1.2.3.4", 0) is None
    assert peer("10.0.0.2", "made up, 1.2.3.4", 1) == "1.2.3.4"
    assert peer("10.0.0.2", "made up, 1.2.3.4, 10.0.0.9", 2) == "1.2.3.4"
    assert peer("10.0.0.2", None, 1) is None


def test_a_flood_is_refused_unread_and_others_are_heard(settings: Settings, queue: Queue) -> None:
    few = dataclasses.replace(settings, refusals_per_minute=3, proxies=1)
    client = create_app(few, queue).test_client()
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "pull_request",
        "X-GitHub-Delivery": "flood-1",
    }
    body = json.dumps(payloads.pull_request("opened")).encode()
    wrong = {**headers, "X-Hub-Signature-256": "sha256=" + "0" * 64}
    for _ in range(3):
        flood = {**wrong, "X-Forwarded-For": "203.0.113.9"}
        assert client.post("/webhooks/github", data=body, headers=flood).status_code == 401

    stream = io.BytesIO(body)
    answer = client.post("/webhooks/github", input_stream=stream, headers=flood)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert stream.tell() == 0

    signed = {**headers, "X-Hub-Signature-256": sign(body), "X-Forwarded-For": "140.82.112.1"}
    assert client.post("/webhooks/github", data=body, headers=signed).status_code == 202


def test_a_body_without_a_signature_is_hardly_read(settings: Settings, queue: Queue) -> None:
    client = create_app(settings, queue).test_client()
    stream = io.BytesIO(b" " * 1_000_000)
    answer = client.post(
        "/webhooks/github",
        input_stream=stream,
        headers={"Content-Type": "application/json"},
        environ_overrides={"CONTENT_LENGTH": "1000000"},
    )
    assert answer.status_code == 401
    assert stream.tell() <= 65_536
