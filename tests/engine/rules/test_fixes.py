"""Every fix that a history or workflow case offers mends it: applied, read again, it is gone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support.cases import CASES, TODAY, case_paths, read_case, snapshot_of
from workers.engine.analyze import analyze
from workers.engine.findings import Edit, Status
from workers.engine.snapshot import Snapshot, Tree
from workers.preferences import preferences

PATHS = [path for path in case_paths() if path.parent.name in ("history", "workflow")]


def applied(files: dict[str, bytes], edits: Iterable[Edit]) -> dict[str, bytes]:
    """The files with the edits made, from the last place to the first."""
    files = dict(files)
    for edit in sorted(edits, key=lambda one: one.span.start, reverse=True):
        text = files.get(edit.path, b"").decode()
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
        files[edit.path] = text.encode()
    return files


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(CASES)))
def test_every_fix_ends_its_finding(path: Path) -> None:
    snapshot = snapshot_of(read_case(path))
    settings = preferences(snapshot, TODAY).settings
    report = analyze(snapshot, settings)
    for finding in report.findings:
        if finding.fix is None or not finding.fix.edits or finding.status is Status.MENDED:
            continue
        files = applied(dict(snapshot.head.files), finding.fix.edits)
        head = Tree(files, frozenset(files))
        again = analyze(Snapshot(head, snapshot.base, snapshot.changed), settings)
        left = {one.fingerprint for one in again.findings if one.status is not Status.MENDED}
        assert finding.fingerprint not in left, finding.message
        assert again.verdict != "unknown"
