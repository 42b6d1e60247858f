"""What is wrong, and what is new, in `.github/driftline.yml`.

What it means
    The file holds a key, a rule or a value that does not exist, and that part of it is passed
    over; or the pull request changes what Driftline judges here.

Why it matters
    A misspelt rule stays on, and nobody notices. A pull request is judged by the file of its base,
    so that it cannot switch off its own check; what it changes counts once it is merged.

Example
    rules:
      colum-missing: off

Fix
    Write the name that the message suggests. `driftline rules` lists all rules and families, and
    `driftline config-schema` prints a JSON Schema that lets an editor complete the keys.

When to ignore it
    Never mind a change that is meant; what is invalid does nothing, so take it out.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.config.configuration import InvalidSetting
from workers.engine.config.difference import ConfigurationChange
from workers.engine.findings import Edit, Finding, Fix, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.source import Origin, Span

configuration_invalid = Rule(
    "configuration-invalid", family="config", severity=Severity.ERROR, since="0.1"
)
configuration_changed = Rule(
    "configuration-changed", family="config", severity=Severity.NOTICE, since="0.1"
)
_MOST_TOLD = 8


@configuration_invalid.on(InvalidSetting)
def check_invalid(invalid: InvalidSetting, context: Context) -> Iterator[Finding]:
    """A key or value that makes no sense; what was there before is only noted."""
    path = invalid.origin.path
    is_touched = context.changed is None or path in context.changed
    fix = None
    if invalid.nearest is not None:
        edit = Edit(path, invalid.origin.span, invalid.nearest)
        fix = Fix(f"Write `{invalid.nearest}`", safe=False, edits=(edit,))
    yield configuration_invalid.finding(
        subject=f"{path}#{invalid.key}" if invalid.key else path,
        origin=invalid.origin,
        message=invalid.message,
        remedy="What makes no sense in the file is passed over, and the rest of it counts.",
        fix=fix,
        severity=None if is_touched else Severity.NOTICE,
    )


@configuration_changed.on(ConfigurationChange)
def check_changed(change: ConfigurationChange, context: Context) -> Iterator[Finding]:
    """A change of the file, with what it will do."""
    told = "; ".join(change.effects[:_MOST_TOLD])
    if len(change.effects) > _MOST_TOLD:
        told += f"; and {len(change.effects) - _MOST_TOLD} more changes"
    yield configuration_changed.finding(
        subject=change.path,
        origin=change.origin or Origin(change.path, Span(0, 0)),
        message=f"This changes what Driftline judges here: {told}.",
        remedy="This pull request is judged by the file of its base; the change counts once it is "
        "merged.",
        detail=told,
    )
