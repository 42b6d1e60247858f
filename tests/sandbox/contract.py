"""Holds requests, answers and webhooks to the descriptions that GitHub publishes."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema_rs
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

CONTRACTS = Path(__file__).parent / "contracts"
HOST = "https://api.github.com"

# Real endpoints that the description leaves out: repositories by id, which clients follow after a
# rename, and GraphQL, which has a schema of its own.
UNDESCRIBED = re.compile(r"/(repositories/\d+|graphql)$")
# Answers that GitHub gives and the description does not allow: an outdated comment has no line,
# a pull request outlives the fork that it came from.
NULLED = {
    "pull-request": ("head.repo",),
    "pull-request-simple": ("head.repo",),
    "pull-request-review-comment": ("line", "position", "original_line", "original_position"),
    "review-comment": ("line", "original_line", "original_position"),
}
# Where the description contradicts itself: its list of installations wants each account to be a
# person and an enterprise at once; GitHub answers with what it describes for a single one.
CONTRADICTORY = {
    "get /app/installations 200": {
        "type": "array",
        "items": {"$ref": "#/components/schemas/installation"},
    }
}
SLASHED = re.compile(r"^(/repos/[^/]+/[^/]+/(?:contents|git/ref|git/refs|branches)/)(.+)$")


class ContractError(Exception):
    """A request, answer or webhook that GitHub's description does not allow."""


class Request:
    """A request as openapi-core wants to see it."""

    def __init__(
        self, method: str, path: str, query: Mapping[str, str], headers: Headers, body: bytes
    ) -> None:
        self.host_url = HOST
        self.path = described_path(path)
        self.method = method.lower()
        self.body = body or None
        self.content_type = "application/json"
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(query), header=headers, cookie=ImmutableMultiDict(), path={}
        )


def described_path(path: str) -> str:
    """The path with the slashes inside a file's path or a ref percent-encoded."""
    match = SLASHED.match(path)
    return match[1] + quote(match[2], safe="") if match else path


@functools.cache
def description() -> dict[str, Any]:
    """The pruned OpenAPI description."""
    loaded: dict[str, Any] = json.loads((CONTRACTS / "openapi.json").read_text())
    return loaded


@functools.cache
def openapi() -> OpenAPI:
    """The validator of requests; a key that GitHub does not know is an error."""
    config = Config(spec_validator_cls=None, additional_properties_default_policy="forbid")
    return OpenAPI.from_dict(description(), config=config)


@functools.cache
def path_patterns() -> list[tuple[re.Pattern[str], str]]:
    """The described paths as patterns, fixed segments before placeholders."""
    paths = sorted(description()["paths"], key=lambda path: (path.count("{"), path))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "$"), path) for path in paths]


def operation(method: str, path: str) -> dict[str, Any] | None:
    """The described operation of a request, or None."""
    wanted = described_path(path)
    for pattern, template in path_patterns():
        found = description()["paths"][template].get(method.lower())
        if found and pattern.match(wanted):
            result: dict[str, Any] = found
            return result
    return None


def check_request(
    method: str, path: str, query: Mapping[str, str], headers: Headers, body: bytes
) -> None:
    """Raises ContractError where GitHub's description does not allow the request."""
    if UNDESCRIBED.search(path):
        return
    found = operation(method, path)
    if found is None:
        raise ContractError(f"{method} {path} is no operation that the sandbox's description holds")
    known = {parameter(one)["name"] for one in found.get("parameters", [])}
    unknown = set(query) - known
    if unknown:
        raise ContractError(f"{method} {path}: unknown query parameters {sorted(unknown)}")
    if body and "requestBody" not in found:
        if json.loads(body) not in ({}, None):
            raise ContractError(f"{method} {path} takes no body, but got {body[:200]!r}")
        body = b""
    request = Request(method, path, query, headers, body)
    problems = [reason(error) for error in openapi().iter_request_errors(request)]
    if problems:
        raise ContractError(f"{method} {path}: " + "; ".join(problems))


def parameter(one: dict[str, Any]) -> dict[str, Any]:
    """A parameter with its reference followed."""
    while "$ref" in one:
        one = description()["components"]["parameters"][one["$ref"].split("/")[-1]]
    return one


