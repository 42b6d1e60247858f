"""Who speaks: the App by its JWT, an installation by a token that Redis remembers for everyone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import MappingProxyType


class Purpose(Enum):
    """What a token is for, with the narrowest permissions that it needs."""

    FETCH = "fetch"
    REVIEW = "review"
    RESOLVE = "resolve"
    WRITE = "write"
    EVERYTHING = "everything"
    """No `permissions` asked: all that the owner granted (listing repositories needs none)."""

    @property
    def permissions(self) -> Mapping[str, str] | None:
        """The `permissions` of the token request; None asks for all."""
        return _PERMISSIONS[self]


_PERMISSIONS: Mapping[Purpose, Mapping[str, str] | None] = MappingProxyType(
    {
        Purpose.FETCH: {"contents": "read", "metadata": "read"},
        Purpose.REVIEW: {
            "checks": "write",
            "contents": "read",
            "metadata": "read",
            "pull_requests": "write",
        },
        # resolveReviewThread is FORBIDDEN without contents: write (community discussion 44650).
        Purpose.RESOLVE: {"contents": "write", "metadata": "read", "pull_requests": "write"},
        Purpose.WRITE: {"contents": "write", "metadata": "read", "pull_requests": "write"},
        Purpose.EVERYTHING: None,
    }
)


@dataclass(frozen=True, slots=True)
class Token:
    """An installation token; never in a repr, a log, a URL or an argument of a process."""

    secret: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Token(expires_at={self.expires_at.isoformat()})"
