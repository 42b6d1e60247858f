"""A GitHub of the project's own, for tests and the demo."""

from __future__ import annotations

from tests.sandbox.gate import Limits
from tests.sandbox.git import Entry
from tests.sandbox.handles import PullHandle, RepositoryHandle, wait_until
from tests.sandbox.server import Sandbox

__all__ = ["Entry", "Limits", "PullHandle", "RepositoryHandle", "Sandbox", "wait_until"]
