"""What to do, in order: the findings gathered by what mends them, the most urgent first."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from workers.engine.dossier.subjects import short
from workers.engine.findings import Finding, Severity

_FIRST = ("migration-lock-mismatch", "migration-order", "migration-fails")
_FAMILIES = (
    "history",
    "drift",
    "security",
    "data-loss",
    "locking",
    "workflow",
    "environment",
    "code",
    "unseen",
    "config",
    "index",
    "naming",
)
_NAMED = 4


class Action(Struct, frozen=True):
    """Findings of one rule at one severity, with what to do and the first names."""

    severity: Severity
    rule: str
    subjects: tuple[str, ...]
    text: str
    findings: tuple[Finding, ...]


def actions(findings: Sequence[Finding]) -> tuple[Action, ...]:
    """One action for each rule and severity; remedies of single findings stand in full."""
    groups: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.severity, finding.rule), []).append(finding)
    ordered = sorted(groups.items(), key=lambda item: _urgency(item[1][0]))
    return tuple(_action(severity, rule, own) for (severity, rule), own in ordered)


def _urgency(finding: Finding) -> tuple[int, int, int, str]:
    first = _FIRST.index(finding.rule) if finding.rule in _FIRST else len(_FIRST)
    family = _FAMILIES.index(finding.family)
    return -finding.severity, first, family, finding.rule


def _action(severity: Severity, rule: str, findings: list[Finding]) -> Action:
    subjects = tuple(dict.fromkeys(short(finding.subject) for finding in findings))
    remedies = list(dict.fromkeys(finding.remedy for finding in findings))
    if len(remedies) == 1 and "\n" in remedies[0]:
        text = f"{findings[0].message}\n{remedies[0]}"
        return Action(severity, rule, subjects, text, tuple(findings))
    if len(remedies) == 1:
        return Action(severity, rule, subjects, remedies[0], tuple(findings))
    named = ", ".join(f"`{subject}`" for subject in subjects[:_NAMED])
    more = f" and {len(subjects) - _NAMED} more" if len(subjects) > _NAMED else ""
    text = f"{named}{more}."
    return Action(severity, rule, subjects, text, tuple(findings))
