"""Placeholder until SQLite's tables are redefined."""

from __future__ import annotations

from workers.engine.errors import EngineError
from workers.engine.repair.choice import Choice
from workers.engine.repair.proposal import NewFile, Wish
from workers.engine.rules.context import Context


def sqlite_parts(context: Context, choices: list[Choice], wish: Wish) -> tuple[NewFile, ...]:
    """SQLite's files."""
    raise EngineError("SQLite's tables cannot be redefined yet")
