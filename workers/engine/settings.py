"""What the user may decide about a review; where it was decided is not the engine's affair."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct, field

from workers.engine.exemption import Exemption
from workers.engine.findings import Finding, Severity


class Settings(Struct, frozen=True):
    """How to read a repository, and what counts.

    `fail_on` is the least severity of a new finding that fails the check; None never fails.
    `severities` overrides by rule name or by family (a rule's own entry wins); None switches off.
    `schema_path` (a file or a folder) and `migrations_path` (a folder) override the discovery, both
    from the repository's root. `ignored_paths` are files and folders whose schemas and migrations
    are not judged.
    `pairs` names several schemas, each with its migrations where they are not found beside it; a
    single `schema_path` or `migrations_path` wins over them.
    `exemptions` count until their last day; the engine reads no clock, so the caller says what day
    `today` is.
    """

    fail_on: Severity | None = Severity.ERROR
    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    schema_path: str | None = None
    migrations_path: str | None = None
    default_schema: str | None = None
    server_version: int = 15
    is_version_told: bool = False
    pairs: tuple[tuple[str, str | None], ...] = ()
    ignored_paths: tuple[str, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    today: date | None = None
    conventions: Mapping[str, str] = field(default_factory=dict)
    """The style that a kind of names ("tables", "columns" ...) must have, where one is set."""
    non_personal_tables: tuple[str, ...] = ()
    """Tables and models that hold nothing personal; `*` stands for any characters."""
    personal_columns: tuple[str, ...] = ()
    """Columns and fields that name a person; empty for the engine's own list."""

    def severity_of(self, finding: Finding) -> Severity | None:
        """The severity that counts: the user's where there is one; None where switched off."""
        for key in (finding.rule, finding.family):
            if key in self.severities:
                return self.severities[key]
        return finding.severity

    def is_ignored(self, path: str) -> bool:
        """Whether a path is, or lies in, one that is not judged."""
        return any(path == one or path.startswith(f"{one}/") for one in self.ignored_paths)

    def fails(self, finding: Finding) -> bool:
        """Whether a new finding of this severity fails the check."""
        return self.fail_on is not None and finding.severity >= self.fail_on
