"""Exemptions: findings that the configuration waves through, for a reason and for a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.findings import Finding
from workers.engine.source import Origin


class Exemption(Struct, frozen=True):
    """A rule or family, the subjects it is waved through on (`*` stands for any characters), why,
    and the last day on which that holds. `origin` is where its rule is written."""

    name: str
    subject: str
    reason: str
    until: date | None
    origin: Origin

    @property
    def identity(self) -> tuple[str, str]:
        """What tells two exemptions of one file apart."""
        return self.name, self.subject

    def is_over(self, today: date | None) -> bool:
        """Whether its last day is past; never where nobody says what day it is."""
        return self.until is not None and today is not None and self.until < today

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is of that rule or family, about such a subject.

        A subject may be written without its schema: `User.email` for `public.User.email`.
        """
        if self.name not in (finding.rule, finding.family):
            return False
        schema, _, bare = finding.subject.partition(".")
        names = (finding.subject, bare) if schema and bare else (finding.subject,)
        return any(is_like(name, self.subject) for name in names)


class ExpiredExemption(Struct, frozen=True):
    """An exemption whose last day is past: what it covered stands again."""

    exemption: Exemption
    returned: int
    """How many findings it would cover."""


class UnusedExemption(Struct, frozen=True):
    """An exemption that waves nothing through."""

    exemption: Exemption


class Exempted(Struct, frozen=True):
    """Findings that stand, those waved through, and the exemptions that wave nothing through."""

    standing: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    unused: tuple[Exemption, ...]


def exempted(
    findings: Iterable[Finding],
    exemptions: Sequence[Exemption],
    today: date | None,
    elsewhere: Iterable[Finding] = (),
) -> Exempted:
    """Apply exemptions; one that covers only findings `elsewhere` waved through is of use, too."""
    valid = [one for one in exemptions if not one.is_over(today)]
    standing: list[Finding] = []
    suppressed: list[Finding] = []
    used: set[Exemption] = set()
    for finding in findings:
        covering = next((one for one in valid if one.covers(finding)), None)
        if covering is None:
            standing.append(finding)
        else:
            suppressed.append(replace(finding, waiver=covering.reason))
    for finding in (*suppressed, *elsewhere):
        used.update(one for one in valid if one.covers(finding))
    unused = tuple(one for one in valid if one not in used)
    return Exempted(tuple(standing), tuple(suppressed), unused)


def is_like(text: str, pattern: str) -> bool:
    """Whether a text is of a pattern, in which only `*` has a meaning; case counts."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    last = rest.pop()
    if not text.startswith(first) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in rest:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return text.endswith(last)
