"""Comments wave findings through, where they say why."""

import pytest

from tests.support.cases import tree
from workers.engine.analyze import analyze
from workers.engine.report import Report
from workers.engine.snapshot import Snapshot
from workers.engine.source import SourceFile
from workers.engine.suppression import Suppression, suppressions_in

SCHEMA = 'datasource db {\n  provider = "postgresql"\n}\n\nmodel User {\n  id String @id\n%s}\n'
INIT = 'CREATE TABLE "User" ("id" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));\n'
OLD = {
    "prisma/schema.prisma": SCHEMA % "",
    "prisma/migrations/20250101000000_init/migration.sql": INIT,
    "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
}
NEW = "prisma/migrations/20250201000000_more/migration.sql"


def reviewed(changes: dict[str, str]) -> Report:
    base = {path: text.encode() for path, text in OLD.items()}
    head = base | {path: text.encode() for path, text in changes.items()}
    return analyze(Snapshot(tree(head), tree(base), frozenset(changes)))


def rules(report: Report) -> list[str]:
    return [finding.rule for finding in report.findings]


def test_a_comment_with_a_reason_covers_the_next_statement() -> None:
    report = reviewed(
        {NEW: '-- driftline-ignore table-dropped: it never held a row\nDROP TABLE "User";\n'}
    )
    assert "table-dropped" not in rules(report)
    assert [finding.rule for finding in report.suppressed] == ["table-dropped"]


def test_a_comment_without_a_reason_covers_nothing() -> None:
    report = reviewed({NEW: '-- driftline-ignore table-dropped\nDROP TABLE "User";\n'})
    assert {"table-dropped", "suppression-without-reason"} <= set(rules(report))


def test_a_family_can_be_named_and_the_statement_after_next_is_not_covered() -> None:
    two = 'CREATE INDEX a ON "User"(id);\nCREATE INDEX b ON "User"(id, id);\n'
    sql = f"-- driftline-ignore locking: small\n{two}"
    found = [f.subject for f in reviewed({NEW: sql}).findings if f.rule == "index-blocks-writes"]
    assert found == ["public.User.b"]


def test_a_comment_that_covers_nothing_is_told_while_it_is_under_review() -> None:
    sql = "-- driftline-ignore table-dropped: no\nSELECT 1;\n"
    assert "suppression-unused" in rules(reviewed({NEW: sql}))
    landed = OLD | {NEW: sql}
    tree_ = tree({path: text.encode() for path, text in landed.items()})
    report = analyze(Snapshot(tree_, tree_, frozenset({"prisma/schema.prisma"})))
    assert "suppression-unused" not in rules(report)


def test_a_finding_that_is_waved_through_is_not_called_mended() -> None:
    base = {**OLD, "prisma/schema.prisma": SCHEMA % "  age Int?\n"}
    changed = (
        SCHEMA % "  /// driftline-ignore column-missing: comes with the next release\n  age Int?\n"
    )
    before = tree({path: text.encode() for path, text in base.items()})
    after = tree({**before.files, "prisma/schema.prisma": changed.encode()})
    report = analyze(Snapshot(after, before, frozenset({"prisma/schema.prisma"})))
    assert "column-missing" not in rules(report)


@pytest.mark.parametrize(
    ("path", "text", "covered"),
    [
        ("a.sql", "-- driftline-ignore x: y\n-- more\nSELECT 1;\nSELECT 2;", "SELECT 1"),
        ("a.sql", "/* driftline-ignore x: y */ SELECT 1; SELECT 2;", "SELECT 1"),
        (
            "a.prisma",
            "/// driftline-ignore x: y\nmodel A {\n  id Int\n}\nmodel B {}",
            "  id Int\n}",
        ),
        ("a.prisma", "model A {\n  id Int // driftline-ignore x: y\n  b Int\n}", "id Int"),
        ("a.yml", "# driftline-ignore x: y\nrun: a\nb: c\n", "run: a"),
    ],
)
def test_what_a_comment_covers_depends_on_the_language(path: str, text: str, covered: str) -> None:
    (one,) = suppressions_in(SourceFile(path, text))
    said = text[one.covers.start : one.covers.end]
    assert covered in said
    for other in ("SELECT 2", "model B", "b Int", "b: c"):
        assert other not in said


def test_the_words_in_a_string_are_no_comment() -> None:
    text = "SELECT '\n-- driftline-ignore x: y\n';"
    assert list(suppressions_in(SourceFile("a.sql", text))) == []


def test_several_rules_may_share_a_reason() -> None:
    text = "-- driftline-ignore a, b: because\nSELECT 1;"
    found: list[Suppression] = list(suppressions_in(SourceFile("a.sql", text)))
    assert [(one.name, one.reason) for one in found] == [("a", "because"), ("b", "because")]
