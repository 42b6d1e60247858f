"""Who is heard: bounds of a body, its signature, and who was refused too often.

The order matters: nothing of a request is believed before its signature holds, and a body that
nobody signed is not read.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from bot.floods import Floods, peer
from bot.gateway import NoRoom, announced_length
from bot.signature import is_signed

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from bot.settings import Settings

_PIECE = 65_536
_SIGNATURE = re.compile(r"sha256=[0-9a-fA-F]{64}")


class Refusal(Exception):
    """A delivery is not taken: the status and one sentence for whoever reads GitHub's log."""

    def __init__(self, status: int, sentence: str, *, wait: int = 0) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.wait = wait


class Guard:
    """Lets signed bodies through; one for the process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._floods = Floods(settings.refusals_per_minute)

    def wait(self, environ: WSGIEnvironment) -> int:
        """Seconds for which the request's sender is not heard; 0 where it is."""
        return self._floods.wait(self._address(environ))

    def verified_body(self, environ: WSGIEnvironment) -> bytes:
        """The body, which one of our secrets has signed. Raises Refusal."""
        if wait := self.wait(environ):
            raise Refusal(429, "Too many deliveries from this address were refused.", wait=wait)
        try:
            self._announced(environ)
            signature = environ.get("HTTP_X_HUB_SIGNATURE_256")
            if not signature:
                _drain(environ, _PIECE)
                raise Refusal(
                    401, "The delivery is not signed: set a webhook secret in the App's settings."
                )
            mismatch = Refusal(
                401,
                "The signature does not match: DRIFTLINE_WEBHOOK_SECRET and the secret in the"
                " App's settings differ.",
            )
            if not _SIGNATURE.fullmatch(signature):
                _drain(environ, _PIECE)
                raise mismatch
            body = self._body(environ)
            if not is_signed(body, signature, self._settings.webhook_secrets):
                raise mismatch
        except Refusal:
            self._floods.refused(self._address(environ))
            raise
        return body

    def _announced(self, environ: WSGIEnvironment) -> None:
        """What the headers say of the body: too much, of a wrong kind, or without an end."""
        most = self._settings.max_payload_bytes
        length = announced_length(environ)
        if (length or 0) > most:
            _drain(environ, 2 * most)
            raise self._too_large()
        kind = environ.get("CONTENT_TYPE", "").partition(";")[0]
        if kind.strip().lower() != "application/json":
            raise Refusal(
                415,
                "Only application/json is read: set the webhook's content type to"
                " application/json in the App's settings.",
            )
        has_end = length is not None or environ.get("wsgi.input_terminated")
        if not has_end and "HTTP_TRANSFER_ENCODING" in environ:
            raise Refusal(411, "The Content-Length header is missing.")

    def _body(self, environ: WSGIEnvironment) -> bytes:
        most = self._settings.max_payload_bytes
        body = _read(environ, most)
        if len(body) > most:
            raise self._too_large()
        return body

    def _too_large(self) -> Refusal:
        most = self._settings.max_payload_bytes
        return Refusal(413, f"The payload is larger than the {most} bytes that are taken.")

    def _address(self, environ: WSGIEnvironment) -> str | None:
        return peer(
            environ.get("REMOTE_ADDR"), environ.get("HTTP_X_FORWARDED_FOR"), self._settings.proxies
        )


def _read(environ: WSGIEnvironment, most: int) -> bytes:
    """The raw body; of one that is sent in chunks, of no announced length, one byte too many."""
    stream = environ["wsgi.input"]
    length = announced_length(environ)
    if length is None and not environ.get("wsgi.input_terminated"):
        return b""
    left = length if length is not None else most + 1
    pieces: list[bytes] = []
    try:
        while left > 0 and (piece := stream.read(min(left, _PIECE))):
            pieces.append(piece)
            left -= len(piece)
    except TimeoutError as late:
        raise Refusal(408, f"The payload did not arrive in time. {late}") from None
    except NoRoom as full:
        raise Refusal(503, f"{full} Send this delivery again later.") from None
    except (OSError, ValueError):
        raise Refusal(400, "The payload broke off.") from None
    return b"".join(pieces)


def _drain(environ: WSGIEnvironment, most: int) -> None:
    """Read off a body that is not wanted, within bounds: a sender that is cut off in the middle
    sees a broken connection instead of the answer."""
    stream = environ["wsgi.input"]
    left = min(announced_length(environ) or 0, most)
    with contextlib.suppress(OSError, ValueError):
        while left > 0 and (piece := stream.read(min(left, _PIECE))):
            left -= len(piece)
