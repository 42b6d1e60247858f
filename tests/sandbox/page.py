"""The sandbox's pages."""

from __future__ import annotations

from flask import Flask

from tests.sandbox.world import World


def pages(world: World) -> Flask:
    """The application of the pages."""
    return Flask("pages")
