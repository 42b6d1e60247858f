"""Every payload that GitHub's own SDK ships as an example, posted to the receiver.

They come from npm: `npm install --prefix .oracle @octokit/webhooks-examples`, or
DRIFTLINE_WEBHOOK_EXAMPLES names the package's folder.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from bot.app import create_app
from bot.queue import Queue
from bot.settings import Settings
from tests.bot.test_webhook import deliver

ROOT = Path(__file__).parents[2]
FOLDER = Path(
    os.environ.get("DRIFTLINE_WEBHOOK_EXAMPLES")
    or ROOT / ".oracle/node_modules/@octokit/webhooks-examples"
)


def _examples() -> list[tuple[str, Any]]:
    index = FOLDER / "api.github.com/index.json"
    if not index.is_file():
        pytest.skip("npm's @octokit/webhooks-examples is not installed")
    events = json.loads(index.read_text())
    return [(event["name"], example) for event in events for example in event["examples"]]


def test_no_example_of_github_is_answered_with_an_error_of_ours(
    settings: Settings, redis: Redis
) -> None:
    client = create_app(settings, Queue(redis)).test_client()
    examples = _examples()
    answers = [
        deliver(client, example, event=event, delivery=f"example-{number}").status_code
        for number, (event, example) in enumerate(examples)
    ]
    assert len(examples) >= 329
    assert set(Counter(answers)) <= {200, 202}


def test_the_examples_of_an_installed_app_become_jobs(settings: Settings, redis: Redis) -> None:
    """With an installation in each, as an App's deliveries have it."""
    client = create_app(settings, Queue(redis)).test_client()
    kinds: Counter[str] = Counter()
    for number, (event, example) in enumerate(_examples()):
        payload = {**example, "installation": example.get("installation") or {"id": 7}}
        for part in ("check_run", "check_suite"):
            if part in payload:
                payload[part] = {**payload[part], "app": {"id": 1234}}
        answer = deliver(client, payload, event=event, delivery=f"example-{number}")
        assert answer.status_code in (200, 202), answer.text
        if answer.status_code == 202 and answer.json is not None:
            kinds["-".join(answer.json["job"].split("-")[1:-1])] += 1
    assert kinds == {
        "action": 1,
        "cancel": 2,
        "installation": 10,
        "merge-group": 2,
        "rerun": 4,
        "review": 10,
    }
