"""app.yml asks for what the code uses, and for nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.events import SUBSCRIBED
from bot.github.auth import Purpose
from bot.webhook import PATH

MANIFEST = Path(__file__).parents[2] / "app.yml"

# https://docs.github.com/en/webhooks/webhook-events-and-payloads: what delivery of each demands.
NEEDED = {
    "check_run": "checks",
    "check_suite": "checks",
    "issue_comment": "pull_requests",
    "merge_group": "merge_queues",
    "pull_request": "pull_requests",
    "pull_request_review_comment": "pull_requests",
}


@pytest.fixture
def manifest() -> dict[str, Any]:
    loaded = yaml.safe_load(MANIFEST.read_text())
    assert isinstance(loaded, dict)
    return loaded


def test_the_events_are_those_that_are_read(manifest: dict[str, Any]) -> None:
    assert tuple(manifest["default_events"]) == SUBSCRIBED


def test_the_permissions_are_those_of_tokens_and_events(manifest: dict[str, Any]) -> None:
    review = dict(Purpose.REVIEW.permissions or {})
    for event in SUBSCRIBED:
        review.setdefault(NEEDED[event], "read")
    assert manifest["default_permissions"] == review


def test_webhooks_are_sent_to_the_receiver(manifest: dict[str, Any]) -> None:
    assert manifest["hook_attributes"]["url"].endswith(PATH)
