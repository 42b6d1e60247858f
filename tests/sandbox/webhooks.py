"""Webhooks out: payloads completed and held to GitHub's description, signed, sent, recorded."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import queue
import threading
import time
import uuid
from typing import Any

import requests

from tests.sandbox.contract import check_webhook, fit
from tests.sandbox.shapes import Json, node_id, organization_json, repository_json, user_json
from tests.sandbox.state import Account, Delivery, Installation, Repository
from tests.sandbox.world import World

TIMEOUT = (
    10.0  # seconds; https://docs.github.com/webhooks/using-webhooks/handling-webhook-deliveries
)
MAX_BODY = 25 * 1024 * 1024  # a larger payload is not sent at all

# The permission without which GitHub does not deliver an event, though it is subscribed to.
NEEDED = {
    "check_run": "checks",
    "check_suite": "checks",
    "issue_comment": "pull_requests",
    "merge_group": "merge_queues",
    "pull_request": "pull_requests",
    "pull_request_review": "pull_requests",
    "pull_request_review_comment": "pull_requests",
    "pull_request_review_thread": "pull_requests",
    "push": "contents",
}
ALWAYS = {"installation", "installation_repositories", "ping"}


def emit(
    world: World,
    event: str,
    action: str | None,
    payload: Json,
    sender: Account,
    repository: Repository | None = None,
    installation: Installation | None = None,
) -> Delivery | None:
    """Sends an event to the App where it is installed and subscribed; else does nothing."""
    target = installation or (world.installation_for(repository) if repository else None)
    if not wants(world, event, target) or (event != "ping" and target is None):
        return None
    whole: Json = {"action": action} if action else {}
    whole |= payload
    whole["sender"] = user_json(world, sender)
    if repository:
        whole["repository"] = hook_repository_json(world, repository, event)
        if repository.owner.type == "Organization":
            whole["organization"] = organization_json(world, repository.owner)
    if target and "installation" not in whole:
        whole["installation"] = {"id": target.id, "node_id": node_id("MDIz", target.id)}
    body = fit(event, action, whole)
    check_webhook(event, action, body)
    delivery = Delivery(
        id=world.new_id(),
        guid=str(uuid.uuid4()),
        event=event,
        action=action,
        delivered_at=world.now(),
        payload=body,
        body=json.dumps(body, separators=(",", ":")).encode(),
        installation_id=target.id if target else None,
        repository_id=repository.id if repository else None,
    )
    if len(delivery.body) > MAX_BODY:
        return None
    with world.lock:
        world.deliveries.append(delivery)
    world.send(delivery)
    return delivery


def wants(world: World, event: str, installation: Installation | None) -> bool:
    """Whether GitHub would send the event to the App."""
    if world.app.webhook_url is None:
        return False
    if event in ALWAYS:
        return True
    if installation is None or installation.suspended_at:
        return False
    return (
        event in installation.events and NEEDED.get(event, "metadata") in installation.permissions
    )


def hook_repository_json(world: World, repository: Repository, event: str) -> Json:
    """The repository inside a webhook; `push` writes its times as numbers."""
    shape = repository_json(world, repository)
    if event == "push":
        shape["created_at"] = int(repository.created_at.timestamp())
        shape["pushed_at"] = int(repository.pushed_at.timestamp())
    return shape


class Dispatcher:
    """Sends deliveries one after another, from a thread of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.timeout = TIMEOUT
        self._queue: queue.Queue[tuple[Delivery, bool] | None] = queue.Queue()
        self._held: list[Delivery] = []
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._thread.start()

    def send(self, delivery: Delivery) -> None:
        """Queues a first attempt."""
        self._queue.put((delivery, False))

    def resend(self, old: Delivery) -> Delivery:
        """Queues another attempt, with the same GUID and a new id."""
        new = Delivery(
            id=self.world.new_id(),
            guid=old.guid,
            event=old.event,
            action=old.action,
            delivered_at=self.world.now(),
            payload=old.payload,
            body=old.body,
            installation_id=old.installation_id,
            repository_id=old.repository_id,
            redelivery=True,
        )
        with self.world.lock:
            self.world.deliveries.append(new)
        self._queue.put((new, True))
        return new

    def drain(self, timeout: float) -> None:
        """Waits until everything queued was attempted; raises TimeoutError."""
        end = time.monotonic() + timeout
        with self._queue.all_tasks_done:
            while self._queue.unfinished_tasks:
                left = end - time.monotonic()
                if left <= 0 or not self._queue.all_tasks_done.wait(left):
                    raise TimeoutError(f"webhooks were still being delivered after {timeout} s")

    def release(self) -> None:
        """Sends what was held back."""
        held, self._held = self._held, []
        for delivery in held:
            self._queue.put((delivery, True))

    def stop(self) -> None:
        """Ends the thread after the delivery it is at."""
        self._queue.put(None)
        self._thread.join(timeout=self.timeout + 1)

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            try:
                self._handle(*item)
            finally:
                self._queue.task_done()
        self._queue.task_done()

    def _handle(self, delivery: Delivery, again: bool) -> None:
        fault = None if again else self.world.misbehaviours.delivery(delivery.name)
        if fault and fault.kind == "lose":
            delivery.status, delivery.status_code = "failed to connect to host", 502
            self.world.observe("delivery", f"{delivery.name} was lost", delivery=delivery)
            return
        if fault and fault.kind == "hold":
            delivery.status = "held"
            self._held.append(delivery)
            return
        self._attempt(delivery)
        if fault and fault.kind == "double":
            self._attempt(delivery)
        if self._held and not again:
            self.release()

    def _attempt(self, delivery: Delivery) -> None:
        url = self.world.app.webhook_url
        if url is None:
            return
        delivery.request_headers = self._headers(delivery)
        start = time.monotonic()
        try:
            answer = requests.post(
                url, data=delivery.body, headers=delivery.request_headers, timeout=self.timeout
            )
            delivery.status_code = answer.status_code
            delivery.status = "OK" if answer.ok else answer.reason
            delivery.response_headers = dict(answer.headers)
            delivery.response_body = answer.text
        except requests.Timeout:
            delivery.status, delivery.status_code = "timed out", 504
        except requests.RequestException as error:
            logging.getLogger(__name__).warning("%s was not delivered: %r", delivery.name, error)
            delivery.status, delivery.status_code = "failed to connect to host", 502
        delivery.duration = time.monotonic() - start
        text = f"{delivery.name} delivered: {delivery.status_code} {delivery.status}"
        self.world.observe("delivery", text, delivery=delivery)

    def _headers(self, delivery: Delivery) -> dict[str, str]:
        app = self.world.app
        secret = app.webhook_secret.encode()
        sha256 = hmac.new(secret, delivery.body, hashlib.sha256).hexdigest()
        sha1 = hmac.new(secret, delivery.body, hashlib.sha1).hexdigest()
        return {
            "Accept": "*/*",
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/5a2c1f7",
            "X-GitHub-Delivery": delivery.guid,
            "X-GitHub-Event": delivery.event,
            "X-GitHub-Hook-ID": str(self.world.hook_id),
            "X-GitHub-Hook-Installation-Target-ID": str(app.id),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-GitHub-Enterprise-Host": self.world.url.split("://")[1],
            "X-GitHub-Enterprise-Version": "3.19.0",
            "X-Hub-Signature": f"sha1={sha1}",
            "X-Hub-Signature-256": f"sha256={sha256}",
        }


def hook_config(world: World) -> dict[str, Any]:
    """The App's webhook configuration."""
    url = world.app.webhook_url or ""
    return {"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": url}
