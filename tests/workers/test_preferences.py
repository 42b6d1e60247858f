"""`.github/driftline.yml`, as people write it and as others do."""

from __future__ import annotations

import pytest

from workers.engine.findings import Severity
from workers.engine.snapshot import Snapshot, Tree
from workers.preferences import Preferences, preferences, read_preferences

PATH = ".github/driftline.yml"


def read(text: str) -> Preferences:
    return read_preferences(PATH, text.encode())


def test_every_setting_is_read() -> None:
    wishes = read(
        "fail-on: warning\non-unknown: neutral\ntrial: true\nmax-comments: 5\n"
        "schema: /db/schema.prisma\nmigrations: db/migrations/\nignore-paths: [examples/]\n"
        "rules:\n  naming: off\n  column-missing: notice\n  index: 'off'\n"
    )
    assert wishes.diagnostics == ()
    assert wishes.settings.fail_on is Severity.WARNING
    assert wishes.settings.schema_path == "db/schema.prisma"
    assert wishes.settings.migrations_path == "db/migrations"
    assert wishes.settings.ignored_paths == ("examples",)
    assert wishes.settings.severities == {
        "naming": None, "column-missing": Severity.NOTICE, "index": None,
    }  # fmt: skip
    assert (wishes.conduct.on_unknown, wishes.conduct.is_trial, wishes.conduct.most_comments) == (
        "neutral", True, 5,
    )  # fmt: skip


def test_never_fails_on_request() -> None:
    assert read("fail-on: never\n").settings.fail_on is None


def test_an_empty_file_changes_nothing() -> None:
    assert read("") == Preferences()
    assert read("# nothing\n") == Preferences()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("fail-on: sometimes\n", "`fail-on` must be one of notice, warning, error, never"),
        ("max-comments: many\n", "`max-comments` must be a number from 0 to 50"),
        ("max-comments: true\n", "`max-comments` must be a number from 0 to 50"),
        ("trial: perhaps\n", "`trial` must be true or false"),
        ("schema: 3\n", "`schema` must be a path"),
        ("ignore-paths: examples\n", "`ignore-paths` must be a list of paths"),
        ("rules: off\n", "`rules` must give a severity, or off, to rules or families"),
        ("rules: {naming: loud}\n", "the severity of `naming` must be"),
        ("max-coments: 3\n", "there is no setting `max-coments`"),
        ("- a\n- b\n", "it is no list of keys and values"),
        ("a: [\n", "it is not YAML"),
        ("a: !!python/object/apply:os.system ['true']\n", "it is not YAML"),
        ("\x00\n", "it is not YAML"),
        ("[" * 5000, "it is not YAML"),
    ],
)
def test_what_makes_no_sense_is_said_and_passed_over(text: str, told: str) -> None:
    wishes = read(text)
    assert told in wishes.diagnostics[0].message
    assert wishes.settings == Preferences().settings


def test_aliases_that_multiply_do_no_harm() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert len(read("\n".join(lines) + "\n").diagnostics) == 12


def test_the_base_decides_and_not_the_pull_request() -> None:
    base = Tree({PATH: b"fail-on: notice\n"}, frozenset())
    head = Tree({PATH: b"fail-on: never\n"}, frozenset())
    assert preferences(Snapshot(head, base)).settings.fail_on is Severity.NOTICE
    assert preferences(Snapshot(head)).settings.fail_on is None
