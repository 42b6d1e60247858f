"""The receiver: verify, read, keep, answer 202. Nothing else happens here.

The order matters: nothing of a request is believed, and no delivery id claimed, before its
signature holds, or a stranger could have a genuine delivery dropped as a repeat. When Redis is
away GitHub is told 503 and keeps the delivery as failed: the scheduled sweep has it sent again.
"""

from __future__ import annotations

import contextlib
import re
import string
import time
from typing import TYPE_CHECKING, Any

import msgspec
import structlog
from flask import Blueprint, Response, request
from redis.exceptions import RedisError

from bot.events import Ignored, InvalidPayload, read_event
from bot.floods import Floods, peer
from bot.gateway import NoRoom, announced_length
from bot.intake import Intake
from bot.parts import read_parts
from bot.queue import new_job_id
from bot.requests import Request as Work
from bot.signature import is_signed

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from flask.blueprints import BlueprintSetupState

    from bot.metrics import Tally
    from bot.queue import Queue
    from bot.settings import Settings

PATH = "/webhooks/github"
_ID_CHARACTERS = frozenset(string.ascii_letters + string.digits + "-_")
_LONGEST_ID = 100
_PIECE = 65_536
TURNED_AWAY = "driftline.turned_away"
"""The application's extension that tells whose body need not be waited for."""
_SIGNATURE = re.compile(r"sha256=[0-9a-fA-F]{64}")
COUNTED_EVENTS = frozenset(
    {
        *("check_run", "check_suite", "issue_comment", "merge_group", "pull_request", "ping"),
        *("pull_request_review_comment", "installation", "installation_repositories"),
        *("repository", "github_app_authorization"),
    }
)

log = structlog.get_logger("driftline.webhook")


class Refusal(Exception):
    """A delivery is not taken: the status and one sentence for whoever reads GitHub's log."""

    def __init__(self, status: int, sentence: str, *, wait: int = 0) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.wait = wait


def webhook_blueprint(settings: Settings, queue: Queue, tally: Tally) -> Blueprint:
    """`POST /webhooks/github`."""
    blueprint = Blueprint("webhook", __name__)
    receiver = Receiver(settings, queue, tally)

    @blueprint.record
    def register(state: BlueprintSetupState) -> None:
        state.app.extensions[TURNED_AWAY] = receiver.turns_away

    @blueprint.post(PATH)
    def receive() -> Response:
        return receiver.answer(request.environ)

    return blueprint


class Receiver:
    """Takes deliveries; one for the process, without a state of its own."""

    def __init__(self, settings: Settings, queue: Queue, tally: Tally) -> None:
        self._settings = settings
        self._intake = Intake(queue.redis)
        self._tally = tally
        self._floods = Floods(settings.refusals_per_minute)

    def turns_away(self, environ: WSGIEnvironment) -> bool:
        """Whether a request's body need not be waited for: its sender is not heard."""
        return self._wait(environ) > 0

    def answer(self, environ: WSGIEnvironment) -> Response:
        """The answer to one request, and a line in the log for it."""
        event = environ.get("HTTP_X_GITHUB_EVENT", "")[:_LONGEST_ID]
        delivery = environ.get("HTTP_X_GITHUB_DELIVERY", "")[:_LONGEST_ID]
        about: dict[str, Any] = {"github_event": event, "delivery": delivery}
        began = time.perf_counter()
        try:
            with self._tally.traces.span("delivery", delivery=delivery, event=event):
                response = self._take(environ, event, delivery, about)
        except Refusal as refusal:
            if not refusal.wait:  # a flood fills no log
                about |= {"status": refusal.status, "reason": refusal.sentence}
                log.warning("delivery refused", **about)
            response = _reply(refusal.status, error=refusal.sentence)
            if refusal.wait:
                response.headers["Retry-After"] = str(refusal.wait)
                response.headers["Connection"] = "close"
        self._count(event, response.status_code, time.perf_counter() - began)
        return response

    def _count(self, event: str, status: int, seconds: float) -> None:
        """Events by name only where GitHub sends them: a stranger must not make up labels."""
        known = event if event in COUNTED_EVENTS and status < 300 else "other"
        outcome = {200: "ignored", 202: "queued"}.get(status, str(status))
        self._tally.add("driftline_deliveries_total", event=known, outcome=outcome)
        self._tally.time("driftline_delivery_seconds", seconds)

    def _take(
        self, environ: WSGIEnvironment, event: str, delivery: str, about: dict[str, Any]
    ) -> Response:
        """`about` gathers what the line in the log says."""
        body = self._verified_body(environ)
        payload = _json(body)
        if not event:
            raise Refusal(400, "The X-GitHub-Event header is missing.")
        if not delivery or not _ID_CHARACTERS.issuperset(delivery):
            raise Refusal(400, "The X-GitHub-Delivery header is missing or no delivery id.")
        about |= _subject(payload)
        try:
            wanted = read_event(event, payload, delivery=delivery, app_id=self._settings.app_id)
        except InvalidPayload as error:
            raise Refusal(400, str(error)) from error
        if isinstance(wanted, Ignored):
            log.info("delivery ignored", **about, reason=wanted.reason)
            return _reply(200, status="ignored", reason=wanted.reason)
        job = new_job_id(wanted)
        if not self._kept(wanted, job):
            log.info("delivery repeated", **about)
            return _reply(200, status="already received")
        log.info("delivery queued", **about, kind=wanted.kind, job=job)
        return _reply(202, status="queued", job=job)

    def _kept(self, wanted: Work, job: str) -> bool:
        try:
            return self._intake.put(wanted, job, self._tally.traces.carried())
        except RedisError as error:
            raise Refusal(
                503, "The queue cannot be reached: send this delivery again later."
            ) from error

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

    def _verified_body(self, environ: WSGIEnvironment) -> bytes:
        """The body, which one of our secrets has signed. One without a signature is not read."""
        if wait := self._wait(environ):
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

    def _wait(self, environ: WSGIEnvironment) -> int:
        return self._floods.wait(self._address(environ))

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


def _json(body: bytes) -> dict[str, Any]:
    try:
        payload = read_parts(body)
    except (ValueError, RecursionError):
        raise Refusal(400, "The payload is not JSON.") from None
    if not isinstance(payload, dict):
        raise Refusal(400, "The payload is no JSON object.")
    return payload


def _subject(payload: dict[str, Any]) -> dict[str, Any]:
    """What a log line says about whom: the installation, the repository and the action."""
    found = {
        "action": payload.get("action"),
        "installation": _part(payload, "installation", "id"),
        "repository": _part(payload, "repository", "full_name"),
    }
    return {name: value for name, value in found.items() if isinstance(value, (str, int))}


def _part(payload: dict[str, Any], name: str, key: str) -> Any:
    part = payload.get(name)
    return part.get(key) if isinstance(part, dict) else None


def _reply(code: int, /, **body: str) -> Response:
    return Response(msgspec.json.encode(body), code, content_type="application/json")
