"""`Settings`: all that the environment says, read once at the start.

A missing or wrong variable stops the start with one sentence that names it and the remedy.
Secrets never show in a repr.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.private_key import UnreadableKey, read_private_key

PUBLIC_API = "https://api.github.com"
SENTINEL_SCHEMES = ("redis+sentinel", "rediss+sentinel")


class SettingsError(ValueError):
    """The environment is incomplete or wrong; the sentence names the variable and the remedy."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this process runs.

    `github_url` is the REST API's base without a slash at its end: `https://api.github.com`,
    `https://HOST/api/v3` (GitHub Enterprise Server) or `https://api.SUB.ghe.com`.
    """

    app_id: str
    """The App's id or its client id: GitHub takes either as the issuer of a JWT."""
    private_key: str = field(repr=False)
    """PEM text, normalised."""
    webhook_secrets: tuple[str, ...] = field(repr=False)
    """The newest first; any of them may have signed."""
    redis_url: str = field(repr=False)
    github_url: str = PUBLIC_API
    host: str = "127.0.0.1"
    port: int = 8000
    max_payload_bytes: int = 26_214_400
    """GitHub sends no webhook above 25 MB."""
    installation_concurrency: int = 8
    """How many jobs of one installation may be with the workers, or next in line, at a time."""
    github_timeout: int = 15
    """Seconds to connect to, and to wait for each answer of, GitHub."""
    metrics: str = ""
    """`HOST:PORT` at which `/metrics` answers, an internal one; "" for nowhere."""
    proxies: int = 0
    """How many reverse proxies of one's own stand before the web process."""
    refusals_per_minute: int = 60
    """After so many refused deliveries an address is not heard for the rest of the minute."""
    job_megabytes: int = 1_024
    """How much memory the analysis of one pull request may take."""
    docs_url: str = ""
    """Where the first review of a repository sends people; "" for the App's page at GitHub."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read `os.environ` (or the mapping given); raise `SettingsError`."""
        values = os.environ if environment is None else environment
        return cls(
            app_id=_app_id(values),
            private_key=_private_key(values),
            webhook_secrets=_secrets(values),
            redis_url=_redis_url(values),
            github_url=_github_url(values),
            host=listening(values)[0],
            port=listening(values)[1],
            max_payload_bytes=_number(
                values, "DRIFTLINE_MAX_PAYLOAD_BYTES", 26_214_400, 1_024, 104_857_600
            ),
            installation_concurrency=_number(
                values, "DRIFTLINE_INSTALLATION_CONCURRENCY", 8, 1, 10_000
            ),
            github_timeout=_number(values, "DRIFTLINE_GITHUB_TIMEOUT", 15, 1, 120),
            metrics=_metrics(values),
            proxies=_number(values, "DRIFTLINE_PROXIES", 0, 0, 10),
            refusals_per_minute=_number(values, "DRIFTLINE_REFUSALS_PER_MINUTE", 60, 1, 1_000_000),
            job_megabytes=_number(values, "DRIFTLINE_JOB_MEGABYTES", 1_024, 128, 65_536),
            docs_url=_docs_url(values),
        )

    @property
    def web_url(self) -> str:
        """Where people look: `https://github.com`, `https://HOST`, `https://SUB.ghe.com`."""
        return _web_url(self.github_url)

    def documentation(self, login: str) -> str:
        """Where people read about the App that writes as `login` (`driftline[bot]`)."""
        folder = "github-apps" if self.github_url.endswith("/api/v3") else "apps"
        return self.docs_url or f"{self.web_url}/{folder}/{login.removesuffix('[bot]')}"

    @property
    def graphql_url(self) -> str:
        """The GraphQL endpoint."""
        parts = urlsplit(self.github_url)
        path = parts.path.removesuffix("/v3") if parts.path.endswith("/api/v3") else parts.path
        return f"{parts.scheme}://{parts.netloc}{path}/graphql"

    def git_url(self, repository: str) -> str:
        """Where git fetches `owner/name` from, without a token."""
        return f"{self.web_url}/{repository}.git"


def listening(values: Mapping[str, str]) -> tuple[str, int]:
    """Where the web process listens: HOST and PORT."""
    return values.get("HOST", "").strip() or "127.0.0.1", _number(values, "PORT", 8000, 0, 65_535)


