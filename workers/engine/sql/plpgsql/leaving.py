"""How a body is left: EXIT and CONTINUE, RETURN, RAISE."""

from __future__ import annotations

from workers.engine.sql.refusal import RefusedError


class ExitError(Exception):
    def __init__(self, label: str | None, is_exit: bool) -> None:
        super().__init__(label)
        self.label = label
        self.is_exit = is_exit


class ReturnError(Exception):
    pass


class RaisedError(RefusedError):
    """What RAISE or ASSERT raised, not the database by itself."""
