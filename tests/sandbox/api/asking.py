"""The request at hand: its caller, its JSON, its page of a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, g, jsonify, request

from tests.sandbox.auth import Caller
from tests.sandbox.errors import ApiError, not_found
from tests.sandbox.state import PullRequest, Repository

Item = TypeVar("Item")

ON_PULLS = ["pull_requests", "issues"]  # either will do for comments on a pull request


def caller() -> Caller:
    """Who makes this request."""
    found: Caller = g.caller
    return found


def body() -> dict[str, Any]:
    """The request's JSON object; raises 400."""
    if not request.get_data():
        return {}
    value = request.get_json(silent=True, force=True)
    if not isinstance(value, dict):
        raise ApiError(400, "Problems parsing JSON")
    return value


def find_pull(repository: Repository, number: int) -> PullRequest:
    """The pull request; raises 404."""
    pull = repository.pulls.get(number)
    if pull is None:
        raise not_found()
    return pull


def paged(
    items: Sequence[Item], shape: Callable[[Item], Any], key: str = "", limit: int | None = None
) -> Response:
    """One page of a list, with GitHub's Link header; under `key` with its total where named."""
    shown = items if limit is None else items[:limit]
    size = page_number("per_page", 30, 100)
    page = page_number("page", 1, 10**9)
    part = [shape(item) for item in shown[(page - 1) * size : page * size]]
    answer = jsonify({"total_count": len(shown), key: part} if key else part)
    last = max(1, -(-len(shown) // size))
    links = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    wanted = {"prev", "first"} if page > 1 else set()
    wanted |= {"next", "last"} if page < last else set()
    if wanted:
        answer.headers["Link"] = ", ".join(
            f'<{address(number)}>; rel="{name}"' for name, number in links.items() if name in wanted
        )
    return answer


def page_number(name: str, default: int, most: int) -> int:
    """A number of the query, between 1 and `most`; nonsense counts as the default."""
    try:
        number = int(request.args.get(name, default))
    except ValueError:
        return default
    return max(1, min(most, number))


def address(page: int) -> str:
    """This request's address with another page."""
    query = request.args.to_dict() | {"page": str(page)}
    return f"{caller().world.url}{request.path}?{urlencode(query)}"


def no_content() -> Response:
    """204."""
    return Response(status=204)
