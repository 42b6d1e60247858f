"""Reviews, comments, threads and reactions (port `Conversation`)."""

from __future__ import annotations


class Conversations:
    """Conversations of one repository."""
