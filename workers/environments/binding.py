"""Which database a name stands for: told by the operator, never by a repository.

The operator's file (`DRIFTLINE_ENVIRONMENTS` names it) is TOML:

    [[environment]]
    repository = "owner/name"
    name = "production"
    url_file = "/run/secrets/production_url"   # or: url_env = "PRODUCTION_DATABASE_URL"
    branch = "main"                            # what is deployed there (optional)
    schema = "packages/db/schema.prisma"       # which schema's database (optional)

The connection string itself stands in another file or in a variable, so that this file may be read
by everybody.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workers.environments.connecting import Unreachable

VARIABLE = "DRIFTLINE_ENVIRONMENTS"
_KEYS = ("repository", "name", "url_file", "url_env", "branch", "schema")


class WrongBinding(Exception):
    """The operator's file makes no sense: which file, which entry, and the remedy."""


@dataclass(frozen=True)
class Binding:
    """One environment of one repository. The connection string is read when it is needed, so that
    a changed secret counts at once and none lies in memory."""

    name: str
    repository: str = ""
    url_file: str = field(default="", repr=False)
    url_env: str = ""
    branch: str = ""
    schema: str = ""
    given: str = field(default="", repr=False)
    """The connection string itself, from the command line alone."""

    def url(self) -> str:
        """The connection string. Raises Unreachable where its file or variable is not there."""
        if self.given:
            return self.given
        if self.url_env:
            found = os.environ.get(self.url_env, "")
            if not found:
                raise Unreachable("address", f"the variable {self.url_env} is not set")
            return found.strip()
        try:
            return Path(self.url_file).read_text().strip()
        except (OSError, UnicodeDecodeError):
            raise Unreachable(
                "address", "the file that holds the connection string cannot be read"
            ) from None


def bindings(environ: Mapping[str, str]) -> tuple[Binding, ...]:
    """All environments that the operator has bound; none without the variable."""
    name = environ.get(VARIABLE, "")
    return tuple(_read(Path(name))) if name else ()


def bindings_of(repository: str, environ: Mapping[str, str]) -> tuple[Binding, ...]:
    """Those of one repository (`owner/name`, in any case of letters)."""
    wanted = repository.lower()
    return tuple(one for one in bindings(environ) if one.repository.lower() == wanted)


def _read(path: Path) -> Iterator[Binding]:
    try:
        data = tomllib.loads(path.read_text())
    except OSError as error:
        raise WrongBinding(f"{VARIABLE}: {path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongBinding(f"{path} is not TOML: {error}") from None
    unknown = data.keys() - {"environment"}
    if unknown:
        raise WrongBinding(
            f"{path}: `{min(unknown)}` is not known here; write `[[environment]]` tables"
        )
    seen: set[tuple[str, str]] = set()
    for number, entry in enumerate(data.get("environment", ()), 1):
        binding = _binding(path, number, entry)
        key = (binding.repository.lower(), binding.name)
        if key in seen:
            raise WrongBinding(
                f"{path}: `{binding.name}` of {binding.repository} is bound twice: remove one"
            )
        seen.add(key)
        yield binding


def _binding(path: Path, number: int, entry: Any) -> Binding:
    where = f"{path}, environment {number}"
    if not isinstance(entry, dict):
        raise WrongBinding(f"{where}: write it as a `[[environment]]` table")
    for key, value in entry.items():
        if key not in _KEYS:
            raise WrongBinding(f"{where}: `{key}` is not known; there are {', '.join(_KEYS)}")
        if not isinstance(value, str) or not value:
            raise WrongBinding(f"{where}: `{key}` must be a text")
    for key in ("repository", "name"):
        if key not in entry:
            raise WrongBinding(f"{where}: `{key}` is missing")
    if entry["repository"].count("/") != 1:
        raise WrongBinding(f"{where}: `repository` must be written `owner/name`")
    if ("url_file" in entry) == ("url_env" in entry):
        raise WrongBinding(f"{where}: give exactly one of `url_file` and `url_env`")
    return Binding(**entry)
