"""Exemptions in the configuration that do not count, are past their day, or cover nothing.

What it means
    An entry of `exempt` in `.github/driftline.yml` gives no reason, and so does not count; or its
    last day is past, and what it covered stands again; or there is no finding that it covers.

Why it matters
    Without a reason nobody can tell later whether the exception still holds. One that covers
    nothing hides the next finding on the same subject, which nobody has looked at.

Example
    exempt:
      - rule: table-extra
        subject: legacy_*
        reason: owned by the billing service
        until: 2026-03-31

Fix
    Give a `reason`. Decide anew what is past its day: mend it, or name a later day. Take out what
    covers nothing.

When to ignore it
    Never: take the exemption out instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.config.configuration import UnreasonedExemption
from workers.engine.exemption import Exemption, ExpiredExemption, UnusedExemption
from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context

exemption_without_reason = Rule(
    "exemption-without-reason", family="config", severity=Severity.WARNING, since="0.1"
)
exemption_expired = Rule(
    "exemption-expired", family="config", severity=Severity.WARNING, since="0.1"
)
exemption_unused = Rule("exemption-unused", family="config", severity=Severity.ERROR, since="0.1")


@exemption_without_reason.on(UnreasonedExemption)
def check_reason(trouble: UnreasonedExemption, context: Context) -> Iterator[Finding]:
    """An exemption without a `reason`."""
    one = trouble.exemption
    yield exemption_without_reason.finding(
        subject=_subject(one),
        origin=one.origin,
        message=f"The exemption from {_told(one)} gives no reason, so it waves nothing through.",
        remedy="Say why in its key `reason`.",
    )


@exemption_expired.on(ExpiredExemption)
def check_expired(trouble: ExpiredExemption, context: Context) -> Iterator[Finding]:
    """An exemption whose last day is past."""
    one = trouble.exemption
    day = one.until.isoformat() if one.until else ""
    if not trouble.returned:
        after = "and there is nothing left that it would cover"
        remedy = "Take the exemption out."
    else:
        many = f"{trouble.returned} findings stand"
        after = f"so {'one finding stands' if trouble.returned == 1 else many} again"
        remedy = "Mend what stands again, or name a later day."
    yield exemption_expired.finding(
        subject=_subject(one),
        origin=one.origin,
        message=f"The exemption from {_told(one)} held until {day}, {after}.",
        remedy=remedy,
    )


@exemption_unused.on(UnusedExemption)
def check_unused(trouble: UnusedExemption, context: Context) -> Iterator[Finding]:
    """An exemption that covers no finding; only noted where the file was left alone."""
    one = trouble.exemption
    is_touched = context.changed is None or one.origin.path in context.changed
    near = _nearest(one.subject, context)
    yield exemption_unused.finding(
        subject=_subject(one),
        origin=one.origin,
        severity=None if is_touched else Severity.NOTICE,
        message=(
            f"The exemption from {_told(one)} covers nothing: there is no such"
            f" finding{f'; did you mean `{near}`?' if near else '.'}"
        ),
        remedy="Take the exemption out.",
    )


def _nearest(subject: str, context: Context) -> str | None:
    """The table or column that was probably meant, where none is named so."""
    if "*" in subject:
        return None
    names: set[str] = set()
    for schema in (context.declared, context.replayed):
        for name, table in schema.tables.items():
            names |= {str(name), name.name}
            names |= {f"{name.name}.{column.name}" for column in table.columns}
            names |= {f"{name}.{column.name}" for column in table.columns}
    if subject in names:
        return None
    from difflib import get_close_matches  # a few milliseconds that most reviews need not spend

    return next(iter(get_close_matches(subject, sorted(names), n=1)), None)


def _told(exemption: Exemption) -> str:
    where = "" if exemption.subject == "*" else f" on `{exemption.subject}`"
    return f"`{exemption.name}`{where}"


def _subject(exemption: Exemption) -> str:
    return f"{exemption.origin.path}#{exemption.name}:{exemption.subject}"