@dataclass(frozen=True, slots=True)
class SetupSettings:
    """How an instance runs that has no App yet and is to register one (DRIFTLINE_SETUP=1)."""

    github_url: str
    web_url: str
    address: str | None = None
    """Where GitHub and browsers reach this instance; None: wherever the browser asked."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> SetupSettings | None:
        """Read `os.environ` (or the mapping given); None where no set-up is wanted."""
        values = os.environ if environment is None else environment
        if values.get("DRIFTLINE_SETUP", "").strip().lower() not in ("1", "true", "yes", "on"):
            return None
        url = _github_url(values)
        return cls(url, _web_url(url), _address(values))


def _address(values: Mapping[str, str]) -> str | None:
    text = values.get("DRIFTLINE_URL", "").strip().rstrip("/")
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        raise SettingsError(
            "DRIFTLINE_URL must be the address at which GitHub reaches this instance, such as"
            " https://driftline.example.com."
        )
    return text


def _metrics(values: Mapping[str, str]) -> str:
    address = values.get("DRIFTLINE_METRICS", "").strip()
    host, _, port = address.rpartition(":")
    if address and not (host and port.isdigit() and 0 < int(port) < 65_536):
        raise SettingsError(
            "DRIFTLINE_METRICS must be the address to answer Prometheus at, such as"
            " 127.0.0.1:9464 (an internal one), or not be set."
        )
    return address


def _docs_url(values: Mapping[str, str]) -> str:
    url = values.get("DRIFTLINE_DOCS_URL", "").strip()
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise SettingsError(
            "DRIFTLINE_DOCS_URL must be the address of a page, such as"
            " https://wiki.example.com/driftline."
        )
    return url


def _web_url(github_url: str) -> str:
    parts = urlsplit(github_url)
    if parts.path.endswith("/api/v3"):
        return f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix('/api/v3')}"
    return f"{parts.scheme}://{parts.netloc.removeprefix('api.')}{parts.path}"


def _required(values: Mapping[str, str], name: str, remedy: str) -> str:
    value = values.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is not set: give it {remedy}.")
    return value


def _app_id(values: Mapping[str, str]) -> str:
    value = _required(values, "DRIFTLINE_APP_ID", "the App id of the App's settings page")
    value = value.strip("'\"")
    if not value.isascii() or not value.replace(".", "").isalnum():
        raise SettingsError(
            "DRIFTLINE_APP_ID is neither an App id nor a client id: copy the number from the"
            " App's settings page."
        )
    return value


def _private_key(values: Mapping[str, str]) -> str:
    name = "DRIFTLINE_PRIVATE_KEY"
    text = _required(
        values, name, "the App's private key: its PEM text, that text in base64, or a path to it"
    )
    try:
        return read_private_key(text)
    except UnreadableKey as error:
        raise SettingsError(f"{name} {error}") from error.__cause__


def _secrets(values: Mapping[str, str]) -> tuple[str, ...]:
    remedy = "the webhook secret of the App's settings page (several, for rotation, by comma)"
    text = _required(values, "DRIFTLINE_WEBHOOK_SECRET", remedy)
    secrets = [
        secret for line in text.splitlines() for part in line.split(",") if (secret := part.strip())
    ]
    if not secrets:
        raise SettingsError(f"DRIFTLINE_WEBHOOK_SECRET holds no secret: give it {remedy}.")
    # A single secret may hold a comma itself, so each line counts as a whole too.
    whole = [line.strip() for line in text.splitlines() if "," in line]
    return (*secrets, *whole)


def _redis_url(values: Mapping[str, str]) -> str:
    url = _required(values, "REDIS_URL", "an address such as redis://localhost:6379/0")
    parts = urlsplit(url)
    if parts.scheme in SENTINEL_SCHEMES:
        if len(parts.path.strip("/").split("/")[0]) == 0 or not parts.netloc:
            raise SettingsError(
                "REDIS_URL for Sentinel must name the sentinels and the service, such as"
                " redis+sentinel://sentinel-1:26379,sentinel-2:26379/driftline/0."
            )
        return url
    if parts.scheme not in ("redis", "rediss", "unix"):
        raise SettingsError(
            "REDIS_URL must begin with redis://, rediss://, unix:// or redis+sentinel://."
        )
    return url


def _github_url(values: Mapping[str, str]) -> str:
    url = values.get("DRIFTLINE_GITHUB_URL", "").strip().rstrip("/") or PUBLIC_API
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise SettingsError(
            "DRIFTLINE_GITHUB_URL must be the address of a REST API, such as"
            " https://api.github.com or https://github.example.com/api/v3."
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise SettingsError(
            "DRIFTLINE_GITHUB_URL must hold no user name, password, query or fragment."
        )
    if parts.hostname in ("github.com", "www.github.com"):
        return PUBLIC_API
    if parts.hostname.endswith(".ghe.com") and not parts.hostname.startswith("api."):
        return f"{parts.scheme}://api.{parts.netloc}"
    return url


def _number(values: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = values.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise SettingsError(f"{name} must be a whole number from {least} to {most}.")
    return int(text)
