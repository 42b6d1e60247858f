"""What can go wrong when one speaks with GitHub, as types that a caller can act upon."""

from __future__ import annotations


class GitHubError(Exception):
    """GitHub did not do what was asked; the message is one sentence, without secrets."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class NotFound(GitHubError):
    """404 or 410: there is no such thing, or the token may not see it."""


class Gone(GitHubError):
    """The installation was removed or suspended, or the repository left it: nothing to do here."""


class Forbidden(GitHubError):
    """403 that is no rate limit: a permission is missing, or the conversation is locked."""


class Unauthorized(GitHubError):
    """401 that a fresh token did not cure: the App's key or id is wrong."""


class Unprocessable(GitHubError):
    """422 (or 400, 409): GitHub refused the content; nothing was written."""


class RateLimited(GitHubError):
    """A primary or secondary limit; nothing was written. Come back after `retry_after` seconds."""

    def __init__(self, message: str, *, retry_after: float, status: int | None = None) -> None:
        super().__init__(message, status=status)
        self.retry_after = retry_after


class Unavailable(GitHubError):
    """A read failed by 5xx, timeout or network after retries; trying the job later may help."""


class UnknownOutcome(GitHubError):
    """A write met 5xx, a timeout or a broken connection: it may have worked.

    Read the state back before writing again.
    """
