"""`create_app(settings, queue)`: where the web process is put together; `wsgi()` for the server."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from bot.answer import failure, secured
from bot.metrics import Tally
from bot.pages.health import health_blueprint
from bot.pages.index import index_blueprint
from bot.webhook import PATH, webhook_blueprint

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from bot.pages.setup import OnRegistered
    from bot.queue import Queue
    from bot.settings import Settings, SetupSettings

_LARGEST_FORM = 65_536


def create_app(settings: Settings, queue: Queue, tally: Tally | None = None) -> Flask:
    """The web process: the receiver and a few pages. It keeps no state of its own."""
    app = _bare_app(_Application("driftline", static_folder=None))
    app.config["MAX_CONTENT_LENGTH"] = settings.max_payload_bytes
    app.register_blueprint(webhook_blueprint(settings, queue, tally or Tally()))
    app.register_blueprint(health_blueprint(queue))
    app.register_blueprint(index_blueprint())
    return app


def create_setup_app(
    settings: SetupSettings, on_registered: OnRegistered | None = None, *, key: str = ""
) -> Flask:
    """The web process of an instance that has no App yet: the page that registers one."""
    from bot.pages.setup import setup_blueprint

    app = _bare_app(Flask("driftline", static_folder=None))
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_FORM
    app.register_blueprint(setup_blueprint(settings, PATH, on_registered, key))
    return app


class _Application(Flask):
    """Flask without a look at the Host header: paths alone are matched, and no address is made."""

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """As Flask's own, for any host."""
        if request is None:
            return None
        environ = request.environ
        path = environ.get("PATH_INFO", "").encode("latin-1", "replace").decode("utf-8", "replace")
        return MapAdapter(
            self.url_map,
            server_name="localhost",
            script_name="/",
            subdomain="",
            url_scheme="https",
            path_info=path,
            default_method=environ["REQUEST_METHOD"],
        )


def _bare_app(app: Flask) -> Flask:
    app.wsgi_app = _Secured(app.wsgi_app)  # type: ignore[assignment, method-assign]

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response | HTTPException:
        if isinstance(error, HTTPException):
            return error
        status, headers, body = failure(error)
        return Response(body, status, headers)

    return app


class _Secured:
    """Adds secure headers to every answer that does not set them itself.

    Around Flask, since its own headers look at each value again, for each answer.
    """

    def __init__(self, inner: WSGIApplication) -> None:
        self._inner = inner

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start(status, secured(headers), *error)

        return self._inner(environ, begin)


def wsgi() -> Flask:
    """The application as the environment describes it, for any WSGI server with a factory."""
    from bot.logs import configure_logs
    from bot.pages.metrics import flush_at_times
    from bot.queue import Queue
    from bot.redis_connection import connect_for_web
    from bot.sentry import configure_sentry
    from bot.settings import Settings, SettingsError, SetupSettings
    from bot.tracing import traces

    configure_logs()
    try:
        setup = SetupSettings.from_environment()
        if setup is not None:
            return create_setup_app(setup)
        settings = Settings.from_environment()
    except SettingsError as error:
        sys.exit(f"driftline: {error}")
    redis = connect_for_web(settings.redis_url)
    configure_sentry()
    tally = Tally(traces("web"))
    flush_at_times(tally, redis)
    queue = Queue(redis, concurrency=settings.installation_concurrency)
    return create_app(settings, queue, tally)
