"""One HTTP exchange with GitHub by PyGithub's requester, without retries, waits or redirects.

PyGithub's own retry re-sends POST after a 5xx (PyGithub/PyGithub#803) and sleeps inside the job
when limited, so it is off.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
from github import Github
from github.Requester import (
    HTTPRequestsConnectionClass,
    HTTPSRequestsConnectionClass,
    Requester,
    RequestsResponse,
)
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.github.errors import GitHubError, UnknownOutcome

if TYPE_CHECKING:
    from github.Auth import Auth

    from bot.settings import Settings

API_VERSION = "2022-11-28"
PER_PAGE = 100


class _Http(HTTPRequestsConnectionClass):
    """PyGithub follows a 301 itself and loses its query: let it see a 308, which it leaves."""

    def getresponse(self) -> RequestsResponse:
        return _unfollowed(super().getresponse())


class _Https(HTTPSRequestsConnectionClass):
    """The same over TLS."""

    def getresponse(self) -> RequestsResponse:
        return _unfollowed(super().getresponse())


def _unfollowed(response: RequestsResponse) -> RequestsResponse:
    if response.status == 301:
        response.status = 308
    return response


# PyGithub's way of naming connection classes is for all of the process, which has no other door.
Requester.injectConnectionClasses(_Http, _Https)

# At DEBUG PyGithub writes whole answers into the log, those that hold installation tokens too.
logging.getLogger("github").setLevel(logging.INFO)


class NotSent(GitHubError):
    """The request never left: trying again is safe whatever it was."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What GitHub answered; the headers' names are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str


class Connection:
    """Exchanges under one authentication, over connections that stay open."""

    def __init__(self, settings: Settings, auth: Auth) -> None:
        self._github = Github(
            auth=auth,
            base_url=settings.github_url,
            timeout=settings.github_timeout,
            user_agent="driftline",
            per_page=PER_PAGE,
            retry=0,
            seconds_between_requests=0,
            seconds_between_writes=0,
            api_version=API_VERSION,
        )
        self._requester = self._github.requester

    @property
    def limit_left(self) -> int | None:
        """What `x-ratelimit-remaining` said last."""
        left = self._requester.rate_limiting[0]
        return left if left >= 0 else None

    def close(self) -> None:
        """Close the connections."""
        self._github.close()

    def exchange(
        self, verb: str, url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> Answer:
        """Send once; `NotSent` where nothing left, `UnknownOutcome` where no answer came."""
        try:
            return Answer(*self._requester.requestJson(verb, url, None, dict(headers), body))
        except requests.RequestException as error:
            where = f"{verb} {url.partition('?')[0]}"
            if _was_never_sent(error):
                raise NotSent(f"GitHub cannot be reached ({where}).") from error
            raise UnknownOutcome(
                f"The connection to GitHub broke ({where}: {type(error).__name__})."
            ) from error


def _was_never_sent(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
