"""What stands before and after every API request: faults, the contract, limits, headers."""

from __future__ import annotations

import hashlib
import json
import socket
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Request, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from tests.sandbox.auth import identify
from tests.sandbox.contract import ContractError, check_answer, check_request
from tests.sandbox.errors import ApiError
from tests.sandbox.misbehaviour import REQUESTS, Misbehaviour
from tests.sandbox.world import World

PREFIX = "/api/v3"
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
MESSAGES = {
    401: "Bad credentials",
    404: "Not Found",
    422: "Validation Failed",
    500: "Server Error",
    502: "Server Error",
    503: "Service Unavailable",
}


@dataclass
class Limits:
    """GitHub's limits; None switches one off. Requests are counted by installation, as there."""

    primary: int = 5000  # requests an hour
    writes_a_minute: int | None = None  # 80 on GitHub
    counted: Counter[int] = field(default_factory=Counter)
    reset_at: float = field(default_factory=lambda: time.time() + 3600)
    writes: list[float] = field(default_factory=list)

    @property
    def used(self) -> int:
        """What all installations have asked in this hour."""
        return self.counted.total()

    @property
    def used_here(self) -> int:
        """What the installation has asked that is being answered."""
        return self.counted[installation_asking()]

    def give_back(self) -> None:
        """The request that is being answered costs nothing."""
        if self.used_here:
            self.counted[installation_asking()] -= 1


def installation_asking() -> int:
    """The id of the installation whose token the request carries, else 0."""
    caller = g.get("caller")
    return caller.token.installation.id if caller is not None and caller.token else 0


class ApiFlask(Flask):
    """A Flask that handles one API request at a time, so that the state stays whole."""

    world: World

    def dispatch_request(self, *arguments: Any) -> Any:
        """Runs the view under the world's lock."""
        with self.world.lock:
            return super().dispatch_request(*arguments)


def guard(app: ApiFlask, world: World, limits: Limits) -> None:
    """Puts the gate before and after every request of the application."""

    @app.before_request
    def before() -> Response | None:
        g.started = time.monotonic()
        g.fault = world.misbehaviours.request(request.method, request.path)
        if g.fault and g.fault.kind == "expire":
            world.expire_tokens()
        elif g.fault and g.fault.seconds and g.fault.kind != "slow-after":
            time.sleep(g.fault.seconds)
        if g.fault and not REQUESTS[g.fault.kind][1]:
            return fault_answer(g.fault, limits)
        g.caller = identify(world, request.headers.get("Authorization"))
        count(limits, request)
        check_request(
            request.method,
            request.path.removeprefix(PREFIX).removeprefix("/api"),
            request.args.to_dict(),
            request.headers,
            request.get_data(),
        )
        return None

    @app.after_request
    def after(response: Response) -> Response:
        check_own(world, response)
        response = conditional(response)
        add_headers(response, limits)
        fault = g.get("fault")
        if fault and fault.kind == "slow-after":
            time.sleep(fault.seconds)
        elif fault and fault.kind.endswith("-after"):
            response = fault_answer(fault, limits)
        tell_reset(world, response)
        record(world, response)
        return response

    @app.get(f"{PREFIX}/rate_limit")
    def rate_limit() -> Response:
        limits.give_back()
        return jsonify(overview(limits))

    @app.errorhandler(ApiError)
    def api_error(error: ApiError) -> Response:
        answer = jsonify(error.body())
        answer.status_code = error.status
        answer.headers.update(error.headers)
        return answer

    @app.errorhandler(ContractError)
    def contract_error(error: ContractError) -> Response:
        world.violate(str(error))
        answer = jsonify({"message": f"The sandbox refuses what GitHub does not describe: {error}"})
        answer.status_code = 422
        return answer

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        answer = jsonify(ApiError(error.code or 500, MESSAGES.get(error.code or 500, "")).body())
        answer.status_code = error.code or 500
        return answer

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        world.violate(f"the sandbox is broken: {type(error).__name__}: {error}")
        app.logger.exception("sandbox")
        answer = jsonify({"message": f"The sandbox is broken: {error!r}"})
        answer.status_code = 500
        return answer


