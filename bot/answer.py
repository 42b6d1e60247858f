"""An answer of the web process as plain data, the headers that each has, and what a failure says.

For Flask's answers and for those that are given without Flask around them (`DIRECT`).
"""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import structlog

from bot.sentry import tell

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

DIRECT = "driftline.direct"
"""The application's extension that holds, by path, what answers a POST in the event loop."""
_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_PAIRS = tuple((name.lower(), (name, value)) for name, value in _HEADERS.items())
_JSON = ("Content-Type", "application/json")


class Answer(NamedTuple):
    """A status, headers and a body."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


Direct = Callable[["WSGIEnvironment"], Awaitable[Answer]]
"""Answers in an event loop, and holds it up with nothing."""


def in_json(status: int, /, **body: str) -> Answer:
    """A JSON object as an answer."""
    return Answer(status, [_JSON], msgspec.json.encode(body))


def secured(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """With the headers above, but those that are set already."""
    given = list(headers)
    present = {name.lower() for name, _ in given}
    return given + [pair for name, pair in _PAIRS if name not in present]


def failure(error: BaseException) -> Answer:
    """Told in the log and to Sentry, without the error's own words; they are in no answer."""
    trace = "".join(traceback.format_tb(error.__traceback__))
    structlog.get_logger("driftline.web").error("failed", error=type(error).__name__, trace=trace)
    tell(error)
    return in_json(500, error="Driftline is broken here: its log says where.")


async def directly(answer: Direct, environ: WSGIEnvironment) -> Answer:
    """As the application around it would answer."""
    try:
        status, headers, body = await answer(environ)
    except Exception as error:
        status, headers, body = failure(error)
    return Answer(status, secured(headers), body)
