"""Requests to GitHub: which are tried again, which wait, which are remembered.

Reads, and writes that may be repeated, are tried again shortly; a write of unknown outcome is
told as such; a limit is raised at once, for the queue to wait. What is read twice is asked for
under its ETag: "not modified" does not count against the limit.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from requests.utils import parse_header_links

from bot.github.connection import PER_PAGE, Answer, Connection, NotSent
from bot.github.errors import (
    GitHubError,
    RateLimited,
    Unauthorized,
    Unavailable,
    UnknownOutcome,
)
from bot.github.failures import Moved, Refused, failure, graphql_failure
from bot.github.limits import Limits

if TYPE_CHECKING:
    from github.Auth import Auth

    from bot.settings import Settings

_MOST_PAGES = 100
_PAUSES = (0.5, 2.0)
"""Seconds before the second and the third try."""
_MOST_REMEMBERED = 64


class Transport:
    """Requests under one authentication; subclasses know how to renew it."""

    def __init__(self, settings: Settings, auth: Auth, limits: Limits) -> None:
        self._connection = Connection(settings, auth)
        self._graphql_url = settings.graphql_url
        self._limits = limits
        self._remembered: dict[str, Answer] = {}
        self.calls = 0

    @property
    def limit_left(self) -> int | None:
        """What `x-ratelimit-remaining` said last."""
        return self._connection.limit_left

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON of one GET."""
        return self._send("GET", path + _query(parameters))[1]

    def dated(self, path: str) -> tuple[str, Any]:
        """The `Date` of the answer to one GET, and its JSON."""
        headers, data = self._send("GET", path)
        return headers.get("date", ""), data

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

    def graphql(
        self,
        query: str,
        variables: Mapping[str, Any],
        *,
        is_write: bool = False,
        partly: bool = False,
    ) -> Any:
        """The `data` of a GraphQL operation that may be repeated; errors as of REST.

        `partly` takes an answer some of whose fields failed: those are null.
        """
        body = {"query": query, "variables": dict(variables)}
        counts_as = "PATCH" if is_write else "GET"
        _, answer = self._send(
            "POST", self._graphql_url, body, may_repeat=True, counts_as=counts_as
        )
        errors, data = answer.get("errors") or [], answer.get("data") or {}
        if errors:
            error = self._noted(graphql_failure(errors))
            is_some = any(value is not None for value in data.values())
            if not (partly and is_some) or isinstance(error, RateLimited):
                raise error
        return data

    def refresh(self, headers: Mapping[str, str]) -> bool:
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
    ) -> tuple[Mapping[str, str], Any]:
        """Send until there is an answer; what a 401, a rename or the weather cost is mended."""
        may_repeat = may_repeat or verb == "GET"
        is_fresh = is_moved = False
        pauses = iter(_PAUSES)
        while True:
            try:
                return self._once(verb, url, body, counts_as or verb)
            except Refused as refused:
                if is_fresh or not self.refresh(refused.headers):
                    raise Unauthorized(str(refused), status=401) from None
                is_fresh = True
            except Moved as moved:
                relocated = None if is_moved else self.relocate(url)
                if relocated is None:
                    raise GitHubError(str(moved), status=moved.status) from None
                url, is_moved = relocated, True
            except NotSent as error:
                _sleep_or_raise(pauses, Unavailable(str(error)))
            except UnknownOutcome as error:
                if not may_repeat:
                    raise
                _sleep_or_raise(pauses, Unavailable(str(error), status=error.status))

    def _once(
        self, verb: str, url: str, body: Mapping[str, Any] | None, counts_as: str
    ) -> tuple[Mapping[str, str], Any]:
        self.prepare()
        self._limits.check(counts_as)
        self.calls += 1
        known = self._remembered.get(url) if verb == "GET" else None
        condition = {"If-None-Match": known.headers["etag"]} if known else {}
        answer = self._connection.exchange(verb, url, body, condition)
        if answer.status == 304 and known is not None:
            answer = known
        where = f"{verb} {url.partition('?')[0]}"
        if answer.status >= 300:
            raise self._noted(failure(answer.status, answer.headers, answer.text, where))
        try:
            data = json.loads(answer.text) if answer.text else None
        except ValueError as error:
            raise UnknownOutcome(
                f"GitHub answered {where} with {answer.status} and no JSON.", status=answer.status
            ) from error
        if verb == "GET" and "etag" in answer.headers and len(self._remembered) < _MOST_REMEMBERED:
            self._remembered[url] = answer
        return answer.headers, data

    def _noted(self, error: GitHubError) -> GitHubError:
        """The error; a limit is told to all processes first."""
        if isinstance(error, RateLimited):
            self._limits.pause(error.retry_after)
        return error


def _sleep_or_raise(pauses: Iterator[float], error: GitHubError) -> None:
    pause = next(pauses, None)
    if pause is None:
        raise error
    time.sleep(pause)


def _query(parameters: Mapping[str, Any]) -> str:
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"?{urlencode(given)}" if given else ""


def _next_page(headers: Mapping[str, str]) -> str | None:
    for link in parse_header_links(headers.get("link", "")):
        if link.get("rel") == "next":
            return str(link["url"])
    return None