def fault_answer(fault: Misbehaviour, limits: Limits) -> Response:
    """The answer of a planned fault; `drop` closes the connection without one."""
    status, _, retry_after = REQUESTS[fault.kind]
    if status == 0:
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return Response(status=502)
    message = SECONDARY if fault.kind.startswith(("403-s", "429")) else MESSAGES.get(status, "")
    if fault.kind == "403-primary":
        message = "API rate limit exceeded for installation ID 1."
    answer = jsonify(ApiError(status, message).body())
    if status in (500, 502, 503):
        answer = Response("<html><body>Unicorn! Server Error</body></html>", mimetype="text/html")
    answer.status_code = status
    wait = fault.retry_after if fault.retry_after is not None else retry_after
    if wait is not None:
        answer.headers["Retry-After"] = str(wait)
    add_headers(answer, limits)
    if fault.kind == "403-primary":
        answer.headers["X-RateLimit-Remaining"] = "0"
        answer.headers["X-RateLimit-Reset"] = str(int(time.time()) + (wait or 2))
    return answer


def count(limits: Limits, asked: Request) -> None:
    """Counts a request of an installation; raises 403 over a limit."""
    if g.caller.token is None:
        return
    now = time.time()
    if now > limits.reset_at:
        limits.counted.clear()
        limits.reset_at = now + 3600
    number = installation_asking()
    if limits.used_here >= limits.primary:
        raise ApiError(403, f"API rate limit exceeded for installation ID {number}.")
    limits.counted[number] += 1
    if limits.writes_a_minute is not None and asked.method != "GET":
        limits.writes = [one for one in limits.writes if one > now - 60]
        if len(limits.writes) >= limits.writes_a_minute:
            raise ApiError(403, SECONDARY, headers={"Retry-After": "60"})
        limits.writes.append(now)


def check_own(world: World, response: Response) -> None:
    """Holds the sandbox's own answer to GitHub's description."""
    if not response.is_json or not 200 <= response.status_code < 300:
        return
    path = request.path.removeprefix(PREFIX)
    try:
        check_answer(request.method, path, response.status_code, response.get_json())
    except ContractError as error:
        world.violate(f"the sandbox's own {error}")
        response.status_code = 500
        response.set_data(json.dumps({"message": str(error)}))


def conditional(response: Response) -> Response:
    """An ETag on every GET, and 304 where the caller has it already."""
    if request.method != "GET" or response.status_code != 200:
        return response
    tag = f'W/"{hashlib.sha256(response.get_data()).hexdigest()}"'
    if request.headers.get("If-None-Match") == tag:
        response = Response(status=304)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, max-age=60, s-maxage=60"
    return response


def overview(limits: Limits) -> dict[str, Any]:
    """What `GET /rate_limit` tells; asking costs nothing."""
    core = {
        "limit": limits.primary,
        "used": limits.used_here,
        "remaining": max(0, limits.primary - limits.used_here),
        "reset": int(limits.reset_at),
    }
    return {"resources": {"core": core, "search": core, "graphql": core}, "rate": core}


def add_headers(response: Response, limits: Limits) -> None:
    """The headers that GitHub puts on every answer."""
    if response.status_code == 304:
        limits.give_back()
    response.headers["X-GitHub-Request-Id"] = uuid.uuid4().hex[:20].upper()
    response.headers["X-GitHub-Media-Type"] = "github.v3; format=json"
    response.headers["X-GitHub-Enterprise-Version"] = "3.19.0"
    response.headers["X-RateLimit-Limit"] = str(limits.primary)
    response.headers["X-RateLimit-Remaining"] = str(max(0, limits.primary - limits.used_here))
    response.headers["X-RateLimit-Used"] = str(limits.used_here)
    response.headers["X-RateLimit-Reset"] = str(int(limits.reset_at))
    response.headers["X-RateLimit-Resource"] = "core"


def tell_reset(world: World, response: Response) -> None:
    """When the limit begins anew, by the sandbox's own clock."""
    reset = int(response.headers.get("X-RateLimit-Reset", 0)) + world.offset.total_seconds()
    response.headers["X-RateLimit-Reset"] = str(int(reset))


def record(world: World, response: Response) -> None:
    """Notes the request with its answer's status."""
    body = request.get_json(silent=True) if request.method != "GET" else None
    world.observe(
        "request",
        f"{request.method} {request.path} {response.status_code}",
        method=request.method,
        path=request.path.removeprefix(PREFIX),
        query=request.query_string.decode(),
        status=response.status_code,
        planned=g.get("fault") is not None,
        body=body,
        authorization=request.headers.get("Authorization", "").split(" ")[0],
        seconds=time.monotonic() - g.get("started", time.monotonic()),
    )
