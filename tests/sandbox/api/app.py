"""The App's own endpoints: itself, its installations, tokens and webhook deliveries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from tests.sandbox.api.asking import body, caller, paged
from tests.sandbox.auth import LEVELS
from tests.sandbox.errors import ApiError, not_found
from tests.sandbox.registration import complete
from tests.sandbox.shapes import (
    app_json,
    delivery_json,
    installation_json,
    repository_json,
    stamp,
)
from tests.sandbox.state import Installation
from tests.sandbox.webhooks import Dispatcher, hook_config
from tests.sandbox.world import World

KEPT = timedelta(days=7)  # how long a GitHub Enterprise Server remembers deliveries


def blueprint(world: World, dispatcher: Dispatcher) -> Blueprint:
    """The routes under /app and /installation."""
    routes = Blueprint("app", __name__)

    @routes.get("/app")
    def show_app() -> Response:
        caller().app_only()
        count = sum(not one.deleted for one in world.installations.values())
        return jsonify(app_json(world, world.app) | {"installations_count": count})

    @routes.post("/app-manifests/<code>/conversions")
    def convert(code: str) -> tuple[Response, int]:
        return jsonify(complete(world, code)), 201

    @routes.get("/app/hook/config")
    def show_hook() -> Response:
        caller().app_only()
        return jsonify(hook_config(world))

    @routes.get("/app/hook/deliveries")
    def list_deliveries() -> Response:
        caller().app_only()
        start = world.now() - KEPT
        items = [
            one
            for one in world.deliveries
            if one.status not in ("pending", "held") and one.delivered_at > start
        ]
        items.reverse()
        wanted = request.args.get("status")
        if wanted:
            good = wanted == "success"
            items = [one for one in items if (200 <= one.status_code < 300) is good]
        return cursor_page(world, items)

    @routes.get("/app/hook/deliveries/<int:number>")
    def show_delivery(number: int) -> Response:
        caller().app_only()
        for one in world.deliveries:
            if one.id == number:
                return jsonify(delivery_json(one, full=True))
        raise not_found()

    @routes.post("/app/hook/deliveries/<int:number>/attempts")
    def redeliver(number: int) -> tuple[Response, int]:
        caller().app_only()
        for one in world.deliveries:
            if one.id == number:
                dispatcher.resend(one)
                return jsonify({}), 202
        raise not_found()

    @routes.get("/app/installations")
    def list_installations() -> Response:
        caller().app_only()
        living = [one for one in world.installations.values() if not one.deleted]
        return paged(living, lambda one: installation_json(world, one))

    @routes.get("/app/installations/<int:number>")
    def show_installation(number: int) -> Response:
        caller().app_only()
        return jsonify(installation_json(world, living_installation(world, number)))

    @routes.post("/app/installations/<int:number>/access_tokens")
    def create_token(number: int) -> tuple[Response, int]:
        caller().app_only()
        installation = living_installation(world, number)
        if installation.suspended_at:
            raise ApiError(403, "This installation has been suspended")
        wanted = body()
        permissions = narrowed(installation, wanted.get("permissions"))
        repositories = chosen(world, installation, wanted)
        token = world.new_token(installation, permissions, repositories)
        world.observe("token", f"token for {installation.account.login}", permissions=permissions)
        answer: dict[str, Any] = {
            "token": token.value,
            "expires_at": stamp(token.expires_at),
            "permissions": permissions,
            "repository_selection": "selected"
            if repositories is not None or installation.repositories is not None
            else "all",
        }
        if repositories is not None:
            found = [world.repositories[one] for one in sorted(repositories)]
            answer["repositories"] = [repository_json(world, one) for one in found]
        return jsonify(answer), 201

    @routes.get("/installation/repositories")
    def list_repositories() -> Response:
        installation = caller().installation()
        token = caller().token
        narrowed_to = token.repositories if token else None
        items = [
            one
            for one in world.covered(installation)
            if narrowed_to is None or one.id in narrowed_to
        ]
        return paged(items, lambda one: repository_json(world, one), key="repositories")

    @routes.get("/repos/<owner>/<name>/installation")
    def repository_installation(owner: str, name: str) -> Response:
        caller().app_only()
        repository = world.repository(owner, name)
        installation = world.installation_for(repository) if repository else None
        if installation is None:
            raise not_found()
        return jsonify(installation_json(world, installation))

    return routes


def cursor_page(world: World, items: list[Any]) -> Response:
    """A page of deliveries; they are paged by cursor, newest first."""
    size = max(1, min(100, int(request.args.get("per_page", 30))))
    cursor = request.args.get("cursor")
    if cursor is not None:
        items = [one for one in items if one.id < int(cursor)]
    answer = jsonify([delivery_json(one) for one in items[:size]])
    if len(items) > size:
        last = items[size - 1].id
        query = f"per_page={size}&cursor={last}"
        if request.args.get("status"):
            query += f"&status={request.args['status']}"
        answer.headers["Link"] = f'<{world.api_url}/app/hook/deliveries?{query}>; rel="next"'
    return answer


def living_installation(world: World, number: int) -> Installation:
    """The installation; raises 404 once it is removed."""
    found = world.installations.get(number)
    if found is None or found.deleted:
        raise not_found()
    return found


def narrowed(installation: Installation, wanted: dict[str, str] | None) -> dict[str, str]:
    """The token's permissions; raises 422 for more than the installation was granted."""
    if not wanted:
        return dict(installation.permissions)
    for name, level in wanted.items():
        granted = installation.permissions.get(name, "")
        if LEVELS.get(granted, 0) < LEVELS[level]:
            text = "The permissions requested are not granted to this installation."
            raise ApiError(422, text)
    return {"metadata": "read"} | wanted


def chosen(world: World, installation: Installation, wanted: dict[str, Any]) -> set[int] | None:
    """The ids that a token is narrowed to; raises 422 for a repository that is not there."""
    ids, names = wanted.get("repository_ids"), wanted.get("repositories")
    if ids is None and names is None:
        return None
    covered = {one.id: one.name for one in world.covered(installation)}
    found = set(ids or [])
    for name in names or []:
        found |= {one for one, known in covered.items() if known == name} or {-1}
    if not found <= covered.keys():
        text = (
            "There is at least one repository that does not exist or is not accessible to the "
            "parent installation."
        )
        raise ApiError(422, text)
    return found
