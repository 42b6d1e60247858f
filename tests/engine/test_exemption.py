"""Exemptions: what they cover, how long, and which are of no use."""

from __future__ import annotations

from datetime import date

import pytest

from workers.engine.exemption import Exemption, exempted, is_like
from workers.engine.findings import Confidence, Finding, Severity
from workers.engine.source import Origin, Span

HERE = Origin(".github/driftline.yml", Span(0, 0))


def exemption(name: str, subject: str = "*", until: date | None = None) -> Exemption:
    return Exemption(name, subject, f"why {name}", until, HERE)


def finding(subject: str, rule: str = "table-extra") -> Finding:
    return Finding(rule, "drift", Severity.ERROR, Confidence.CERTAIN, subject, "", HERE)


@pytest.mark.parametrize(
    ("text", "pattern", "is_so"),
    [
        ("public.User", "public.User", True),
        ("public.User", "public.user", False),
        ("public.User", "*", True),
        ("public.User", "public.*", True),
        ("public.User", "*.User", True),
        ("public.User", "p*c.U*r", True),
        ("public.User", "public.User*", True),
        ("public.UserRole", "public.User", False),
        ("aba", "ab*ba", False),
        ("abba", "ab*ba", True),
        ("a[b]?", "a[b]?", True),
        ("ab", "a[b]", False),
        ("a.b.c", "a*b*c", True),
        ("a.c.b", "a*b*c", False),
        ("", "*", True),
        ("aXbXc", "a*X*X*c", True),
        ("aXc", "a*X*X*c", False),
    ],
)
def test_only_the_star_has_a_meaning(text: str, pattern: str, is_so: bool) -> None:
    assert is_like(text, pattern) is is_so


def test_a_subject_may_be_written_without_its_schema() -> None:
    assert exemption("drift", "User.email").covers(finding("public.User.email"))
    assert exemption("drift", "public.User.*").covers(finding("public.User.email"))
    assert not exemption("drift", "email").covers(finding("public.User.email"))
    assert exemption("drift", "a.yml").covers(finding("a.yml"))


def test_a_rule_or_its_family_is_covered_and_nothing_else() -> None:
    assert exemption("table-extra").covers(finding("public.User"))
    assert exemption("drift").covers(finding("public.User"))
    assert not exemption("table-missing").covers(finding("public.User"))


def test_what_is_covered_carries_the_reason() -> None:
    one, other = finding("public.Old"), finding("public.User")
    done = exempted([one, other], [exemption("drift", "Old")], None)
    assert done.standing == (other,)
    assert [(f.subject, f.waiver) for f in done.suppressed] == [("public.Old", "why drift")]
    assert done.suppressed[0].fingerprint == one.fingerprint


@pytest.mark.parametrize(
    ("today", "is_covered"),
    [(date(2026, 1, 31), True), (date(2026, 2, 1), False), (None, True)],
)
def test_an_exemption_holds_through_its_last_day(today: date | None, is_covered: bool) -> None:
    until = exemption("drift", until=date(2026, 1, 31))
    assert bool(exempted([finding("a.b")], [until], today).suppressed) is is_covered


def test_of_two_that_cover_the_same_none_is_unused() -> None:
    both = [exemption("drift"), exemption("table-extra")]
    assert exempted([finding("a.b")], both, None).unused == ()


def test_one_that_covers_what_a_comment_waved_through_is_of_use() -> None:
    one = exemption("drift")
    assert exempted([], [one], None).unused == (one,)
    assert exempted([], [one], None, [finding("a.b")]).unused == ()
