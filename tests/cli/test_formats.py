"""The formats for machines and for tickets."""

from __future__ import annotations

import json

import pytest

from tests.support.cases import tree
from workers.engine.analyze import analyze
from workers.engine.report import Report
from workers.engine.rules.catalogue import CATALOGUE
from workers.engine.snapshot import Snapshot
from workers.output.json import render_json
from workers.output.markdown import cell, fenced, render_markdown
from workers.output.sarif import render_sarif
from workers.output.text import render_text
from workers.output.wording import printable

SCHEMA = """datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

model User {
  id   Int     @id
\tname String?
}
"""
NOTE = "COMMENT ON TABLE \"User\" IS 'x';\n"
INIT = 'CREATE TABLE "User" ("id" INTEGER NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));\n'


@pytest.fixture
def report() -> Report:
    files = {
        "prisma/schema.prisma": SCHEMA.encode(),
        "prisma/migrations/20250102000000_init/migration.sql": INIT.encode(),
        "prisma/migrations/20250101000000_note/migration.sql": NOTE.encode(),
    }
    return analyze(Snapshot(tree(files)))


def test_sarif_names_the_rules_the_places_and_the_fingerprints(report: Report) -> None:
    data = json.loads(render_sarif(report, CATALOGUE))
    (run,) = data["runs"]
    assert data["version"] == "2.1.0"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({f.rule for f in report.findings})
    for result, finding in zip(run["results"], report.findings, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.rule
        assert result["partialFingerprints"] == {"driftline/v1": finding.fingerprint}
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1
        assert (
            region["endColumn"] >= region["startColumn"] or region["endLine"] > region["startLine"]
        )


def test_markdown_shows_both_sides_and_the_order(report: Report) -> None:
    text = render_markdown(report)
    assert "| `name` | `text` | — | missing |" in text
    assert '| 1 | `20250101000000_note` | 2 | relation "User" does not exist |' in text


def test_the_caret_stands_under_a_name_behind_a_tab(report: Report) -> None:
    lines = render_text(report).splitlines()
    at = next(number for number, line in enumerate(lines) if "name String?" in line)
    assert lines[at].index("name") == lines[at + 1].index("^")


def test_every_format_is_the_same_twice(report: Report) -> None:
    assert render_json(report) == render_json(report)
    assert render_sarif(report, CATALOGUE) == render_sarif(report, CATALOGUE)


def test_a_fence_is_longer_than_what_it_holds() -> None:
    assert list(fenced("a ```` b", "sql"))[1] == "`````sql"


def test_a_cell_cannot_end_its_row() -> None:
    assert cell("a|b\nc") == "a\\|b c"


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert printable("a\x1b[2Jb\u202ec") == "a\ufffd[2Jb\ufffdc"
