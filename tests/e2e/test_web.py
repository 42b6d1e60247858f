"""The web process as it runs: what its server makes of HTTP, and who ends with whom."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from bot.gateway import BODY_SECONDS
from bot.intake import LIST
from tests.bot import payloads
from tests.sandbox.handles import wait_until
from tests.support.processes import members
from tests.support.stack import DRIFTLINE, Stack, running_stack


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    environment = {"DRIFTLINE_PROXIES": "1", "DRIFTLINE_REFUSALS_PER_MINUTE": "3"}
    with running_stack(workers=0, environment=environment) as running:
        yield running


def answer(stack: Stack, *pieces: bytes) -> str:
    """The first line and the body of the answer to these bytes."""
    with socket.create_connection(("127.0.0.1", stack.port), 10) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.05)
        data = b""
        while b"\r\n\r\n" not in data or not data.endswith(b"}"):
            piece = connection.recv(65_536)
            if not piece:
                break
            data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    return f"{head.split(b' ', 2)[1].decode()} {body.decode()}"


def request(stack: Stack, delivery: str, body: bytes, *more: str, signed: bool = True) -> bytes:
    secret = stack.sandbox.app.webhook_secret.encode()
    digest = hmac.new(secret, body, hashlib.sha256).hexdigest() if signed else "0" * 64
    lines = [
        "POST /webhooks/github HTTP/1.1", "Host: driftline.example", "X-GitHub-Event: pull_request",
        f"X-GitHub-Delivery: {delivery}", f"X-Hub-Signature-256: sha256={digest}", *more,
        "Content-Type: application/json",
    ]  # fmt: skip
    return ("\r\n".join(lines) + "\r\n").encode()


BODY = json.dumps(payloads.pull_request("synchronize")).encode()


def test_a_delivery_in_chunks_and_in_pieces_is_kept(stack: Stack) -> None:
    half = len(BODY) // 2
    chunks = [b"%x\r\n%s\r\n" % (len(part), part) for part in (BODY[:half], BODY[half:])]
    head = request(stack, "chunked", BODY, "Transfer-Encoding: chunked", "X-Forwarded-For: 1.1.1.1")
    assert answer(stack, head, b"\r\n", *chunks, b"0\r\n\r\n").startswith("202")
    head = request(stack, "pieces", BODY, f"Content-Length: {len(BODY)}")
    assert answer(stack, head, b"\r\n", BODY[:9], BODY[9:]).startswith("202")
    assert Redis.from_url(stack.redis_url).llen(LIST) == 2


def test_what_is_announced_as_too_large_is_told_so_though_it_is_sent(stack: Stack) -> None:
    head = request(stack, "large", BODY, "Content-Length: 27000000")
    assert answer(stack, head, b"\r\n", b" " * 27_000_000).startswith("413")


def test_a_flood_is_counted_by_the_address_that_our_own_proxy_saw(stack: Stack) -> None:
    """Each proxy may add a line of its own, or to the last one."""
    length = f"Content-Length: {len(BODY)}"
    for number in range(4):
        lines = (length, f"X-Forwarded-For: 8.8.8.{number}", "X-Forwarded-For: 9.9.9.9")
        for _ in range(2):  # two processes count on their own
            said = answer(stack, request(stack, "f", BODY, *lines, signed=False), b"\r\n", BODY)
            assert said.startswith(("401", "429"))
    answers = {
        answer(stack, request(stack, "f", BODY, length, "X-Forwarded-For: 9.9.9.9"), b"\r\n", BODY)
        for _ in range(12)
    }
    assert any(one.startswith("429") for one in answers)
    # Its body is not waited for: the answer comes before any of it was sent.
    unsent = request(stack, "f", BODY, length, "X-Forwarded-For: 9.9.9.9") + b"\r\n"
    assert any(answer(stack, unsent).startswith("429") for _ in range(3))
    fine = request(stack, "fine", BODY, length, "X-Forwarded-For: 8.8.8.1, 7.7.7.7")
    assert answer(stack, fine, b"\r\n", BODY)[:3] in ("202", "200")


def test_senders_that_stop_in_the_middle_hold_up_nobody_and_are_told(stack: Stack) -> None:
    slow = request(stack, "slow", BODY, f"Content-Length: {len(BODY)}", "X-Forwarded-For: 6.6.6.6")
    held = [socket.create_connection(("127.0.0.1", stack.port), 20) for _ in range(60)]
    try:
        for connection in held:
            connection.sendall(slow + b"\r\n" + BODY[:9])
        began = time.monotonic()
        fine = request(stack, "meanwhile", BODY, f"Content-Length: {len(BODY)}")
        assert answer(stack, fine, b"\r\n", BODY).startswith("202")
        assert time.monotonic() - began < BODY_SECONDS / 2
        refused = [connection.recv(65_536) for connection in held]
        late = [one for one in refused if one.startswith(b"HTTP/1.1 408")]
        assert late
        assert all(b"did not arrive in time" in one for one in late)
        # Whose address was refused three times by then is not heard any more.
        assert {one[9:12] for one in refused} <= {b"408", b"429"}
    finally:
        for connection in held:
            connection.close()


def test_a_sender_that_goes_in_the_middle_costs_nothing(stack: Stack) -> None:
    head = request(stack, "gone", BODY, f"Content-Length: {len(BODY)}")
    for _ in range(30):
        with socket.create_connection(("127.0.0.1", stack.port), 10) as connection:
            connection.sendall(head + b"\r\n" + BODY[:9])
    fine = request(stack, "after", BODY, f"Content-Length: {len(BODY)}")
    assert answer(stack, fine, b"\r\n", BODY).startswith("202")


def test_a_header_without_an_end_is_cut_off(stack: Stack) -> None:
    with socket.create_connection(("127.0.0.1", stack.port), 10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX-A: " + b"a" * 200_000)
        try:
            said = connection.recv(1_000)
        except ConnectionResetError:
            said = b""
    assert said == b"" or said.startswith(b"HTTP/1.1 431")
    assert answer(stack, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").startswith("200")


def test_every_answer_has_secure_headers(stack: Stack) -> None:
    with socket.create_connection(("127.0.0.1", stack.port), 10) as connection:
        connection.sendall(b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
        head = connection.recv(65_536).lower()
    assert head.startswith(b"http/1.1 404")
    assert b"x-content-type-options: nosniff" in head


def test_a_second_one_at_the_same_address_says_so_and_ends(stack: Stack) -> None:
    environment = {**stack.environment, "PORT": str(stack.port)}
    done = subprocess.run(
        [*DRIFTLINE, "serve"], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert f"cannot listen at 127.0.0.1:{stack.port} (Address already in use)" in done.stderr


def test_a_process_that_dies_is_replaced_and_all_end_with_the_first(stack: Stack) -> None:
    def serving() -> list[int]:
        return [pid for pid in members(stack.web.pid) if pid != stack.web.pid]

    before = serving()
    assert before
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: set(serving()) - set(before), "another process", 20)
    assert answer(stack, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").startswith("200")
    children = serving()
    stack.web.kill_alone()
    wait_until(lambda: not any(_lives(pid) for pid in children), "the end of all", 10)
    stack.processes.remove(stack.web)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
