"""Registering the App from a manifest: the form, the code, and what the code is worth.

https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.sandbox.contract import description, webhook_schema
from tests.sandbox.errors import ApiError, not_found
from tests.sandbox.shapes import Json, app_json
from tests.sandbox.world import World

CODE_LIFE = timedelta(hours=1)
KEYS = {
    "callback_urls",
    "default_events",
    "default_permissions",
    "description",
    "hook_attributes",
    "name",
    "public",
    "redirect_url",
    "request_oauth_on_install",
    "setup_on_update",
    "setup_url",
    "url",
}


@dataclass(frozen=True, slots=True)
class Registration:
    """A manifest that was sent, waiting for its code to be exchanged."""

    manifest: Json
    made_at: datetime


def begin(world: World, text: str) -> tuple[str, Json]:
    """Takes a manifest; the code that stands for it, and the manifest. Raises 422 for nonsense."""
    try:
        manifest = json.loads(text)
    except json.JSONDecodeError:
        raise ApiError(422, "The manifest is not JSON.") from None
    problems = faults(manifest)
    if problems:
        world.violate("manifest: " + "; ".join(problems))
        raise ApiError(422, "Invalid GitHub App configuration: " + "; ".join(problems))
    code = secrets.token_hex(20)
    world.registrations[code] = Registration(manifest, world.now())
    return code, manifest


def faults(manifest: Any) -> list[str]:
    """What GitHub would not take in a manifest."""
    if not isinstance(manifest, dict):
        return ["it is not an object"]
    found = [f"unknown key {key!r}" for key in manifest if key not in KEYS]
    found += ["url is missing"] if not manifest.get("url") else []
    hook = manifest.get("hook_attributes")
    found += ["hook_attributes.url is missing"] if hook is not None and not hook.get("url") else []
    known = description()["components"]["schemas"]["app-permissions"]["properties"]
    for name, level in manifest.get("default_permissions", {}).items():
        if level not in known.get(name, {}).get("enum", ()):
            found.append(f"unknown permission {name}: {level}")
    events = set(webhook_schema()["definitions"]["webhook-events"]["oneOf"][0]["items"]["enum"])
    events.add("merge_group")  # the description is older than merge queues
    found += [
        f"unknown event {one}" for one in manifest.get("default_events", ()) if one not in events
    ]
    return found


def complete(world: World, code: str) -> Json:
    """Exchanges a code, once and within an hour, for the App and its secrets."""
    registration = world.registrations.pop(code, None)
    if registration is None or world.now() - registration.made_at > CODE_LIFE:
        raise not_found()
    manifest, app = registration.manifest, world.app
    app.name = manifest.get("name") or app.name
    app.permissions = dict(manifest.get("default_permissions", {}))
    app.events = list(manifest.get("default_events", ()))
    app.webhook_url = manifest.get("hook_attributes", {}).get("url")
    app.setup_url = manifest.get("setup_url")
    return app_json(world, app) | {
        "client_id": app.client_id,
        "client_secret": secrets.token_hex(20),
        "webhook_secret": app.webhook_secret,
        "pem": app.private_key,
    }
