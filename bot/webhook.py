"""The receiver: verify, read, keep, answer 202. Nothing else happens here.

The order matters: nothing of a request is believed, and no delivery id claimed, before its
signature holds, or a stranger could have a genuine delivery dropped as a repeat. When Redis is
away GitHub is told 503 and keeps the delivery as failed: the scheduled sweep has it sent again.
"""

from __future__ import annotations

import string
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog
from flask import Blueprint, Response, request
from redis.exceptions import RedisError

from bot.answer import DIRECT, Answer, in_json
from bot.batches import Batches
from bot.events import Ignored, InvalidPayload, read_event
from bot.guard import Guard, Refusal
from bot.intake import Entry, Intake
from bot.parts import read_parts
from bot.queue import new_job_id

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from flask.blueprints import BlueprintSetupState

    from bot.metrics import Tally
    from bot.queue import Queue
    from bot.settings import Settings

PATH = "/webhooks/github"
_ID_CHARACTERS = frozenset(string.ascii_letters + string.digits + "-_")
_LONGEST_ID = 100
_UNREACHABLE = "The queue cannot be reached: send this delivery again later."
TURNED_AWAY = "driftline.turned_away"
"""The application's extension that tells whose body need not be waited for."""
COUNTED_EVENTS = frozenset(
    {
        *("check_run", "check_suite", "issue_comment", "merge_group", "pull_request", "ping"),
        *("pull_request_review_comment", "installation", "installation_repositories"),
        *("repository", "github_app_authorization"),
    }
)

log = structlog.get_logger("driftline.webhook")


def webhook_blueprint(settings: Settings, queue: Queue, tally: Tally) -> Blueprint:
    """`POST /webhooks/github`, with two doors to one receiver: Flask's view, which waits for Redis
    in its thread, and one for an event loop, where a thread for each delivery costs more than the
    delivery."""
    blueprint = Blueprint("webhook", __name__)
    receiver = Receiver(settings, queue, tally)

    @blueprint.record
    def register(state: BlueprintSetupState) -> None:
        state.app.extensions[TURNED_AWAY] = receiver.turns_away
        state.app.extensions.setdefault(DIRECT, {})[PATH] = receiver.answer_directly

    @blueprint.post(PATH)
    def receive() -> Response:
        status, headers, body = receiver.answer(request.environ)
        return Response(body, status, headers)

    return blueprint


class Receiver:
    """Takes deliveries; one for the process, without a state of its own."""

    def __init__(self, settings: Settings, queue: Queue, tally: Tally) -> None:
        self._settings = settings
        self._intake = Intake(queue.redis)
        self._batches = Batches(self._intake.put_directly)
        self._tally = tally
        self._guard = Guard(settings)

    def turns_away(self, environ: WSGIEnvironment) -> bool:
        """Whether a request's body need not be waited for: its sender is not heard."""
        return self._guard.wait(environ) > 0

    def answer(self, environ: WSGIEnvironment) -> Answer:
        """The answer to one request, from a thread that may wait for Redis."""
        with self._told(environ) as delivery:
            if (entry := self._heard(delivery)) is not None:
                delivery.keep(self._intake.put_all([entry])[0])
        return delivery.answer

    async def answer_directly(self, environ: WSGIEnvironment) -> Answer:
        """The same in an event loop: what arrives meanwhile is put into Redis together."""
        with self._told(environ) as delivery:
            if (entry := self._heard(delivery)) is not None:
                delivery.keep(await self._batches.result(entry))
        return delivery.answer

    @contextmanager
    def _told(self, environ: WSGIEnvironment) -> Iterator[_Delivery]:
        """A delivery whose answer is found in the block; then it is counted, and told in the log
        where it is refused."""
        delivery = _Delivery(environ)
        event = delivery.event
        began = time.perf_counter()
        try:
            with self._tally.traces.span("delivery", delivery=delivery.id, event=event):
                yield delivery
        except RedisError:
            delivery.refuse(Refusal(503, _UNREACHABLE))
        except Refusal as refusal:
            delivery.refuse(refusal)
        self._count(event, delivery.answer.status, time.perf_counter() - began)

    def _count(self, event: str, status: int, seconds: float) -> None:
        """Events by name only where GitHub sends them: a stranger must not make up labels."""
        known = event if event in COUNTED_EVENTS and status < 300 else "other"
        outcome = {200: "ignored", 202: "queued"}.get(status, str(status))
        self._tally.add("driftline_deliveries_total", event=known, outcome=outcome)
        self._tally.time("driftline_delivery_seconds", seconds)

    def _heard(self, delivery: _Delivery) -> Entry | None:
        """What is to be put into Redis before the answer; None where it is answered already."""
        payload = _json(self._guard.verified_body(delivery.environ))
        if not delivery.event:
            raise Refusal(400, "The X-GitHub-Event header is missing.")
        if not delivery.id or not _ID_CHARACTERS.issuperset(delivery.id):
            raise Refusal(400, "The X-GitHub-Delivery header is missing or no delivery id.")
        delivery.about |= _subject(payload)
        try:
            wanted = read_event(
                delivery.event, payload, delivery=delivery.id, app_id=self._settings.app_id
            )
        except InvalidPayload as error:
            raise Refusal(400, str(error)) from error
        if isinstance(wanted, Ignored):
            delivery.ignore(wanted.reason)
            return None
        delivery.job, delivery.kind = new_job_id(wanted), wanted.kind
        return Entry.of(wanted, delivery.job, self._tally.traces.carried())


class _Delivery:
    """One request: who sent what, and what it is answered; each answer is a line in the log."""

    __slots__ = ("about", "answer", "environ", "event", "id", "job", "kind")

    def __init__(self, environ: WSGIEnvironment) -> None:
        self.environ = environ
        self.event = environ.get("HTTP_X_GITHUB_EVENT", "")[:_LONGEST_ID]
        self.id = environ.get("HTTP_X_GITHUB_DELIVERY", "")[:_LONGEST_ID]
        self.about: dict[str, Any] = {"github_event": self.event, "delivery": self.id}
        self.job = self.kind = ""

    def keep(self, is_new: bool) -> None:
        """Redis has it."""
        if not is_new:
            log.info("delivery repeated", **self.about)
            self.answer = in_json(200, status="already received")
            return
        log.info("delivery queued", **self.about, kind=self.kind, job=self.job)
        self.answer = in_json(202, status="queued", job=self.job)

    def ignore(self, reason: str) -> None:
        """It asks for nothing."""
        log.info("delivery ignored", **self.about, reason=reason)
        self.answer = in_json(200, status="ignored", reason=reason)

    def refuse(self, refusal: Refusal) -> None:
        """It is not taken."""
        self.answer = in_json(refusal.status, error=refusal.sentence)
        if refusal.wait:  # a flood fills no log
            self.answer.headers.extend(
                [("Retry-After", str(refusal.wait)), ("Connection", "close")]
            )
        else:
            self.about |= {"status": refusal.status, "reason": refusal.sentence}
            log.warning("delivery refused", **self.about)


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
