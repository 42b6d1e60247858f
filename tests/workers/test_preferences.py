"""`.github/driftline.yml`: how it bears on a review."""

from __future__ import annotations

from datetime import date

from workers.engine.findings import Severity
from workers.engine.snapshot import Snapshot, Tree
from workers.preferences import Preferences, preferences
from workers.review.verdict import Conduct

PATH = ".github/driftline.yml"


def tree(text: str | None) -> Tree:
    files = {} if text is None else {PATH: text.encode()}
    return Tree(files, frozenset(files))


def wishes(text: str | None) -> Preferences:
    return preferences(Snapshot(tree(text)))


def test_the_conduct_on_github_is_read() -> None:
    assert wishes("on-unknown: neutral\ntrial: true\nmax-comments: 0\n").conduct == Conduct(
        on_unknown="neutral", is_trial=True, most_comments=0
    )


def test_without_a_file_or_with_an_empty_one_everything_is_as_shipped() -> None:
    for text in (None, "", "# nothing\n", "trial:\n"):
        assert wishes(text).conduct == Conduct()
        assert wishes(text).settings == Preferences().settings
        assert wishes(text).configuration.troubles == ()


def test_the_base_decides_and_not_the_pull_request() -> None:
    base, head = tree("fail-on: notice\n"), tree("fail-on: never\n")
    assert preferences(Snapshot(head, base)).settings.fail_on is Severity.NOTICE
    assert preferences(Snapshot(head)).settings.fail_on is None
    assert preferences(Snapshot(head, tree(None))).settings.fail_on is Severity.ERROR


def test_the_day_reaches_the_engine() -> None:
    day = date(2026, 5, 1)
    assert preferences(Snapshot(tree("")), day).settings.today == day
