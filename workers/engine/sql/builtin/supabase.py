"""What a Supabase project has before its first migration."""

from __future__ import annotations

from workers.engine.sql.state import State


def lay(state: State) -> None:
    """Put Supabase's ground into an empty state."""
