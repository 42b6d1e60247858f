"""A refusal: what the database answers to a statement that it does not carry out."""

from __future__ import annotations


class RefusedError(Exception):
    """PostgreSQL's SQLSTATE and message; `location` is a byte offset within the file, if known."""

    def __init__(
        self, sqlstate: str, message: str, location: int | None = None, hint: str = ""
    ) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate
        self.message = message
        self.location = location
        self.hint = hint


class ExtensionsOwnError(Exception):
    """A statement is about a relation that an extension made, of which only the name is known:
    the extension's own affair, and nothing of the project's changes."""


class UnknowableError(Exception):
    """What a statement does cannot be told without running it; `subjects` may be touched by it."""

    def __init__(self, message: str, subjects: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.subjects = subjects
