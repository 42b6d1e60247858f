"""`/setup`: takes an operator through registering the App at GitHub, by its manifest.

Only an instance that is started for it (DRIFTLINE_SETUP=1) serves this, and it serves nothing
else: whoever reaches the page can register an App of their own, and sees its key once. Nothing is
stored here; the operator puts the shown lines where the instance's secrets belong.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import secrets
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, make_response, render_template, request

from bot.github.errors import GitHubError
from bot.github.registration import convert_code
from bot.manifest import manifest_for

if TYPE_CHECKING:
    from bot.github.registration import Registered
    from bot.settings import SetupSettings

OnRegistered = Callable[["Registered"], None]

log = structlog.get_logger("driftline.setup")

_COOKIE = "driftline-setup"
_HOUR = 3_600
_OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})")
_RETURN = "/setup/registered"


def setup_blueprint(
    settings: SetupSettings, webhook_path: str, on_registered: OnRegistered | None, key: str
) -> Blueprint:
    """`GET /setup` and `GET /setup/registered`, until one App was registered.

    `on_registered` takes the App instead of the page, which then shows no secret. Where there is a
    `key`, only who knows it can begin: other users of the machine reach its ports, too.
    """
    blueprint = Blueprint("setup", __name__, template_folder="templates")
    closed = threading.Event()

    @blueprint.before_request
    def refuse_when_closed() -> Response | None:
        if not closed.is_set():
            return None
        reason = "An App was registered here: this page is closed. Take DRIFTLINE_SETUP away."
        return _page("setup_failed.html", 410, reason=reason)

    @blueprint.get("/setup")
    def begin() -> Response:
        if key and not hmac.compare_digest(request.args.get("key", "").encode(), key.encode()):
            return _page("setup_failed.html", 403, reason="Open the address that was printed.")
        owner = request.args.get("owner", "").strip()
        name = request.args.get("name", "").strip()[:34] or "Driftline"
        if owner and not _OWNER.fullmatch(owner):
            return _page("setup_failed.html", 400, reason="That is no organization's name.")
        # Never out of the query: a link must not send the App's events, or its key, elsewhere.
        address = settings.address or request.host_url.rstrip("/")
        state = secrets.token_urlsafe(24)
        account = f"organizations/{owner}/" if owner else ""
        here = request.host_url.rstrip("/") if on_registered else address
        wishes = {name: request.args.get(name) == "1" for name in ("fixes", "issues")}
        manifest = manifest_for(
            address,
            name,
            webhook_path=webhook_path,
            return_to=f"{here}{_RETURN}",
            with_fixes=wishes["fixes"],
            with_issues=wishes["issues"],
        )
        response = _page(
            "setup.html",
            action=f"{settings.web_url}/{account}settings/apps/new?state={state}",
            manifest=json.dumps(manifest),
            permissions=manifest["default_permissions"],
            owner=owner,
            name=name,
            address=address,
            key=key,
            **wishes,
        )
        # Lax, since GitHub sends the browser back by a link from its own site.
        response.set_cookie(
            _COOKIE, state, max_age=_HOUR, httponly=True, samesite="Lax", path="/setup",
            secure=here.startswith("https:"),
        )  # fmt: skip
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
            f" form-action 'self' {settings.web_url}; frame-ancestors 'none'"
        )
        return response

    @blueprint.get(_RETURN)
    def registered() -> Response:
        state = request.args.get("state", "")
        given = request.cookies.get(_COOKIE, "")
        if not given or not hmac.compare_digest(state.encode(), given.encode()):
            return _page(
                "setup_failed.html", 400, reason="This registration was not begun in this browser."
            )
        try:
            app = convert_code(settings.github_url, request.args.get("code", ""))
        except GitHubError as error:
            log.warning("registration failed", reason=str(error))
            return _page(
                "setup_failed.html", 502, reason="GitHub did not accept the code: begin again."
            )
        log.info("app registered", app=app.app_id, slug=app.slug)
        closed.set()
        if on_registered is not None:
            on_registered(app)
        response = _page(
            "setup_done.html",
            app=app,
            is_kept=on_registered is not None,
            private_key=base64.b64encode(app.private_key.encode()).decode(),
            install_url=f"{app.url}/installations/new",
        )
        response.delete_cookie(_COOKIE, path="/setup")
        return response

    return blueprint


def _page(template: str, status: int = 200, **values: object) -> Response:
    return make_response(render_template(template, **values), status)
