"""Committed files of settings (`.env.production`): which databases they name, compared unseen.

No value leaves this module, nor anything that is made of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from workers.engine.project.connection import schema_parameter
from workers.engine.project.paths import is_copy, name_of
from workers.engine.source import Origin, SourceFile, Span

_SAMPLES = frozenset({"example", "sample", "template", "dist", "defaults", "schema", "vault"})
_OF_TESTS = frozenset({"test", "tests", "ci", "e2e"})
_PLACEHOLDERS = ("${", "<", "your", "changeme", "placeholder", "example", "xxx", "user:password@")
_LOCAL = ("localhost", "127.0.0.1", "0.0.0.0", "::1", "host.docker.internal")


class Setting(Struct, frozen=True):
    """A variable of a file, the place of its name, and the environment that the file is for."""

    variable: str
    environment: str
    origin: Origin


def shared_settings(
    sources: Iterable[SourceFile], variables: frozenset[str]
) -> Iterator[tuple[Setting, ...]]:
    """The settings of several environments that name one and the same remote database."""
    by_value: dict[tuple[str, str], list[Setting]] = {}
    for source in sources:
        environment = _environment(source.path)
        if environment is None or is_copy(source.path):
            continue
        for variable, value, origin in _assignments(source):
            address = _address(value)
            if variable in variables and address:
                setting = Setting(variable, environment, origin)
                by_value.setdefault((variable, address), []).append(setting)
    for settings in by_value.values():
        if len({setting.environment for setting in settings}) > 1:
            yield tuple(sorted(settings, key=lambda setting: setting.origin.path))


def _environment(path: str) -> str | None:
    """What a file of settings is for, "" for plain `.env`; None where it is a sample or no such."""
    name = name_of(path).lower()
    if name == ".env":
        return ""
    if not name.startswith(".env.") and not name.endswith(".env"):
        return None
    words = name.replace("env", "").strip(".").split(".")
    words = [word for word in words if word != "local"] or ["local"]
    told = set(words)
    return None if told & (_SAMPLES | _OF_TESTS) else ".".join(words)


def _assignments(source: SourceFile) -> Iterator[tuple[str, str, Origin]]:
    at = 0
    for line in source.text.splitlines(keepends=True):
        name, equals, value = line.partition("=")
        bare = name.strip().removeprefix("export ").strip()
        if equals and bare and not bare.startswith("#"):
            start = at + line.index(bare)
            origin = Origin(source.path, Span(start, start + len(bare)))
            yield bare, value.strip().strip("\"'"), origin
        at += len(line)


def _address(value: str) -> str:
    """Where a URL leads, to the PostgreSQL schema; "" where that is this machine or no address."""
    scheme, found, rest = value.partition("://")
    address = rest.partition("?")[0].rpartition("@")[2].lower()
    host = address.partition("/")[0].partition(":")[0]
    lower = value.lower()
    if not found or "." not in host or host.startswith(_LOCAL):
        return ""
    if any(sign in lower for sign in _PLACEHOLDERS):
        return ""
    return f"{scheme}://{address}?{schema_parameter(value)}"
