"""The engine's settings as a configuration wishes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from workers.engine.config.configuration import Configuration, Value
from workers.engine.findings import Severity
from workers.engine.settings import Settings

T = TypeVar("T")
_CONVENTIONS = "conventions."
_SEVERITY = {severity.word: severity for severity in Severity}


def settings_of(configuration: Configuration, today: date | None = None) -> Settings:
    """The settings; the engine's own where the configuration says nothing."""
    values = configuration.values
    shipped = Settings()
    version = _given(configuration, "postgres-version", int)
    fail_on = values.get("fail-on", "error")
    ignored = values.get("ignore-paths", ())
    return Settings(
        fail_on=_SEVERITY.get(str(fail_on)),
        severities=configuration.severities,
        schema_path=_given(configuration, "schema", str),
        migrations_path=_given(configuration, "migrations", str),
        default_schema=_given(configuration, "default-schema", str),
        server_version=version or shipped.server_version,
        is_version_told=version is not None,
        pairs=configuration.pairs,
        ignored_paths=ignored if isinstance(ignored, tuple) else (),
        exemptions=configuration.exemptions,
        today=today,
        conventions={
            name.removeprefix(_CONVENTIONS): str(value)
            for name, value in values.items()
            if name.startswith(_CONVENTIONS)
        },
        non_personal_tables=_names(values.get("non-personal-tables")),
        personal_columns=_names(values.get("personal-columns")),
    )


def _names(value: Value | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _given(configuration: Configuration, key: str, kind: Callable[..., T]) -> T | None:
    value = configuration.values.get(key)
    return None if value is None else kind(value)
