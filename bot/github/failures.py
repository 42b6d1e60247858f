"""Pure: what an answer of GitHub that is no success means."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bot.github.errors import (
    Forbidden,
    GitHubError,
    Gone,
    NotFound,
    RateLimited,
    UnknownOutcome,
    Unprocessable,
)
from bot.github.limits import UNSAID_SECONDS, seconds_to_wait

_KINDS: Mapping[int, type[GitHubError]] = MappingProxyType(
    {403: Forbidden, 404: NotFound, 410: NotFound, 451: Forbidden}
)


class Moved(GitHubError):
    """A redirection; nothing was done."""


class Refused(GitHubError):
    """401: the token or the JWT does not hold; nothing was done."""

    def __init__(self, message: str, headers: Mapping[str, str]) -> None:
        super().__init__(message, status=401)
        self.headers = headers


def failure(status: int, headers: Mapping[str, str], text: str, where: str) -> GitHubError:
    """The error that a REST answer of 300 or more stands for."""
    message = _message(text)
    sentence = f"GitHub answered {where} with {status}: {message}"
    wait = seconds_to_wait(status, headers, message)
    if wait is not None:
        return RateLimited(sentence, retry_after=wait, status=status)
    if status < 400:
        return Moved(sentence, status=status)
    if status == 401:
        return Refused(sentence, headers)
    if status >= 500 or status == 408:
        return UnknownOutcome(sentence, status=status)
    if status == 403 and "suspended" in message.lower():
        return Gone(sentence, status=status)
    return _KINDS.get(status, Unprocessable)(sentence, status=status)


def graphql_failure(errors: list[Any]) -> GitHubError:
    """The error that the `errors` of a GraphQL answer stand for: a limit, else the first."""
    known = [each for each in errors if isinstance(each, dict)] or [{}]
    first = next((each for each in known if each.get("type") == "RATE_LIMITED"), known[0])
    sentence = f"GitHub's GraphQL answered: {str(first.get('message', ''))[:500]}"
    match first.get("type"):
        case "RATE_LIMITED":
            return RateLimited(sentence, retry_after=UNSAID_SECONDS)
        case "NOT_FOUND":
            return NotFound(sentence)
        case "FORBIDDEN" | "INSUFFICIENT_SCOPES":
            return Forbidden(sentence)
        case _:
            return Unprocessable(sentence)


def _message(text: str) -> str:
    """GitHub's own sentence with the reasons of a 422, bounded; or the start of what came."""
    with contextlib.suppress(ValueError, AttributeError):
        value = json.loads(text)
        parts = [str(value.get("message", ""))]
        for reason in value.get("errors") or []:
            parts.append(json.dumps(reason) if isinstance(reason, dict) else str(reason))
        return "; ".join(part for part in parts if part)[:1000]
    return " ".join(text.split())[:200]
