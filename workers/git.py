"""Running git on repositories that nobody vouches for.

Every command gets a clean environment: no configuration of the machine or the user, no hooks,
helpers, prompts, filters or external programs, a time limit after which its whole process group
is killed, and a bound on what it may print or write to disk. A token travels in the environment
alone (`GIT_CONFIG_*`, https://git-scm.com/docs/git-config#ENVIRONMENT), never in a URL, an argument
or an error.
"""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workers.child import ChildError, ChildTimeout, Result, communicate

_PASSED_ON = (
    "PATH",
    "SYSTEMROOT",
    "TMPDIR",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "no_proxy",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
)
"""What git and curl need of the machine: where programs are, the way out, whom to trust."""

_FIXED = {
    "HOME": os.devnull,
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GIT_SSH_COMMAND": "false",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_AUTHOR_NAME": "Driftline",
    "GIT_AUTHOR_EMAIL": "driftline@localhost",
    "GIT_AUTHOR_DATE": "2000-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Driftline",
    "GIT_COMMITTER_EMAIL": "driftline@localhost",
    "GIT_COMMITTER_DATE": "2000-01-01T00:00:00Z",
}

_SAFE_CONFIG = (
    ("safe.directory", "*"),  # what a stranger's configuration could start is switched off below
    ("core.hooksPath", os.devnull),
    ("core.fsmonitor", "false"),
    ("core.untrackedCache", "false"),
    ("core.quotePath", "false"),
    ("core.sshCommand", "false"),
    ("core.askPass", ""),
    ("core.attributesFile", os.devnull),
    ("credential.helper", ""),
    ("submodule.recurse", "false"),
    ("fetch.recurseSubmodules", "false"),
    ("transfer.bundleURI", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("protocol.version", "2"),
    ("http.lowSpeedLimit", "1000"),
    ("http.lowSpeedTime", "20"),
    ("diff.external", ""),
    ("diff.algorithm", "myers"),
    ("diff.renames", "true"),
    ("diff.noprefix", "false"),
    ("diff.mnemonicPrefix", "false"),
    ("diff.relative", "false"),
    ("diff.orderFile", os.devnull),
    ("merge.renames", "true"),
    ("merge.directoryRenames", "conflict"),
    ("merge.conflictStyle", "merge"),
    ("merge.renormalize", "false"),
)

MEGABYTE = 1024 * 1024


class GitError(Exception):
    """A git command failed; the text is git's own, without secrets."""


class GitTimeout(GitError):
    """A git command took too long and was killed."""


@dataclass(frozen=True)
class Access:
    """How a remote may be reached: its base address, and the token that opens it, if any."""

    url: str
    token: str | None = field(default=None, repr=False)

    @property
    def authorization(self) -> str | None:
        """The header's value; never wrapped, however long the token is."""
        if not self.token:
            return None
        return "Basic " + base64.b64encode(f"x-access-token:{self.token}".encode()).decode()

    @property
    def config(self) -> list[tuple[str, str]]:
        """Git configuration that sends the header to this host alone."""
        if self.authorization is None:
            return []
        from urllib.parse import urlsplit

        parts = urlsplit(self.url)
        host = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/"
        return [(f"http.{host}.extraHeader", f"Authorization: {self.authorization}")]


@dataclass(frozen=True)
class Git:
    """Git commands in one place: a folder inside a repository, or a bare repository."""

    directory: Path
    git_dir: Path | None = None
    access: Access | None = None
    protocols: tuple[str, ...] = ()
    object_format: str = "sha1"
    deadline: float | None = None
    """The moment (`time.monotonic`) after which nothing runs any more."""

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        ok: Sequence[int] = (0,),
        timeout: float = 60,
        limit: int = 256 * MEGABYTE,
        extra: Mapping[str, str] | None = None,
    ) -> Result:
        """Run one command; GitError unless its exit code is in `ok`."""
        if self.deadline is not None:
            timeout = min(timeout, self.deadline - time.monotonic())
            if timeout <= 0:
                raise GitTimeout("there was no time left to read the repository")
        environment = self._environment(extra)
        try:
            result = communicate(
                _bounded(arguments), self.directory, environment, stdin, timeout, limit
            )
        except ChildTimeout:
            raise GitTimeout(f"git {arguments[0]} took too long") from None
        except ChildError as error:
            raise GitError(f"git {arguments[0]}: {error}") from error
        if result.code not in ok:
            raise GitError(self._redacted(arguments[0], result))
        return result

    def _environment(self, extra: Mapping[str, str] | None) -> dict[str, str]:
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment.update(_FIXED)
        environment["GIT_ALLOW_PROTOCOL"] = ":".join(self.protocols) or "none"
        if self.git_dir is not None:
            environment["GIT_DIR"] = str(self.git_dir)
        environment.update(extra or {})
        config = [*_SAFE_CONFIG, *(self.access.config if self.access else ())]
        environment["GIT_CONFIG_COUNT"] = str(len(config))
        for number, (key, value) in enumerate(config):
            environment[f"GIT_CONFIG_KEY_{number}"] = key
            environment[f"GIT_CONFIG_VALUE_{number}"] = value
        return environment

    def _redacted(self, command: str, result: Result) -> str:
        text = result.stderr.decode("utf-8", "replace").strip()
        if self.access is not None and self.access.token and self.access.authorization:
            text = text.replace(self.access.token, "***")
            text = text.replace(self.access.authorization.removeprefix("Basic "), "***")
        return f"git {command} failed ({result.code}): {text[-500:] or 'it said nothing'}"


def _bounded(arguments: Sequence[str]) -> list[str]:
    """The command line, with a bound on each file that it may write (1 GiB, in 512-byte blocks)."""
    return ["sh", "-c", 'ulimit -f 2097152; exec git "$@"', "git", *arguments]
