"""One request to GitHub and what its failure means; PyGithub's requester carries it.

PyGithub's own retry re-sends POST after a 5xx (PyGithub/PyGithub#803) and sleeps inside the job
when limited, so it is off. Here reads, and writes that may be repeated, are tried again shortly; a
write of unknown outcome is told as such; a limit is raised at once, for the queue to wait.
"""

from __future__ import annotations

import contextlib
import json
import logging
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import requests
from github import Github
from github.Requester import (
    HTTPRequestsConnectionClass,
    HTTPSRequestsConnectionClass,
    Requester,
    RequestsResponse,
)
from requests.utils import parse_header_links
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.github.errors import (
    Forbidden,
    GitHubError,
    Gone,
    NotFound,
    RateLimited,
    Unauthorized,
    Unavailable,
    UnknownOutcome,
    Unprocessable,
)
from bot.github.limits import UNSAID_SECONDS, Limits, seconds_to_wait

if TYPE_CHECKING:
    from github.Auth import Auth

    from bot.settings import Settings

API_VERSION = "2022-11-28"
PER_PAGE = 100
_MOST_PAGES = 100
_PAUSES = (0.5, 2.0)
"""Seconds before the second and the third try."""


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


class Transport:
    """Requests under one authentication. `refresh` (set by the owner) renews it after a 401."""

    def __init__(self, settings: Settings, auth: Auth, limits: Limits) -> None:
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
        self._graphql_url = settings.graphql_url
        self._limits = limits
        self.calls = 0

    @property
    def limit_left(self) -> int | None:
        """What `x-ratelimit-remaining` said last."""
        left = self._requester.rate_limiting[0]
        return left if left >= 0 else None

    def close(self) -> None:
        """Close the connections."""
        self._github.close()

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON of one GET."""
        return self._send("GET", path + _query(parameters))[1]

    def pages(self, path: str, *, key: str | None = None, **parameters: Any) -> Iterator[Any]:
        """The items of a list, page by page; `key` names the list inside an object."""
        url = path + _query({**parameters, "per_page": PER_PAGE})
        for _ in range(_MOST_PAGES):
            headers, data = self._send("GET", url)
            yield from data if key is None else data[key]
            following = _next_page(headers)
            if following is None:
                return
            url = following

    def write(
        self, verb: str, path: str, body: Mapping[str, Any] | None, *, may_repeat: bool = False
    ) -> Any:
        """The JSON of one POST, PATCH or DELETE; `may_repeat` where twice is the same as once."""
        return self._send(verb, path, body, may_repeat=may_repeat)[1]

    def graphql(self, query: str, variables: Mapping[str, Any], *, is_write: bool = False) -> Any:
        """The `data` of a GraphQL operation; its errors as the types that REST's become."""
        body = {"query": query, "variables": dict(variables)}
        counts_as = "PATCH" if is_write else "GET"
        _, answer = self._send(
            "POST", self._graphql_url, body, may_repeat=True, counts_as=counts_as
        )
        errors = answer.get("errors") or []
        if errors:
            raise self._graphql_error(errors)
        return answer.get("data") or {}

    def refresh(self, status: int, headers: Mapping[str, str]) -> bool:
        """Renew the authentication after a 401; True where another try makes sense."""
        return False

    def prepare(self) -> None:
        """Have the authentication ready, so that what it costs is not counted as this request."""

    def relocate(self, url: str) -> str | None:
        """Where a request goes that was redirected, because the repository was renamed."""
        return None

    def _send(
        self,
        verb: str,
        url: str,
        body: Mapping[str, Any] | None = None,
        *,
        may_repeat: bool = False,
        counts_as: str = "",
    ) -> tuple[dict[str, str], Any]:
        may_repeat = may_repeat or verb == "GET"
        is_fresh = is_moved = False
        pauses = iter(_PAUSES)
        while True:
            try:
                return self._once(verb, url, body, counts_as=counts_as or verb)
            except _Refused as refused:
                if is_fresh or not self.refresh(refused.status or 401, refused.headers):
                    raise Unauthorized(str(refused), status=401) from None
                is_fresh = True
            except _Moved as moved:
                relocated = None if is_moved else self.relocate(url)
                if relocated is None:
                    raise GitHubError(str(moved), status=moved.status) from None
                url, is_moved = relocated, True
            except _NotSent as error:
                _sleep_or_raise(pauses, Unavailable(str(error)))
            except UnknownOutcome as error:
                if not may_repeat:
                    raise
                _sleep_or_raise(pauses, Unavailable(str(error), status=error.status))

    def _once(
        self, verb: str, url: str, body: Mapping[str, Any] | None, *, counts_as: str
    ) -> tuple[dict[str, str], Any]:
        self.prepare()
        self._limits.check(counts_as)
        self.calls += 1
        where = f"{verb} {url.partition('?')[0]}"
        try:
            status, headers, text = self._requester.requestJson(verb, url, input=body)
        except requests.RequestException as error:
            if _was_never_sent(error):
                raise _NotSent(f"GitHub cannot be reached ({where}).") from error
            raise UnknownOutcome(
                f"The connection to GitHub broke ({where}: {type(error).__name__})."
            ) from error
        except (RuntimeError, AssertionError) as error:
            raise GitHubError(f"GitHub redirected {where} to somewhere else: {error}") from error
        if status >= 300:
            raise self._error(status, headers, text, where)
        try:
            return headers, json.loads(text) if text else None
        except ValueError as error:
            raise UnknownOutcome(
                f"GitHub answered {where} with {status} and no JSON.", status=status
            ) from error

    def _error(self, status: int, headers: Mapping[str, str], text: str, where: str) -> GitHubError:
        message = _message(text)
        sentence = f"GitHub answered {where} with {status}: {message}"
        wait = seconds_to_wait(status, headers, message)
        if wait is not None:
            self._limits.pause(wait)
            return RateLimited(sentence, retry_after=wait, status=status)
        if status < 400:
            return _Moved(sentence, status=status)
        if status == 401:
            return _Refused(sentence, headers)
        if status >= 500 or status == 408:
            return UnknownOutcome(sentence, status=status)
        if status == 403 and "suspended" in message.lower():
            return Gone(sentence, status=status)
        kinds: Mapping[int, type[GitHubError]] = {
            403: Forbidden,
            404: NotFound,
            410: NotFound,
            451: Forbidden,
        }
        kind = kinds.get(status, Unprocessable)
        return kind(sentence, status=status)

    def _graphql_error(self, errors: list[Any]) -> GitHubError:
        first = errors[0] if isinstance(errors[0], dict) else {}
        sentence = f"GitHub's GraphQL answered: {str(first.get('message', ''))[:500]}"
        kind = first.get("type")
        if kind == "RATE_LIMITED":
            self._limits.pause(UNSAID_SECONDS)
            return RateLimited(sentence, retry_after=UNSAID_SECONDS)
        if kind == "NOT_FOUND":
            return NotFound(sentence)
        if kind in ("FORBIDDEN", "INSUFFICIENT_SCOPES"):
            return Forbidden(sentence)
        return Unprocessable(sentence)


