"""The settings of a command: what the repository wishes, and what the command line says."""

from __future__ import annotations

import argparse
import os
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from workers.engine.config.configuration import Configuration, InvalidSetting
from workers.engine.findings import Severity
from workers.engine.project.texts import Texts
from workers.engine.settings import Settings
from workers.engine.snapshot import Snapshot
from workers.output.wording import printable
from workers.refusals import WrongUse
from workers.wishes import wishes_of

_FAIL_ON = {"error": Severity.ERROR, "warning": Severity.WARNING, "notice": Severity.NOTICE}


def settings_for(options: argparse.Namespace, snapshot: Snapshot) -> Settings:
    """What the repository's configuration wishes, but for what the command line says."""
    wishes = wishes_of(snapshot, date.today())
    _refuse_invalid(wishes.configuration, snapshot)
    settings, root = wishes.settings, Path(options.repository)
    fail_on = getattr(options, "fail_on", None)
    return replace(
        settings,
        fail_on=_FAIL_ON.get(fail_on) if fail_on else settings.fail_on,
        schema_path=_within(root, options.schema) or settings.schema_path,
        migrations_path=_within(root, options.migrations) or settings.migrations_path,
    )


def _refuse_invalid(configuration: Configuration, snapshot: Snapshot) -> None:
    """A configuration that makes no sense is told at once, unless it is just being changed."""
    invalid, base, path = configuration.invalid, snapshot.base, configuration.path
    if not invalid or (base and base.files.get(path) != snapshot.head.files.get(path)):
        return
    texts = Texts(base or snapshot.head)
    raise WrongUse(printable("\n".join(_told(texts, one) for one in invalid)))


def _told(texts: Texts, invalid: InvalidSetting) -> str:
    path = invalid.origin.path
    source = texts.source(path)
    line, column = source.line_and_column(invalid.origin.span.start) if source else (1, 1)
    return f"{path}:{line}:{column}: {invalid.message}"


def _within(root: Path, path: str | None) -> str | None:
    """A path from the repository's root, whether it was given from there or from here."""
    if path is None:
        return None
    if not Path(path).is_absolute() and (root / path).exists():
        return path.removesuffix("/")
    here = os.path.relpath(Path(path).absolute(), root.absolute())
    if not here.startswith("..") and (root / here).exists():
        return Path(here).as_posix()
    if Path(path).is_absolute():
        raise WrongUse(f"`{path}` is not in the repository `{root}`.")
    return path.removesuffix("/")
