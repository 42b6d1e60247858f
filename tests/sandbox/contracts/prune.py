"""Cuts GitHub's published descriptions down to what the sandbox enforces.

Run it on the unpacked npm packages to renew the files beside it:

    npm pack @octokit/openapi@23.0.2 @octokit/webhooks-schemas@7.6.1 @octokit/graphql-schema@15.26.1
    python -m tests.sandbox.contracts.prune OPENAPI.json WEBHOOKS.json SCHEMA.graphql

OPENAPI.json is `generated/api.github.com.json` of the first package, WEBHOOKS.json `schema.json`
of the second, SCHEMA.graphql `schema.graphql` of the third. Prose, examples and everything that
no kept operation, event or type reaches is dropped; nothing that remains is altered.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.sandbox.contracts.prune_graphql import prune_graphql

HERE = Path(__file__).parent
REPO = "/repos/{owner}/{repo}"

# Operation by path and method; a request outside this list is a violation until it is added here.
OPERATIONS = {
    "/app": "get",
    "/app/hook/config": "get",
    "/app/hook/deliveries": "get",
    "/app/hook/deliveries/{delivery_id}": "get",
    "/app/hook/deliveries/{delivery_id}/attempts": "post",
    "/app/installations": "get",
    "/app/installations/{installation_id}": "get",
    "/app/installations/{installation_id}/access_tokens": "post",
    "/app-manifests/{code}/conversions": "post",
    "/installation/repositories": "get",
    "/rate_limit": "get",
    REPO: "get",
    f"{REPO}/branches/{{branch}}": "get",
    f"{REPO}/check-runs": "post",
    f"{REPO}/check-runs/{{check_run_id}}": "get patch",
    f"{REPO}/check-runs/{{check_run_id}}/annotations": "get",
    f"{REPO}/check-suites/{{check_suite_id}}": "get",
    f"{REPO}/check-suites/{{check_suite_id}}/check-runs": "get",
    f"{REPO}/collaborators/{{username}}/permission": "get",
    f"{REPO}/commits": "get",
    f"{REPO}/commits/{{ref}}": "get",
    f"{REPO}/commits/{{ref}}/check-runs": "get",
    f"{REPO}/commits/{{ref}}/check-suites": "get",
    f"{REPO}/commits/{{commit_sha}}/pulls": "get",
    f"{REPO}/compare/{{basehead}}": "get",
    f"{REPO}/contents/{{path}}": "get put",
    f"{REPO}/git/blobs": "post",
    f"{REPO}/git/blobs/{{file_sha}}": "get",
    f"{REPO}/git/commits": "post",
    f"{REPO}/git/commits/{{commit_sha}}": "get",
    f"{REPO}/git/ref/{{ref}}": "get",
    f"{REPO}/git/refs": "post",
    f"{REPO}/git/refs/{{ref}}": "patch",
    f"{REPO}/git/trees": "post",
    f"{REPO}/git/trees/{{tree_sha}}": "get",
    f"{REPO}/installation": "get",
    f"{REPO}/issues": "get post",
    f"{REPO}/issues/{{issue_number}}": "get patch",
    f"{REPO}/issues/{{issue_number}}/comments": "get post",
    f"{REPO}/issues/{{issue_number}}/reactions": "post",
    f"{REPO}/issues/comments/{{comment_id}}": "get patch delete",
    f"{REPO}/issues/comments/{{comment_id}}/reactions": "get post",
    f"{REPO}/issues/comments/{{comment_id}}/reactions/{{reaction_id}}": "delete",
    f"{REPO}/pulls": "get post",
    f"{REPO}/pulls/{{pull_number}}": "get patch",
    f"{REPO}/pulls/{{pull_number}}/comments": "get post",
    f"{REPO}/pulls/{{pull_number}}/commits": "get",
    f"{REPO}/pulls/{{pull_number}}/files": "get",
    f"{REPO}/pulls/{{pull_number}}/reviews": "get post",
    f"{REPO}/pulls/{{pull_number}}/reviews/{{review_id}}": "get put",
    f"{REPO}/pulls/{{pull_number}}/reviews/{{review_id}}/comments": "get",
    f"{REPO}/pulls/comments/{{comment_id}}": "get patch delete",
    f"{REPO}/pulls/comments/{{comment_id}}/reactions": "get post",
}

EVENTS = {
    "check_run",
    "check_suite",
    "installation",
    "installation_repositories",
    "issue_comment",
    "merge_group",
    "ping",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "pull_request_review_thread",
    "push",
    "repository",
}

# The answers kept whole; of the others (4xx bodies) only the status remains.
KEPT_ANSWERS = ("200", "201", "202")

PROSE = {"description", "example", "examples", "externalDocs", "summary", "tags", "title", "links"}


def main(openapi: str, webhooks: str, graphql: str) -> None:
    """Writes the three pruned descriptions beside this file."""
    write("openapi.json", prune_openapi(json.loads(Path(openapi).read_text())))
    write("webhooks.json", prune_webhooks(json.loads(Path(webhooks).read_text())))
    (HERE / "schema.graphql").write_text(prune_graphql(Path(graphql).read_text()))


def write(name: str, value: object) -> None:
    """Writes a description as compact JSON, one line per top-level definition."""
    text = json.dumps(value, separators=(",", ":"), sort_keys=True)
    (HERE / name).write_text(text.replace('},"', '},\n"') + "\n")


def prune_openapi(spec: dict[str, Any]) -> dict[str, Any]:
    """The kept operations with every component they reach."""
    paths: dict[str, Any] = {}
    for path, methods in OPERATIONS.items():
        shared = {
            key: spec["paths"][path][key] for key in ("parameters",) if key in spec["paths"][path]
        }
        operations = {method: operation(spec["paths"][path][method]) for method in methods.split()}
        paths[path] = shared | operations
    paths = without_prose(paths)
    return {
        "openapi": spec["openapi"],
        "info": {key: spec["info"][key] for key in ("title", "version", "license")},
        "servers": spec["servers"],
        "paths": paths,
        "components": reachable(spec, paths),
    }


def operation(full: dict[str, Any]) -> dict[str, Any]:
    """An operation's parameters, body and successful answers."""
    kept: dict[str, Any] = {
        key: full[key] for key in ("operationId", "parameters", "requestBody") if key in full
    }
    kept["responses"] = {
        status: answer(body) if status in KEPT_ANSWERS else {"description": ""}
        for status, body in full["responses"].items()
    }
    return kept


