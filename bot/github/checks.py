"""The check run (port `Checks`)."""

from __future__ import annotations


class CheckRuns:
    """Check runs of one repository."""
