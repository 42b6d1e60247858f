"""Bodies on their way to the application: bounds that take too long to reach over a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from bot.gateway import MOST_BYTES, SMALL_BYTES, Gateway, NoRoom

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LARGEST = 40_000_000


class Sender:
    """What the server hands over of one request, and what it was answered."""

    def __init__(self, *pieces: bytes, hold: asyncio.Event | None = None) -> None:
        self._pieces = pieces
        self._hold = hold
        self.read = 0
        self.answer: tuple[int, dict[str, str], bytes] = (0, {}, b"")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            self.read += len(piece)
            yield piece
        if self._hold is not None:
            await self._hold.wait()

    async def __call__(self) -> bytes:
        return b"".join([piece async for piece in self])

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answer = (status, dict(headers), body)


def scope(method: str = "POST", path: str = "/a", **headers: str) -> Any:
    pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return SimpleNamespace(
        server="[::1]:80", client="[2001:db8::1]:4711", method=method, path=path,
        query_string="q=1", http_version="1.1", scheme="http",
        headers=SimpleNamespace(items=lambda: pairs),
    )  # fmt: skip


def application(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    try:
        told = {"length": len(environ["wsgi.input"].read())}
    except OSError as error:
        told = {"error": f"{type(error).__name__}: {error}"}  # type: ignore[dict-item]
    start("200 OK", [("X-Method", environ["REQUEST_METHOD"])])
    told |= {name: environ[name] for name in ("PATH_INFO", "REMOTE_ADDR", "QUERY_STRING")}
    return [json.dumps(told | {"via": environ.get("HTTP_X_VIA")}).encode()]


def serve(gateway: Gateway, sender: Sender, about: Any) -> dict[str, Any]:
    asyncio.run(gateway(about, sender))
    told: dict[str, Any] = json.loads(sender.answer[2] or b"{}")
    return told


def test_the_request_arrives_as_pep_3333_has_it() -> None:
    about = scope(path="/a%C3%A4%2Fb", content_length="3", x_via="1", X_VIA="2")
    about.headers = SimpleNamespace(
        items=lambda: [("content-length", "3"), ("x-via", "1"), ("x-via", "2"), ("x_via", "bad")]
    )
    told = serve(Gateway(application, LARGEST), Sender(b"abc"), about)
    assert told == {
        "length": 3,
        "PATH_INFO": "/a\u00c3\u00a4/b",
        "REMOTE_ADDR": "2001:db8::1",
        "QUERY_STRING": "q=1",
        "via": "1,2",
    }


def test_an_answer_to_head_has_no_body() -> None:
    sender = Sender()
    asyncio.run(Gateway(application, LARGEST)(scope("HEAD"), sender))
    assert sender.answer == (200, {"X-Method": "HEAD"}, b"")


def test_of_a_body_without_an_announced_end_one_byte_too_many_is_kept() -> None:
    sender = Sender(*[b"a" * 60] * 10)
    told = serve(Gateway(application, 100), sender, scope(transfer_encoding="chunked"))
    assert told["length"] == 101
    assert sender.read == 240  # the rest is read off until it is twice as much


def test_a_body_that_is_announced_as_too_large_is_read_off_and_not_kept() -> None:
    sender = Sender(b"a" * 150)
    told = serve(Gateway(application, 100), sender, scope(content_length="150"))
    assert (told["length"], sender.read) == (0, 150)


def test_a_late_body_is_told_as_late() -> None:
    async def run() -> Sender:
        sender = Sender(b"a", hold=asyncio.Event())
        await Gateway(application, LARGEST, 0.05)(scope(content_length="9"), sender)
        return sender

    assert b"TimeoutError" in asyncio.run(run()).answer[2]


def test_the_body_of_one_who_is_turned_away_is_not_waited_for() -> None:
    async def run() -> Sender:
        sender = Sender(b"a", hold=asyncio.Event())
        gateway = Gateway(application, LARGEST, turns_away=lambda environ: "bad" in str(environ))
        await gateway(scope(content_length="9", x_via="bad"), sender)
        return sender

    sender = asyncio.run(run())
    assert b"OSError" in sender.answer[2]
    assert sender.read == 0


def test_large_bodies_at_the_same_time_are_bounded_and_small_ones_find_room() -> None:
    async def run() -> tuple[list[Sender], Sender, Sender]:
        gateway, hold = Gateway(application, LARGEST), asyncio.Event()
        piece = b"a" * (MOST_BYTES // 4)
        held = [Sender(piece, hold=hold) for _ in range(4)]
        chunked = scope(transfer_encoding="chunked")
        waiting = [asyncio.create_task(gateway(chunked, one)) for one in held]
        await asyncio.sleep(0.05)
        small, large = Sender(b"a" * SMALL_BYTES), Sender(b"a" * (SMALL_BYTES + 1))
        await gateway(chunked, small)
        await gateway(chunked, large)
        hold.set()
        await asyncio.gather(*waiting)
        again = Sender(piece)
        await gateway(chunked, again)
        assert json.loads(again.answer[2])["length"] == len(piece)
        return held, small, large

    held, small, large = asyncio.run(run())
    assert json.loads(small.answer[2])["length"] == SMALL_BYTES
    assert NoRoom.__name__ in json.loads(large.answer[2])["error"]
    assert all(json.loads(one.answer[2])["length"] == MOST_BYTES // 4 for one in held)
