"""What a change is about, in a word."""

from __future__ import annotations

from workers.engine.compare.changes import Change


def table_of(change: Change) -> str:
    """The name of the table that a change is about."""
    found = getattr(change, "table", None) or getattr(change, "declared", None)
    found = found or getattr(change, "replayed", None)
    name = getattr(found, "name", "")
    return str(getattr(name, "name", name))
