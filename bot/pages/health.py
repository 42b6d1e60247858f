"""Whether the process lives (`/healthz`) and can take deliveries (`/readyz`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, jsonify
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from bot.queue import Queue

log = structlog.get_logger("driftline.health")


def health_blueprint(queue: Queue) -> Blueprint:
    """`GET /healthz` and `GET /readyz`."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="alive")

    @blueprint.get("/readyz")
    def readyz() -> Response:
        try:
            queue.is_alive()
        except RedisError as error:
            # The address may hold a password: the error's kind is all that is said.
            log.warning("not ready", reason=type(error).__name__)
            response = jsonify(error="Redis cannot be reached: see REDIS_URL.")
            response.status_code = 503
            return response
        return jsonify(status="ready")

    return blueprint
