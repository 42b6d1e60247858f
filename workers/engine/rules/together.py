"""One finding for a pattern: what was there before in one, what a pull request adds in another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from workers.engine.findings import Finding, Fix, Related, Severity
from workers.engine.rule import Rule
from workers.engine.source import Origin

_NAMED = 6
_PLACED = 100


class Item(Struct, frozen=True):
    """One of several: `label` as the reader knows it, `subject` as `schema.name`."""

    label: str
    subject: str
    origin: Origin
    is_new: bool = False
    """Whether the pull request brings it."""


def told_together(
    rule: Rule,
    items: Iterable[Item],
    message: Callable[[str, int], str],
    remedy: str,
    *,
    severity: Severity | None = None,
    fix: Fix | None = None,
) -> Iterator[Finding]:
    """At most two findings; `message` is given the names and how many they are."""
    told = list(items)
    old = [item for item in told if not item.is_new]
    new = [item for item in told if item.is_new]
    for group, is_new in ((old, False), (new, True)):
        if not group:
            continue
        first = group[0]
        yield rule.finding(
            subject=first.subject if is_new else first.subject.partition(".")[0],
            detail=",".join(item.subject for item in group) if is_new else "",
            origin=first.origin,
            message=message(_listed(group), len(group)),
            remedy=remedy,
            severity=severity,
            fix=fix,
            related=tuple(
                Related(f"{item.label} is made here", item.origin) for item in group[1:_PLACED]
            ),
        )


def _listed(items: list[Item]) -> str:
    shown = ", ".join(item.label for item in items[:_NAMED])
    return f"{shown} and {len(items) - _NAMED} more" if len(items) > _NAMED else shown
