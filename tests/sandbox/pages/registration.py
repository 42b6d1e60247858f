"""The pages on which people register the App and install it."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from tests.sandbox import registration
from tests.sandbox.installing import install
from tests.sandbox.world import World


def blueprint(world: World) -> Blueprint:
    """The routes under /settings, /organizations and /apps."""
    routes = Blueprint("registration", __name__)

    @routes.post("/settings/apps/new")
    @routes.post("/organizations/<owner>/settings/apps/new")
    def new(owner: str = "") -> str:
        code, manifest = registration.begin(world, request.form["manifest"])
        state = {"state": request.args["state"]} if "state" in request.args else {}
        target = manifest.get("redirect_url", "/")
        query = urlencode({"code": code} | state)
        address = f"{target}{'&' if '?' in target else '?'}{query}"
        return render_template("register.html", manifest=manifest, owner=owner, address=address)

    @routes.get("/apps/<slug>/installations/new")
    def choose(slug: str) -> str:
        accounts = {one.owner.login for one in world.repositories.values()}
        return render_template("install.html", app=world.app, accounts=sorted(accounts))

    @routes.post("/apps/<slug>/installations/new")
    def put_in(slug: str) -> Response:
        made = install(world, request.form["account"])
        query = urlencode({"installation_id": made.id, "setup_action": "install"})
        address = f"{world.app.setup_url}?{query}" if world.app.setup_url else "/"
        return redirect(address, 303)

    return routes
