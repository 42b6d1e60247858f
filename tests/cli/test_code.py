"""Code on the command line: the lines that fail, for people and for programs."""

import json
from pathlib import Path

import pytest

from tests.support.cases import CASES, read_case
from workers.cli import main


@pytest.fixture
def project(tmp_path: Path) -> Path:
    case = read_case(CASES / "code" / "code-uses-missing-column.flagged.md")
    for path, data in case.head.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return tmp_path


def test_a_drift_finding_names_the_lines_that_will_fail(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(project), "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    (drift,) = (one for one in data["findings"] if one["rule"] == "column-missing")
    told = {(one["message"], one["path"], one["line"]) for one in drift["related"]}
    assert ("The code sorts by it here, and will fail", "src/lib/ml/versioning.ts", 6) in told
    (pair,) = data["summary"]["pairs"]
    uses = pair["uses"]["public.personal_models"]
    assert {"path": "src/lib/ml/storage.ts", "line": 3, "method": "findUnique"} in uses
    assert pair["code"] == {"files": 3, "queries": 3, "uses": 11, "unread": 0}


def test_a_comment_in_code_waves_a_finding_through(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "src/lib/ml/storage.ts"
    head, _, last = path.read_text().rpartition("\nexport")
    mark = "// driftline-ignore code-uses-missing-column: made by hand everywhere"
    path.write_text(f"{head}\n{mark}\nexport{last}")
    main(["check", str(project), "--format", "json"])
    data = json.loads(capsys.readouterr().out)
    (waived,) = data["summary"]["suppressed"]
    assert (waived["path"], waived["reason"]) == (
        "src/lib/ml/storage.ts",
        "made by hand everywhere",
    )


def test_the_replay_command_reads_no_code(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "src/broken.ts").write_text("prisma.user.findMany(" * 100)
    assert main(["replay", str(project)]) == 0
    assert "personal_models" in capsys.readouterr().out
