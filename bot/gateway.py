"""An RSGI application around a WSGI one: whole requests go to threads, unfinished ones wait aside.

A WSGI application reads a body in the thread that serves it, and a sender that stops in the middle
holds the thread for as long as it likes: a few of them, and nobody else is served. Here a body
arrives in the event loop, within bounds of time and bytes, before a thread is taken. And where the
application says that it answers a path's POST `directly`, a small one takes no thread at all.

https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote_to_bytes

from bot.answer import directly

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from granian.rsgi import Scope

    from bot.answer import Direct

THREADS = 8
"""Requests that are served at the same time; they wait for Redis at most."""
BODY_SECONDS = 10.0
"""What a body may take to arrive: GitHub gives a whole delivery up after 10 seconds."""
SMALL_BYTES = 262_144
"""A body up to this size always finds room; GitHub's deliveries are of some 20 KB."""
MOST_BYTES = 134_217_728
"""Of the larger ones, all that arrive at the same time."""


_NAMES: Mapping[str, str] = MappingProxyType(
    {"content-length": "CONTENT_LENGTH", "content-type": "CONTENT_TYPE"}
)


class Exchange(Protocol):
    """One request's body and answer, as granian hands them over."""

    def __call__(self) -> Awaitable[bytes]:
        """The whole body."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The body in pieces, as they arrive."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer."""


class Gateway:
    """Serves a WSGI application; one for the process."""

    def __init__(
        self,
        application: WSGIApplication,
        largest: int,
        seconds: float = BODY_SECONDS,
        turns_away: Callable[[WSGIEnvironment], bool] = lambda _: False,
        directly: Mapping[str, Direct] = MappingProxyType({}),
    ) -> None:
        self._application = application
        self._turns_away = turns_away
        self._directly = directly
        self._largest = largest
        self._seconds = seconds
        self._arriving = 0
        self._pool = ThreadPoolExecutor(THREADS, "request")

    async def __call__(self, scope: Scope, exchange: Exchange) -> None:
        """One request."""
        environ = _environ(scope)
        if "HTTP_TRANSFER_ENCODING" in environ or environ.get("CONTENT_LENGTH", "0") != "0":
            announced = announced_length(environ) or 0
            environ["wsgi.input"] = (
                _Unread(OSError("Its sender is not heard."))
                if self._turns_away(environ)
                else await self._body(exchange, announced)
            )
        status, headers, body = await self._answer(environ)
        exchange.response_bytes(status, headers, body)

    async def _answer(self, environ: WSGIEnvironment) -> tuple[int, list[tuple[str, str]], bytes]:
        """Directly where little was sent: what is large is read and verified in a thread."""
        direct = self._directly.get(environ["PATH_INFO"])
        stream = environ["wsgi.input"]
        is_small = not isinstance(stream, io.BytesIO) or len(stream.getbuffer()) <= SMALL_BYTES
        if direct is not None and is_small and environ["REQUEST_METHOD"] == "POST":
            return await directly(direct, environ)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._serve, environ)

    def _serve(self, environ: WSGIEnvironment) -> tuple[int, list[tuple[str, str]], bytes]:
        """The application's answer, in a thread."""
        told: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            told[:] = (int(status[:3]), headers)
            return lambda data: None

        answer = self._application(environ, start)
        try:
            body = b"".join(answer)
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()
        return told[0], told[1], b"" if environ["REQUEST_METHOD"] == "HEAD" else body

    async def _body(self, exchange: Exchange, announced: int) -> io.RawIOBase | io.BytesIO:
        """The body as a stream; one that raises where it broke off, is late or finds no room."""
        try:
            async with asyncio.timeout(self._seconds):
                return io.BytesIO(await self._read(exchange, announced))
        except TimeoutError:
            return _Unread(TimeoutError(f"It took longer than {self._seconds:.0f} seconds."))
        except NoRoom as full:
            return _Unread(full)
        except Exception as error:  # whatever the server makes of a sender that is gone
            return _Unread(OSError(str(error)))

    async def _read(self, exchange: Exchange, announced: int) -> bytes:
        """What arrives, up to one byte more than is taken; the rest is read off, within bounds.

        A sender that is cut off in the middle of what it sends sees no answer.
        """
        if 0 < announced <= min(SMALL_BYTES, self._largest):
            return await exchange()
        left = 0 if announced > self._largest else self._largest + 1
        pieces: list[bytes] = []
        seen = kept = 0
        try:
            async for piece in exchange:
                seen += len(piece)
                if seen > 2 * self._largest:
                    break
                pieces.append(piece[: left - kept])
                kept += len(pieces[-1])
                self._arriving += len(pieces[-1])
                if kept > SMALL_BYTES and self._arriving > MOST_BYTES:
                    raise NoRoom("Too many large payloads arrive at the same time.")
        finally:
            self._arriving -= kept
        return b"".join(pieces)


class NoRoom(OSError):
    """Too much arrives at the same time."""


class _Unread(io.RawIOBase):
    """A body that did not arrive: reading it raises why."""

    def __init__(self, reason: OSError) -> None:
        self._reason = reason

    def readable(self) -> bool:
        """Yes, with an error."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Raise why there is none."""
        raise self._reason

    def readinto(self, buffer: object, /) -> int:
        """Raise why there is none, for lines and for everything at once."""
        raise self._reason


def _environ(scope: Scope) -> WSGIEnvironment:
    """A request without its body, as PEP 3333 has it."""
    server, _, port = scope.server.rpartition(":")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.path).decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        if "_" not in name:  # it would stand for the same name with hyphens
            key = _key(name)
            environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ


@lru_cache(256)
def _key(name: str) -> str:
    return _NAMES.get(name) or "HTTP_" + name.upper().replace("-", "_")


def announced_length(environ: WSGIEnvironment) -> int | None:
    """The announced length; None where there is none, or none that is a number or that counts."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return None
    text = environ.get("CONTENT_LENGTH") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