class _NotSent(GitHubError):
    """The request never left: trying again is safe whatever it was."""


class _Moved(GitHubError):
    """A redirection; nothing was done."""


class _Refused(GitHubError):
    """401."""

    def __init__(self, message: str, headers: Mapping[str, str]) -> None:
        super().__init__(message, status=401)
        self.headers = headers


def _sleep_or_raise(pauses: Iterator[float], error: GitHubError) -> None:
    pause = next(pauses, None)
    if pause is None:
        raise error
    time.sleep(pause)


def _was_never_sent(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def _query(parameters: Mapping[str, Any]) -> str:
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"?{urlencode(given)}" if given else ""


def _next_page(headers: Mapping[str, str]) -> str | None:
    for link in parse_header_links(headers.get("link", "")):
        if link.get("rel") == "next":
            return str(link["url"])
    return None


def _message(text: str) -> str:
    """GitHub's own sentence with the reasons of a 422, bounded; or the start of what came."""
    with contextlib.suppress(ValueError, AttributeError):
        value = json.loads(text)
        reasons = value.get("errors") or []
        parts = [str(value.get("message", ""))]
        parts += [
            json.dumps(reason) if isinstance(reason, dict) else str(reason) for reason in reasons
        ]
        return "; ".join(part for part in parts if part)[:1000]
    return " ".join(text.split())[:200]
