"""Why a command stops: sentences for the user, without a traceback."""

from __future__ import annotations


class WrongUse(Exception):
    """The command was called wrongly; the sentence says what to do."""


class Unreadable(Exception):
    """The repository could not be read."""
