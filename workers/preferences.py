"""`.github/driftline.yml`: what a repository wishes of its reviews.

Read from the base, so that a pull request cannot switch off what it is judged by; a broken file is
a remark, and the defaults hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workers.engine.errors import Diagnostic, Effect
from workers.engine.findings import Severity
from workers.engine.settings import Settings
from workers.engine.snapshot import Snapshot
from workers.engine.source import Origin, Span
from workers.review.verdict import Conduct

PATHS = (".github/driftline.yml", ".github/driftline.yaml")
_LARGEST = 64 * 1024
_SEVERITIES = {severity.word: severity for severity in Severity}


@dataclass(frozen=True)
class Preferences:
    """The engine's settings, the conduct on GitHub, and what of the file made no sense."""

    settings: Settings = field(default_factory=Settings)
    conduct: Conduct = field(default_factory=Conduct)
    diagnostics: tuple[Diagnostic, ...] = ()


class _Wrong(ValueError):
    """One sentence about one key."""


def preferences(snapshot: Snapshot) -> Preferences:
    """The wishes of the base; of the head where there is no base."""
    tree = snapshot.base if snapshot.base is not None else snapshot.head
    for path in PATHS:
        if path in tree.files:
            return read_preferences(path, tree.files[path])
    return Preferences()


def read_preferences(path: str, content: bytes) -> Preferences:
    """The wishes that a file holds; keys that make no sense are said and passed over."""
    try:
        values = _mapping(content)
    except _Wrong as error:
        return Preferences(diagnostics=(_remark(path, str(error)),))
    read = _Reader(path, values)
    settings = Settings(
        fail_on=read.fail_on(),
        severities=read.severities(),
        schema_path=read.text("schema"),
        migrations_path=read.text("migrations"),
        ignored_paths=read.texts("ignore-paths"),
    )
    conduct = Conduct(
        on_unknown="neutral"
        if read.choice("on-unknown", ("failure", "neutral")) == "neutral"
        else "failure",
        is_trial=read.switch("trial"),
        most_comments=read.number("max-comments", 25, 0, 50),
    )
    read.strangers()
    return Preferences(settings, conduct, tuple(read.diagnostics))


def _mapping(content: bytes) -> dict[str, Any]:
    import yaml

    if len(content) > _LARGEST:
        raise _Wrong("it is larger than 64 KB")
    try:
        values = yaml.safe_load(content.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        raise _Wrong("it is not YAML") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise _Wrong("it is no list of keys and values")
    return {str(key): value for key, value in values.items()}


def _remark(path: str, text: str) -> Diagnostic:
    return Diagnostic(
        "wrong-preference",
        f"`{path}` is not followed: {text}.",
        Origin(path, Span(0, 0)),
        Effect.INFORMATION,
    )


@dataclass
class _Reader:
    path: str
    values: Mapping[str, Any]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def get(self, key: str) -> Any:
        self.known.add(key)
        return self.values.get(key)

    def complain(self, text: str) -> None:
        self.diagnostics.append(_remark(self.path, text))

    def text(self, key: str) -> str | None:
        value = self.get(key)
        if value is None or (isinstance(value, str) and value.strip()):
            return value.strip().strip("/") if value else None
        self.complain(f"`{key}` must be a path")
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.get(key)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(item.strip("/") for item in value)
        self.complain(f"`{key}` must be a list of paths")
        return ()

    def choice(self, key: str, words: tuple[str, ...]) -> str | None:
        value = self.get(key)
        if value is None or (isinstance(value, str) and value in words):
            return value
        self.complain(f"`{key}` must be one of {', '.join(words)}")
        return None

    def switch(self, key: str) -> bool:
        value = self.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.complain(f"`{key}` must be true or false")
        return False

    def number(self, key: str, default: int, least: int, most: int) -> int:
        value = self.get(key)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.complain(f"`{key}` must be a number from {least} to {most}")
        return default

    def fail_on(self) -> Severity | None:
        word = self.choice("fail-on", (*_SEVERITIES, "never"))
        return None if word == "never" else _SEVERITIES.get(word or "error")

    def severities(self) -> dict[str, Severity | None]:
        value = self.get("rules")
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.complain("`rules` must give a severity, or off, to rules or families")
            return {}
        chosen: dict[str, Severity | None] = {}
        for name, word in value.items():
            if word is False or word == "off":  # YAML reads a bare `off` as false
                chosen[str(name)] = None
            elif isinstance(word, str) and word in _SEVERITIES:
                chosen[str(name)] = _SEVERITIES[word]
            else:
                self.complain(f"the severity of `{name}` must be error, warning, notice or off")
        return chosen

    def strangers(self) -> None:
        for key in self.values.keys() - self.known:
            self.complain(f"there is no setting `{key}`")