def reason(error: BaseException) -> str:
    """An error of openapi-core with what lies under it."""
    under = [str(getattr(one, "message", one)) for one in getattr(error, "schema_errors", ())]
    cause = error.__cause__
    while cause is not None:
        under += [str(getattr(one, "message", one)) for one in getattr(cause, "schema_errors", ())]
        cause = cause.__cause__
    return f"{error}" + (f" ({'; '.join(under)})" if under else "")


@functools.cache
def answer_validator(reference: str) -> jsonschema_rs.Validator:
    """The validator of one answer, `METHOD template status`."""
    method, template, status = reference.split(" ")
    found = description()["paths"][template][method]["responses"][status]
    schema = CONTRADICTORY.get(reference, found["content"]["application/json"]["schema"])
    components = json.loads(json.dumps(description()["components"]))
    for name, paths in NULLED.items():
        for path in paths:
            allow_null(components["schemas"][name], path.split("."))
    whole = draft(schema) | {"components": draft(components)}
    return jsonschema_rs.Draft4Validator(whole, validate_formats=True)


def allow_null(schema: dict[str, Any], path: list[str]) -> None:
    """Lets one property of a schema be null."""
    *outer, last = path
    for name in outer:
        schema = schema["properties"][name]
    schema["properties"][last] = {"anyOf": [schema["properties"][last], {"enum": [None]}]}


def draft(value: Any) -> Any:
    """An OpenAPI 3.0 schema as JSON Schema: `nullable` becomes a type."""
    if isinstance(value, list):
        return [draft(one) for one in value]
    if not isinstance(value, dict):
        return value
    plain = {key: draft(one) for key, one in value.items() if key not in ("nullable",)}
    if value.get("nullable") is True:
        return {"anyOf": [plain, {"type": "null"}]}
    return plain


def check_answer(method: str, path: str, status: int, body: Any) -> None:
    """Raises ContractError where the sandbox's own answer is not one of GitHub's."""
    wanted = described_path(path)
    for pattern, template in path_patterns():
        found = description()["paths"][template].get(method.lower())
        if found and pattern.match(wanted):
            if "content" not in found["responses"].get(str(status), {}):
                return
            validator = answer_validator(f"{method.lower()} {template} {status}")
            problem = next(iter(validator.iter_errors(body)), None)
            if problem is not None:
                at = "/".join(map(str, problem.instance_path))
                raise ContractError(f"{method} {path}: answer at {at!r}: {problem.message[:600]}")
            return


@functools.cache
def webhook_schema() -> dict[str, Any]:
    """The pruned description of the webhooks."""
    loaded: dict[str, Any] = json.loads((CONTRACTS / "webhooks.json").read_text())
    return loaded


@functools.cache
def webhook_validator(name: str) -> jsonschema_rs.Validator:
    """The validator of one `event$action`."""
    schema = {"$ref": f"#/definitions/{name}", "definitions": webhook_schema()["definitions"]}
    return jsonschema_rs.Draft7Validator(schema, validate_formats=True)


def check_webhook(event: str, action: str | None, payload: Any) -> None:
    """Raises ContractError where the payload is not one that GitHub would send."""
    validator = webhook_validator(f"{event}${action or 'event'}")
    problem = next(iter(validator.iter_errors(payload)), None)
    if problem is not None:
        at = "/".join(map(str, problem.instance_path))
        raise ContractError(f"webhook {event}.{action} at {at!r}: {problem.message[:600]}")


def fit(event: str, action: str | None, payload: Any) -> Any:
    """The payload without the keys that the webhook's description does not list."""
    definitions = webhook_schema()["definitions"]
    return fitted(definitions[f"{event}${action or 'event'}"], payload, definitions)


def fitted(schema: dict[str, Any], value: Any, definitions: dict[str, Any]) -> Any:
    """The value cut to a schema, references and single alternatives followed."""
    while "$ref" in schema:
        schema = definitions[schema["$ref"].split("/")[-1]]
    options = [one for one in schema.get("oneOf", []) if one.get("type") != "null"]
    if len(options) == 1:
        return fitted(options[0], value, definitions)
    for part in schema.get("allOf", []):
        value = fitted(part, value, definitions)
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [fitted(schema["items"], one, definitions) for one in value]
    known = schema.get("properties")
    if not isinstance(value, dict) or known is None:
        return value
    closed = schema.get("additionalProperties") is False
    return {
        key: fitted(known[key], one, definitions) if key in known else one
        for key, one in value.items()
        if key in known or not closed
    }
