"""A scripted server in GitHub's place, and a client that has a token from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from bot.github.client import GitHub
from bot.settings import Settings
from tests.bot.github.scripted import Answer, ScriptedServer, scripted_server

TOKENS = "POST /api/v3/app/installations/7/access_tokens"


def token(secret: str = "ghs_first", minutes: float = 60, name: str = "octo/hello") -> Answer:
    """GitHub's answer to a token request."""
    expires_at = datetime.now(UTC) + timedelta(minutes=minutes)
    body: dict[str, Any] = {
        "token": secret,
        "expires_at": expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "permissions": {},
        "repositories": [{"id": 42, "full_name": name}],
    }
    return Answer(201, body)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        server.say(TOKENS, token())
        yield server


@pytest.fixture
def here(settings: Settings, server: ScriptedServer) -> Settings:
    """Settings whose GitHub is the scripted server."""
    return dataclasses.replace(settings, github_url=server.url, github_timeout=1)


@pytest.fixture
def github(here: Settings, redis: Redis) -> Iterator[GitHub]:
    with GitHub.connect(here, redis, 7, 42, "octo/hello") as github:
        yield github
