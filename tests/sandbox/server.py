"""The sandbox GitHub: a server on this machine, and what a test does to it and asks of it."""

from __future__ import annotations

import logging
import shutil
import socketserver
import tempfile
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from tests.sandbox import installing
from tests.sandbox.api import app as app_routes
from tests.sandbox.api import (
    checks,
    comments,
    contents,
    git_data,
    graphql,
    issues,
    pulls,
    repositories,
)
from tests.sandbox.gate import PREFIX, ApiFlask, Limits, guard
from tests.sandbox.git_http import PATH as GIT_PATH
from tests.sandbox.git_http import GitServer
from tests.sandbox.handles import RepositoryHandle
from tests.sandbox.misbehaviour import Misbehaviour
from tests.sandbox.pages import pages
from tests.sandbox.repositories import Files, create_repository
from tests.sandbox.state import App, Delivery, Installation
from tests.sandbox.webhooks import Dispatcher, emit
from tests.sandbox.world import Observation, World, private_key


class Sandbox:
    """A GitHub of one's own; a context manager.

    `with Sandbox(webhook_url="http://127.0.0.1:8000/webhooks/github") as github:` serves REST at
    `api_url`, GraphQL beside it, git and pages at `url`, and sends signed webhooks to the App.
    """

    def __init__(self, webhook_url: str | None = None, limits: Limits | None = None) -> None:
        private_key()  # takes a while; made before there is anything to clear away
        self.folder = Path(tempfile.mkdtemp(prefix="driftline-sandbox-"))
        self.world = World(self.folder)
        self.world.app.webhook_url = webhook_url
        self.limits = limits or Limits()
        self.dispatcher = Dispatcher(self.world)
        self.world.send = self.dispatcher.send
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Sandbox:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, port: int = 0) -> None:
        """Serves on 127.0.0.1, on a free port unless one is named."""
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        application = Front(self.world, self.limits, self.dispatcher)
        world = self.world

        class Dated(QuietHandler):
            """Tells the sandbox's own time."""

            def date_time_string(self, timestamp: float | None = None) -> str:
                return format_datetime(world.now(), usegmt=True)

        self._server = make_server(
            "127.0.0.1", port, application, threaded=True, request_handler=Dated
        )
        assert isinstance(self._server, socketserver.ThreadingMixIn)
        self._server.daemon_threads = True
        self.world.url = f"http://127.0.0.1:{self._server.server_port}"
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the server and removes its repositories."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        self.dispatcher.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """Pages and git, `http://127.0.0.1:PORT`."""
        return self.world.url

    @property
    def api_url(self) -> str:
        """REST, `http://127.0.0.1:PORT/api/v3`."""
        return self.world.api_url

    @property
    def app(self) -> App:
        """The App's id, key, secret, permissions and webhook address."""
        return self.world.app

    @property
    def violations(self) -> list[str]:
        """Every request that GitHub's description does not allow; empty is what one wants."""
        return self.world.violations

    @property
    def deliveries(self) -> list[Delivery]:
        """Every webhook attempt, oldest first."""
        return self.world.deliveries

    @property
    def requests(self) -> list[Observation]:
        """Every API request so far; `facts` holds method, path, status, body."""
        return [one for one in self.world.observations if one.kind == "request"]

    @property
    def refusals(self) -> list[Observation]:
        """Every API request that was refused though no fault was planned for it."""
        return [
            one for one in self.requests if one.facts["status"] >= 400 and not one.facts["planned"]
        ]

    def on_observation(self, listener: Callable[[Observation], None]) -> None:
        """Has the listener called, from the server's threads, for all that happens."""
        self.world.listeners.append(listener)

    def misbehave(
        self,
        kind: str,
        match: str = "*",
        times: int = 1,
        seconds: float = 0.0,
        retry_after: int | None = None,
    ) -> Misbehaviour:
        """Plans a fault, see `misbehaviour`; `match` is a glob over `METHOD /api/v3/...`,
        `GIT METHOD /...` or the name of an event such as `pull_request.synchronize`."""
        fault = Misbehaviour(kind, match, times, seconds, retry_after)
        return self.world.misbehaviours.plan(fault)

    def expire_tokens(self) -> None:
        """Lets every installation token given so far end now."""
        self.world.expire_tokens()

    def advance(self, **time: float) -> None:
        """Moves the sandbox's clock forward, `advance(minutes=61)`."""
        self.world.offset += timedelta(**time)

    def drain(self, timeout: float = 15.0) -> None:
        """Waits until every webhook so far was attempted."""
        self.dispatcher.drain(timeout)

    def create_repository(
        self,
        full_name: str,
        files: Files,
        private: bool = True,
        default_branch: str = "main",
        message: str = "Begin",
        install: bool = True,
    ) -> RepositoryHandle:
        """A repository with one commit, the App installed on its owner unless told otherwise."""
        made = create_repository(self.world, full_name, files, private, default_branch, message)
        if install:
            self.install(made.owner.login)
        return RepositoryHandle(self.world, made)

    def repository(self, full_name: str) -> RepositoryHandle:
        """A repository that exists; raises KeyError."""
        found = self.world.repository(*full_name.split("/"))
        if found is None:
            raise KeyError(full_name)
        return RepositoryHandle(self.world, found)

    def install(
        self,
        owner: str,
        repositories: Iterable[str] | None = None,
        permissions: dict[str, str] | None = None,
    ) -> Installation:
        """Installs the App on an account, on all repositories or the named ones; once only."""
        return installing.install(self.world, owner, repositories, permissions)

    def suspend(self, installation: Installation, suspended: bool = True) -> None:
        """Suspends an installation, or lets it work again."""
        installation.suspended_at = self.world.now() if suspended else None
        installing.tell(self.world, installation, "suspend" if suspended else "unsuspend")

    def uninstall(self, installation: Installation) -> None:
        """Removes the App from an account; its tokens die."""
        installing.tell(self.world, installation, "deleted")
        installation.deleted = True

    def ping(self) -> Delivery | None:
        """Sends the `ping` of a new webhook."""
        world = self.world
        hook = {
            "type": "App",
            "id": world.hook_id,
            "name": "web",
            "active": True,
            # The described list of events is older than merge queues.
            "events": [one for one in world.app.events if one != "merge_group"],
            "config": {
                "content_type": "json",
                "insecure_ssl": "0",
                "secret": "********",
                "url": world.app.webhook_url,
            },
            "app_id": world.app.id,
            "updated_at": world.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "created_at": world.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "url": f"{self.api_url}/app/hook",
            "ping_url": f"{self.api_url}/app/hook/pings",
            "deliveries_url": f"{self.api_url}/app/hook/deliveries",
        }
        payload = {"zen": "Keep it logically awesome.", "hook_id": world.hook_id, "hook": hook}
        return emit(world, "ping", None, payload, world.app.owner)

    def grant(self, installation: Installation, **permissions: str) -> None:
        """The account's owner accepts new permissions."""
        installation.permissions |= permissions
        installing.tell(self.world, installation, "new_permissions_accepted")

    def select(
        self, installation: Installation, add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> None:
        """Adds repositories to an installation on selected ones, or takes some away."""
        installing.select(self.world, installation, add, remove)


class Front:
    """The WSGI application: git's paths, the API, and pages."""

    def __init__(self, world: World, limits: Limits, dispatcher: Dispatcher) -> None:
        self.git = GitServer(world)
        self.api = api(world, limits, dispatcher)
        self.pages: Flask = pages(world)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith("/api/"):
            return self.api(environ, start_response)
        if GIT_PATH.match(path):
            return self.git(environ, start_response)
        return self.pages(environ, start_response)


def api(world: World, limits: Limits, dispatcher: Dispatcher) -> Flask:
    """The API's application."""
    flask = ApiFlask("sandbox")
    flask.world = world
    flask.url_map.strict_slashes = False
    guard(flask, world, limits)
    for blueprint in (
        app_routes.blueprint(world, dispatcher),
        repositories.blueprint(world),
        contents.blueprint(world),
        git_data.blueprint(world),
        pulls.blueprint(world),
        comments.blueprint(world),
        issues.blueprint(world),
        checks.blueprint(world),
    ):
        flask.register_blueprint(blueprint, url_prefix=PREFIX)
    flask.register_blueprint(graphql.blueprint(world), url_prefix="/api")
    return flask


class QuietHandler(WSGIRequestHandler):
    """A handler that keeps connections open and writes no log."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """Writes nothing."""