def answer(body: dict[str, Any]) -> dict[str, Any]:
    """An answer's JSON schema without its headers."""
    if "$ref" in body:
        return body
    schema = body.get("content", {}).get("application/json")
    return {"description": ""} | ({"content": {"application/json": schema}} if schema else {})


def reachable(spec: dict[str, Any], paths: dict[str, Any]) -> dict[str, Any]:
    """The components that the paths reach, over any number of steps."""
    components: dict[str, Any] = {}
    todo = list(references(paths))
    while todo:
        _, _, group, name = todo.pop().split("/")
        if name not in components.setdefault(group, {}):
            found = without_prose(spec["components"][group][name])
            components[group][name] = found
            todo.extend(references(found))
    return components


def references(value: Any) -> Iterator[str]:
    """Every `$ref` in a value."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def without_prose(value: Any, names: bool = False) -> Any:
    """The value without prose keys; `names` says that its keys are names of properties."""
    if isinstance(value, list):
        return [without_prose(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    kept = {
        key: without_prose(inner, names=key in ("properties", "definitions") and not names)
        for key, inner in value.items()
        if names or (key not in PROSE and not key.startswith("x-"))
    }
    if value.get("description") is not None and not names and is_response(value):
        kept["description"] = ""  # the one description that OpenAPI demands
    return kept


def is_response(value: dict[str, Any]) -> bool:
    """Whether the value is a response object, which must keep a description."""
    return set(value) <= {"description", "content", "headers", "links"}


def prune_webhooks(schema: dict[str, Any]) -> dict[str, Any]:
    """The definitions of the kept events, `event$action`, with all that they reach."""
    definitions = schema["definitions"]
    todo = [name for name in definitions if "$" in name and name.split("$")[0] in EVENTS]
    kept: dict[str, Any] = {}
    while todo:
        name = todo.pop()
        if name not in kept:
            kept[name] = without_prose(definitions[name])
            kept[name].pop("$schema", None)
            todo.extend(reference.split("/")[-1] for reference in references(kept[name]))
    return {"$schema": schema["$schema"], "definitions": kept}


if __name__ == "__main__":
    main(*sys.argv[1:])
