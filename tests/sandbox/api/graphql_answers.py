"""The bricks of GraphQL answers: nodes, connections, refusals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphql import GraphQLError

from tests.sandbox.api.asking import caller
from tests.sandbox.errors import ApiError
from tests.sandbox.state import PullRequest


def refuse(kind: str, message: str) -> GraphQLError:
    """An error of GitHub's kind."""
    return GraphQLError(message, extensions={"type": kind})


def forbidden() -> GraphQLError:
    """What an App without the permission gets."""
    return refuse("FORBIDDEN", "Resource not accessible by integration")


def need(pull: PullRequest, permissions: list[str], level: str) -> None:
    """Raises the GraphQL form of a refusal."""
    try:
        caller().allowed(pull.repository, permissions, level)
    except ApiError as error:
        if error.status == 404:
            raise refuse("NOT_FOUND", "Could not resolve to a node.") from None
        raise forbidden() from None


def node(typename: str, **fields: Any) -> dict[str, Any]:
    """A mapping that graphql-core resolves fields from."""
    return Fields({"__typename": typename} | fields)


class Fields(dict[str, Any]):
    """A mapping of fields in which a missing one is an error, not null."""

    def get(self, name: str, default: Any = None) -> Any:
        """The field; raises for one that the sandbox does not answer."""
        if name not in self:
            text = f"the sandbox does not answer {self['__typename']}.{name}"
            caller().world.violate(f"GraphQL: {text}")
            raise refuse("SANDBOX", text)
        return self[name]


def connection(items: Sequence[Any], make: Callable[[Any], Any]) -> Callable[..., dict[str, Any]]:
    """A connection's resolver: `first`, `after`, `last` and `before`; cursors are indexes."""

    def resolve(info: Any, **asked: Any) -> dict[str, Any]:
        size = asked.get("first") or asked.get("last")
        if size is None:
            text = "You must provide a `first` or `last` value to properly paginate."
            raise refuse("MISSING_PAGINATION_BOUNDARIES", text)
        if not 1 <= size <= 100:
            raise refuse("EXCESSIVE_PAGINATION", f"Requesting {size} records exceeds 100.")
        start = int(asked["after"]) + 1 if asked.get("after") else 0
        end = int(asked["before"]) if asked.get("before") else len(items)
        if asked.get("first"):
            end = min(end, start + size)
        else:
            start = max(start, end - size)
        shown = items[start:end]
        nodes = [make(one) for one in shown]
        return node(
            "Connection",
            nodes=nodes,
            edges=[node("Edge", cursor=str(start + i), node=one) for i, one in enumerate(nodes)],
            totalCount=len(items),
            pageInfo=node(
                "PageInfo",
                hasNextPage=end < len(items),
                hasPreviousPage=start > 0,
                startCursor=str(start) if shown else None,
                endCursor=str(end - 1) if shown else None,
            ),
        )

    return resolve
