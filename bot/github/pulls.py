"""Reads about the repository and its pull requests (port `PullRequests`)."""

from __future__ import annotations


class Pulls:
    """Pull requests of one repository."""
