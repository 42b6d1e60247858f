"""The line that waves a finding through: it is proven to, before it is told."""

from __future__ import annotations

import pytest
import yaml
from msgspec.structs import replace

from tests.workers.review.reports import finding, place, report
from workers.engine.findings import Finding, Status
from workers.engine.report import Report
from workers.engine.snapshot import Snapshot, Tree
from workers.engine.source import SourceFile
from workers.engine.suppression import sift
from workers.review.comments import short_id
from workers.review.ignoring import Answer, Asked, ignoring
from workers.review.lines import LineMap
from workers.review.patch import read_patch

SCHEMA = "prisma/schema.prisma"
LANDED = "prisma/migrations/1_init/migration.sql"
ADDED = "prisma/migrations/2_more/migration.sql"
SCRIPT = ".github/workflows/deploy.yml"
PACKAGE = "package.json"
FILES = {
    SCHEMA: "model User {\n  id   Int @id\n  name String\n}\n",
    LANDED: 'CREATE TABLE "users" (\n    "id" INTEGER\n);\n',
    ADDED: '-- more\nCREATE INDEX "a" ON "users"("id"); DROP TABLE "b";\n\n'
    "DO $$\nBEGIN\n  PERFORM 1;\nEND $$;\n",
    SCRIPT: "steps:\n  - run: prisma db push\n",
    PACKAGE: '{"scripts": {"x": "prisma db push"}}\n',
}


def tree(*paths: str) -> Tree:
    return Tree({path: FILES[path].encode() for path in paths}, frozenset(paths))


SNAPSHOT = Snapshot(tree(*FILES), tree(LANDED, SCHEMA), frozenset([ADDED, SCHEMA]))


def ask(made: Report, wanted: str, reason: str = "forty rows") -> Answer:
    return ignoring(Asked(made, SNAPSHOT), wanted, reason)


def about(path: str, text: str, **more: str) -> Finding:
    return finding(place(FILES, path, text), rule="index-blocks-writes", **more)  # type: ignore[arg-type]


def committed(one: Finding, answer: Answer, at: int) -> Report:
    """The report once the told line stands above that line."""
    line = answer.text.split("```\n")[1].split("\n```")[0]
    path = one.origin.path
    lines = FILES[path].split("\n")
    lines.insert(at - 1, line)
    text = "\n".join(lines)
    moved = finding(
        place({path: text}, path, FILES[path][one.origin.span.start : one.origin.span.end]),
        rule=one.rule,
    )
    sifted = sift([moved], {path: SourceFile(path, text)})
    return replace(report({path: text}), findings=sifted.standing, suppressed=sifted.suppressed)


@pytest.mark.parametrize(
    ("path", "text", "at", "line"),
    [
        (SCHEMA, "name String", 3, "  /// driftline-ignore index-blocks-writes: forty rows"),
        (ADDED, "CREATE INDEX", 2, "-- driftline-ignore index-blocks-writes: forty rows"),
        (SCRIPT, "run: prisma", 2, "  # driftline-ignore index-blocks-writes: forty rows"),
    ],
)
def test_the_line_to_commit_does_what_it_says(path: str, text: str, at: int, line: str) -> None:
    one = about(path, text)
    answer = ask(report(FILES, [one]), short_id(one))
    assert answer.is_found
    assert f"commit this line above line {at} of `{path}`:\n\n```\n{line}\n```" in answer.text
    after = committed(one, answer, at)
    assert (after.findings, len(after.suppressed)) == ((), 1)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (LANDED, '"id" INTEGER'),  # a migration that has landed is not edited
        (ADDED, "DROP TABLE"),  # a comment above would speak of the statement before it
        (ADDED, "PERFORM"),  # inside of a string
        (PACKAGE, "prisma db push"),  # JSON has no comments
    ],
)
def test_where_no_comment_does_it_an_exemption_is_told(path: str, text: str) -> None:
    one = about(path, text, subject='public."o\'r".x')
    answer = ask(report(FILES, [one]), one.fingerprint, 'we said: "so"')
    assert "add this to `.github/driftline.yml`. It counts once it is merged" in answer.text
    entry = yaml.safe_load(answer.text.split("```yaml\n")[1].split("\n```")[0])
    assert entry == {
        "exempt": [
            {
                "rule": "index-blocks-writes",
                "subject": 'public."o\'r".x',
                "reason": 'we said: "so"',
            }
        ]
    }


def test_the_line_is_counted_as_the_head_has_it() -> None:
    one = about(SCHEMA, "name String")
    head = f"diff --git a/{SCHEMA} b/{SCHEMA}\n--- a/{SCHEMA}\n+++ b/{SCHEMA}\n"
    shifts = f"{head}@@ -1,0 +1,2 @@\n+//\n+//\n"
    asked = Asked(report(FILES, [one]), SNAPSHOT, LineMap(read_patch(shifts)))
    assert "above line 5 of" in ignoring(asked, short_id(one), "reason").text


def test_a_finding_is_called_by_its_rule_where_there_is_one_of_it() -> None:
    one, two = about(SCHEMA, "name String"), about(ADDED, "CREATE INDEX", subject="other")
    assert ask(report(FILES, [one]), "`index-blocks-writes`").is_found
    answer = ask(report(FILES, [one, two]), "index-blocks-writes")
    assert not answer.is_found
    assert answer.text.startswith("`index-blocks-writes` could be any of 2.\n\nThese stand:\n\n- `")
    assert short_id(two) in answer.text


def test_an_unknown_finding_gets_those_that_are_known() -> None:
    one = about(SCHEMA, "name String")
    gone = replace(about(ADDED, "CREATE INDEX", subject="x"), status=Status.MENDED)
    answer = ask(report(FILES, [one, gone]), "beef@octocat")
    assert answer.text.startswith("There is no finding `beef@octocat` here.")
    assert short_id(one) in answer.text
    assert short_id(gone) not in answer.text
    assert "Nothing was found that could be waved through." in ask(report(FILES), "beef").text


def test_three_digits_name_nothing() -> None:
    one = about(SCHEMA, "name String")
    assert not ask(report(FILES, [one]), one.fingerprint[:3]).is_found
    assert ask(report(FILES, [one]), one.fingerprint[:4]).is_found


def test_a_reason_is_mandatory() -> None:
    one = about(SCHEMA, "name String")
    answer = ask(report(FILES, [one]), short_id(one), "  \u200b ".strip("\u200b "))
    assert answer.text == f"A reason is mandatory: `/driftline ignore {short_id(one)} reason`."
    assert "Say which finding" in ask(report(FILES, [one]), "", "").text


def test_a_reason_stays_one_visible_line() -> None:
    one = about(ADDED, "CREATE INDEX")
    answer = ask(report(FILES, [one]), short_id(one), "a\u202eb ```\n@octocat; DROP TABLE x;")
    assert "a\\u{202e}b ``` @octocat; DROP TABLE x;\n````" in answer.text


def test_what_is_waved_through_already_is_said() -> None:
    one = about(SCHEMA, "name String")
    waived = replace(one, waiver="it is small")
    made = report(FILES)
    made = Report("pass", suppressed=(waived,), sources=made.sources)
    assert (
        ask(made, short_id(one)).text == f"`{short_id(one)}` is waved through already: it is small."
    )
