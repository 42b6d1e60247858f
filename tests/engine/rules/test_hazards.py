"""Every hazard that the peers document is named, and nothing is said of what is safe.

Each is laid into a Prisma project and into a Supabase project, and judged as a pull request (with
a base) and by itself, as `driftline check` does without a base.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.hazards import LAYOUTS, Section, sections, snapshots
from workers.engine.analyze import analyze
from workers.engine.findings import Finding, Status
from workers.engine.rules.catalogue import CATALOGUE
from workers.engine.snapshot import Snapshot

FIRST = (sections("hazards.md"), sections("safe.md"))
SECOND = (sections("second/hazards.md"), sections("second/safe.md"))
HAZARDS = [*FIRST[0], *SECOND[0]]
SAFE = [*FIRST[1], *SECOND[1]]
SETTINGS = [(layout, with_base) for layout in LAYOUTS for with_base in (True, False)]
FEWER = [("prisma", True), ("supabase", False)]
JUDGED = frozenset({"locking", "data-loss"})
TRANSACTIONS = frozenset({"concurrently-in-transaction", "enum-value-used-at-once"})
ALONE = frozenset(
    {
        "A table made by one migration and changed by the next",
        "New table then altered in another migration",
        "Expand: fill then require with proof",
    }
)
"""What only a base can tell: without one, the newest migration alone is under review."""


def _laid(which: int) -> list[tuple[Section, str, bool]]:
    """Every section of the first set in every setting, of the second in two that differ."""
    first = [(one, *setting) for one in FIRST[which] for setting in SETTINGS]
    return first + [(one, *setting) for one in SECOND[which] for setting in FEWER]


def _title(value: object) -> str:
    return str(value)


def said(snapshot: Snapshot) -> Iterator[Finding]:
    """The new findings on locks, lost data and transactions, in the migrations under review."""
    base = snapshot.base.files if snapshot.base else {}
    paths = sorted(path for path in snapshot.head.files if path.endswith(".sql"))
    wanted = {path for path in paths if path not in base} if snapshot.base else {paths[-1]}
    for finding in analyze(snapshot).findings:
        is_judged = finding.family in JUDGED or finding.rule in TRANSACTIONS
        if is_judged and finding.status is Status.NEW and finding.origin.path in wanted:
            yield finding


@pytest.mark.parametrize(("hazard", "layout", "with_base"), _laid(0), ids=_title)
def test_a_hazard_is_named(hazard: Section, layout: str, with_base: bool) -> None:
    *_, last = snapshots(hazard, layout, with_base=with_base)
    assert set(hazard.rules) <= {finding.rule for finding in said(last)}


@pytest.mark.parametrize("hazard", HAZARDS, ids=str)
def test_a_hazard_is_told_in_at_most_two_findings(hazard: Section) -> None:
    (snapshot,) = snapshots(hazard, "prisma", with_base=True)
    assert len(list(said(snapshot))) <= 2


@pytest.mark.parametrize(("safe", "layout", "with_base"), _laid(1), ids=_title)
def test_nothing_is_said_of_what_is_safe(safe: Section, layout: str, with_base: bool) -> None:
    if str(safe) in ALONE and not with_base:
        return
    for snapshot in snapshots(safe, layout, with_base=with_base):
        assert [f"{one.rule}: {one.message}" for one in said(snapshot)] == []


def test_the_sections_name_rules_that_exist() -> None:
    named = {rule for hazard in HAZARDS for rule in hazard.rules}
    assert named <= {rule.name for rule in CATALOGUE}
    assert all(hazard.rules and hazard.migrations for hazard in HAZARDS)


def test_there_are_enough_of_both() -> None:
    assert len(HAZARDS) >= 170
    assert len(SAFE) >= 100
