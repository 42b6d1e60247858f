"""The page at `/`: says what this is, for whoever opens the address in a browser."""

from __future__ import annotations

from flask import Blueprint, render_template


def index_blueprint() -> Blueprint:
    """`GET /`."""
    blueprint = Blueprint("index", __name__, template_folder="templates")

    @blueprint.get("/")
    def index() -> str:
        return render_template("index.html")

    return blueprint
