"""One finding for a pattern: what one rule says many times over is said once, with all places.

Findings are folded last, after each was held against the base and could be waved through by
itself: the first stands for all, and keeps them in `folded`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from workers.engine.findings import Finding, Fix, Related, Severity, Status

_NAMED = 6
_PLACED = 100
_ACROSS_FILES = frozenset({"code"})
"""Families whose pattern is one name in many files, not many in one."""


def folded(
    findings: Iterable[Finding], least: Mapping[str, int], *, by_file: bool
) -> tuple[Finding, ...]:
    """The findings in their order; of a rule in `least`, so many or more of a kind become one.

    Of a kind are those of one rule, severity and status, in one pair. `by_file` keeps new ones
    of different files apart, so that each stands where its own migration is reviewed.
    """
    told = list(findings)
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in told:
        if finding.rule in least and not _is_drift(finding):
            groups.setdefault(_kind(finding, by_file), []).append(finding)
    heads: dict[int, Finding] = {}
    dropped: set[int] = set()
    for group in groups.values():
        if len(group) >= least[group[0].rule]:
            heads[id(group[0])] = _told_once(group)
            dropped.update(id(one) for one in group[1:])
    return tuple(heads.get(id(one), one) for one in told if id(one) not in dropped)


def _is_drift(finding: Finding) -> bool:
    """What differs is told object by object; what is only spelled in two ways is a pattern."""
    return finding.family == "drift" and finding.severity is not Severity.NOTICE


def _kind(finding: Finding, by_file: bool) -> tuple[object, ...]:
    is_apart = by_file and finding.status is Status.NEW and finding.family not in _ACROSS_FILES
    path = finding.origin.path if is_apart else ""
    return finding.rule, finding.pair, finding.status, finding.severity, path


def _told_once(group: list[Finding]) -> Finding:
    first, others = group[0], group[1:]
    return replace(
        first,
        message=f"{first.message} The same holds of {_listed(others)}.",
        related=(
            *first.related,
            *(Related(one.message, one.origin) for one in others[:_PLACED]),
        ),
        fix=_fix(group),
        folded=tuple(group),
    )


def _listed(others: list[Finding]) -> str:
    names = list(dict.fromkeys(one.subject.removeprefix("public.") for one in others))
    shown = ", ".join("`" + name.replace("`", "'") + "`" for name in names[:_NAMED])
    rest = len(names) - _NAMED
    listed = f"{shown} and {rest} more" if rest > 0 else shown
    return listed if len(names) == len(others) else f"{len(others)} others ({listed})"


def _fix(group: list[Finding]) -> Fix | None:
    """The remedies of all as one; none where one of them has none."""
    fixes = [one.fix for one in group if one.fix is not None]
    if len(fixes) < len(group):
        return None
    sql = "\n".join(fix.sql for fix in fixes if fix.sql)
    return Fix(
        fixes[0].title,
        safe=all(fix.safe for fix in fixes),
        edits=tuple(edit for fix in fixes for edit in fix.edits),
        sql=sql or None,
    )
