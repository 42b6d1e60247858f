"""`Settings`: all that the environment says, read once at the start.

A missing or wrong variable stops the start with one sentence that names it and the remedy.
Secrets never show in a repr.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class SettingsError(ValueError):
    """The environment is incomplete or wrong; the sentence names the variable and the remedy."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this process runs.

    `github_url` is the REST API's base without a slash at its end: `https://api.github.com`,
    `https://HOST/api/v3` (GitHub Enterprise Server) or `https://api.SUB.ghe.com`.
    """

    app_id: str
    private_key: str = field(repr=False)
    """PEM text, normalised."""
    webhook_secrets: tuple[str, ...] = field(repr=False)
    """The newest first; any of them may have signed."""
    redis_url: str = field(repr=False)
    github_url: str = "https://api.github.com"
    host: str = "127.0.0.1"
    port: int = 8000
    max_payload_bytes: int = 26_214_400
    """GitHub sends no webhook above 25 MB."""
    github_timeout: float = 15.0
    """Seconds to connect to, and to wait for each answer of, GitHub."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read `os.environ` (or the mapping given); raise `SettingsError`."""
        raise NotImplementedError

    @property
    def web_url(self) -> str:
        """Where people look: `https://github.com`, `https://HOST`, `https://SUB.ghe.com`."""
        raise NotImplementedError

    @property
    def graphql_url(self) -> str:
        """The GraphQL endpoint."""
        raise NotImplementedError

    def git_url(self, repository: str) -> str:
        """Where git fetches `owner/name` from, without a token."""
        raise NotImplementedError
