"""GraphQL against GitHub's own schema (pruned): the route, queries, errors."""

from __future__ import annotations

import functools
from typing import Any

from flask import Blueprint, Response, jsonify
from graphql import GraphQLError, GraphQLSchema, build_schema, graphql_sync
from graphql import validate as validate_query
from graphql.language import parse

from tests.sandbox.api.asking import body, caller
from tests.sandbox.api.graphql_answers import node, refuse
from tests.sandbox.api.graphql_git import actor
from tests.sandbox.api.graphql_mutations import Mutations
from tests.sandbox.api.graphql_pulls import find, node_of, repository_node
from tests.sandbox.contract import CONTRACTS
from tests.sandbox.errors import ApiError
from tests.sandbox.shapes import stamp
from tests.sandbox.world import World


@functools.cache
def schema() -> GraphQLSchema:
    """GitHub's schema, pruned; abstract types are told apart by `__typename`."""
    built = build_schema((CONTRACTS / "schema.graphql").read_text(), assume_valid=True)
    for type_ in built.type_map.values():
        if hasattr(type_, "resolve_type"):
            type_.resolve_type = lambda value, *_: value["__typename"]
    return built


def blueprint(world: World) -> Blueprint:
    """The one route of GraphQL."""
    routes = Blueprint("graphql", __name__)

    @routes.post("/graphql")
    def answer() -> Response:
        caller().installation()
        request = body()
        query = request.get("query")
        if not isinstance(query, str):
            raise ApiError(400, "A query attribute must be specified and must be a string.")
        problems = refusals(query)
        if problems:
            world.violate(f"GraphQL: {'; '.join(problems)}")
            return jsonify({"errors": [{"message": problem} for problem in problems]})
        result = graphql_sync(
            schema(),
            query,
            root_value=roots(world),
            variable_values=request.get("variables"),
            operation_name=request.get("operationName"),
        )
        shape: dict[str, Any] = {"data": result.data}
        if result.errors:
            shape["errors"] = [error_json(error) for error in result.errors]
        return jsonify(shape)

    return routes


def refusals(query: str) -> list[str]:
    """Why GitHub's schema does not allow the query."""
    try:
        return [error.message for error in validate_query(schema(), parse(query))]
    except GraphQLError as error:
        return [error.message]


def error_json(error: GraphQLError) -> dict[str, Any]:
    """An error as GitHub writes it: `type` beside the message."""
    shape: dict[str, Any] = {"message": error.message, "path": error.path}
    kind = (error.extensions or {}).get("type")
    return ({"type": kind} if kind else {}) | shape


def roots(world: World) -> dict[str, Any]:
    """The resolvers of queries and mutations."""

    def repository(info: Any, owner: str, name: str, **_: Any) -> dict[str, Any]:
        try:
            found = caller().repository(owner, name)
        except ApiError as error:
            if error.status != 301:
                text = f"Could not resolve to a Repository with the name '{owner}/{name}'."
                raise refuse("NOT_FOUND", text) from None
            renamed = world.repository(owner, name)
            assert renamed is not None
            found = caller().allowed(renamed, ["metadata"], "read")
        return repository_node(world, found)

    def rate_limit(info: Any, **_: Any) -> dict[str, Any]:
        counts = {"cost": 1, "limit": 5000, "nodeCount": 0, "remaining": 4999, "used": 1}
        return node("RateLimit", resetAt=stamp(world.now()), **counts)

    return node(
        "Root",
        repository=repository,
        node=lambda info, **asked: node_of(world, find(world, asked["id"])),
        nodes=lambda info, ids: [node_of(world, find(world, one)) for one in ids],
        viewer=lambda info: actor(world, world.app.bot),
        rateLimit=rate_limit,
        **Mutations(world).resolvers(),
    )
