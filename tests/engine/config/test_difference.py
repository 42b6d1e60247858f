"""What a change of the configuration will do."""

from __future__ import annotations

import pytest

from workers.engine.config.configuration import Configuration
from workers.engine.config.difference import difference
from workers.engine.config.reader import read_configuration
from workers.engine.source import SourceFile

PATH = ".github/driftline.yml"


def read(text: str) -> Configuration:
    return read_configuration(SourceFile(PATH, text), ("column-missing", "table-extra"))


def effects(old: str, new: str) -> list[str]:
    change = difference(read(old), read(new))
    return list(change.effects) if change else []


EXEMPT = "exempt: [{rule: table-extra, subject: Old*, reason: so%s}]"


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [
        ("", "fail-on: never", "`fail-on` goes from `error` to `never`"),
        ("fail-on: never", "", "`fail-on` goes from `never` to `error`"),
        ("", "trial: true", "`trial` goes from `false` to `true`"),
        ("", "ignore-paths: [a, b]", "`ignore-paths` goes from nothing to `a`, `b`"),
        ("", "schema: db", "`schema` goes from nothing to `db`"),
        ("", "pairs: [{schema: a}]", "the schemas that are judged become `a`"),
        ("", "rules: {column-missing: off}", "`column-missing` is switched off"),
        ("rules: {column-missing: off}", "", "`column-missing` counts as shipped again"),
        ("", "rules: {column-missing: error}", "`column-missing` counts as an error"),
        ("", "families: {naming: notice}", "the family `naming` counts as a notice"),
        ("", EXEMPT % "", "`table-extra` on `Old*` is waved through"),
        (
            EXEMPT % ", until: 2026-01-01",
            EXEMPT % ", until: 2027-01-01",
            "`table-extra` on `Old*` is waved through until 2027-01-01",
        ),
        (EXEMPT % "", "", "`table-extra` on `Old*` is no longer waved through"),
        ("", "exempt: [{family: drift, reason: so}]", "`drift` is waved through"),
    ],
)
def test_each_effect_is_told(old: str, new: str, effect: str) -> None:
    assert effects(old, new) == [effect]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "fail-on: error\nmax-comments: 25\ntrial: no\n"),
        ("rules: {table-extra: off}", "# why\nrules:\n  'table-extra': \"off\"\n"),
        ("", "nope: 1\nrules: {nope: off}\nfail-on: loud"),
        (EXEMPT % "", EXEMPT.replace(": so", ": another reason") % ""),
    ],
)
def test_what_has_no_effect_is_no_change(old: str, new: str) -> None:
    assert difference(read(old), read(new)) is None


def test_the_first_key_that_changes_is_pointed_at() -> None:
    text = "trial: true\nrules:\n  column-missing: off\nfail-on: never\n"
    change = difference(read("trial: true\n"), read(text))
    assert change is not None
    assert change.origin is not None
    assert text[change.origin.span.start : change.origin.span.end] == "column-missing"


def test_what_is_taken_out_is_pointed_at_by_what_it_stood_in() -> None:
    old, new = "rules: {column-missing: off, table-extra: off}", "rules: {table-extra: off}"
    change = difference(read(old), read(new))
    assert change is not None
    assert change.origin is not None
    assert new[change.origin.span.start : change.origin.span.end] == "rules"
