"""Many findings of one kind are told as one, and each stays what it was."""

from __future__ import annotations

from workers.engine.findings import Confidence, Finding, Fix, Severity, Status
from workers.engine.fold import folded
from workers.engine.source import Origin, Span

LEAST = {"policy-always-true": 3}


def finding(
    subject: str, *, path: str = "a.sql", status: Status = Status.NEW, rule: str = ""
) -> Finding:
    return Finding(
        rule=rule or "policy-always-true",
        family="security",
        severity=Severity.WARNING,
        confidence=Confidence.CERTAIN,
        subject=f"public.{subject}",
        message=f"`{subject}` is open.",
        origin=Origin(path, Span(0, 1)),
        fix=Fix("Close it", safe=False, sql=f"CLOSE {subject};"),
        status=status,
    )


def test_fewer_than_a_rule_wants_stay_apart() -> None:
    told = [finding("a"), finding("b")]
    assert folded(told, LEAST, by_file=True) == tuple(told)


def test_a_rule_that_folds_nothing_is_left_alone() -> None:
    told = [finding(name, rule="column-missing") for name in "abcd"]
    assert folded(told, LEAST, by_file=True) == tuple(told)


def test_the_first_stands_for_all_and_names_them() -> None:
    told = [finding(name) for name in "abc"]
    (one,) = folded(told, LEAST, by_file=True)
    assert one.message == "`a` is open. The same holds of `b`, `c`."
    assert one.fingerprint == told[0].fingerprint
    assert one.parts == tuple(told)
    assert [related.message for related in one.related] == ["`b` is open.", "`c` is open."]
    assert one.fix is not None
    assert one.fix.sql == "CLOSE a;\nCLOSE b;\nCLOSE c;"


def test_a_long_list_is_cut() -> None:
    (one,) = folded([finding(f"t{n}") for n in range(10)], LEAST, by_file=True)
    assert one.message.endswith("`t1`, `t2`, `t3`, `t4`, `t5`, `t6` and 3 more.")
    assert len(one.related) == 9


def test_new_ones_of_two_migrations_stay_where_they_are_reviewed() -> None:
    told = [finding(name, path=f"{name}.sql") for name in "abc"]
    assert len(folded(told, LEAST, by_file=True)) == 3
    assert len(folded(told, LEAST, by_file=False)) == 1


def test_what_was_there_before_is_told_apart_from_what_is_new() -> None:
    old = [finding(name, path=f"{name}.sql", status=Status.EXISTING) for name in "abc"]
    assert [len(one.parts) for one in folded([finding("z"), *old], LEAST, by_file=True)] == [1, 3]


def test_a_remedy_that_only_some_have_is_left_out() -> None:
    told = [finding(name) for name in "abc"]
    told[1] = Finding(**{f: getattr(told[1], f) for f in told[1].__struct_fields__} | {"fix": None})
    (one,) = folded(told, LEAST, by_file=True)
    assert one.fix is None
