"""The sandbox's pages: a pull request as people see it, with what they can do to it."""

from __future__ import annotations

from tests.sandbox.pages.application import pages

__all__ = ["pages"]
