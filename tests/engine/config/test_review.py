"""The configuration under review: judged by the base's, told where the head has it."""

from __future__ import annotations

from datetime import date

from tests.support.cases import tree
from workers.engine.analyze import analyze
from workers.engine.findings import Finding, Severity, Status
from workers.engine.report import Report
from workers.engine.snapshot import Snapshot
from workers.preferences import preferences

PATH = ".github/driftline.yml"
TODAY = date(2026, 1, 1)
FILES = {
    "prisma/schema.prisma": 'datasource db {\n  provider = "postgresql"\n}\n\n'
    "model User {\n  id String @id\n}\n",
    "prisma/migrations/20250101000000_init/migration.sql": 'CREATE TABLE "User" ("id" TEXT NOT '
    'NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));\nCREATE TABLE "Old" ("id" TEXT NOT NULL, '
    'CONSTRAINT "Old_pkey" PRIMARY KEY ("id"));\n',
    "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
}
README = {"prisma/README.sql": "-- nothing\n"}
EXEMPT = "exempt:\n- rule: table-extra\n  subject: Old\n  reason: so\n"


def reviewed(base: str | None, head: str | None, **more: str) -> Report:
    """A pull request that brings the configuration from one text to another."""
    old = FILES | ({} if base is None else {PATH: base})
    new = FILES | README | more | ({} if head is None else {PATH: head})
    snapshot = Snapshot(
        tree({path: text.encode() for path, text in new.items()}),
        tree({path: text.encode() for path, text in old.items()}),
        frozenset({*README, *more, *({PATH} if base != head else ())}),
    )
    return analyze(snapshot, preferences(snapshot, TODAY).settings)


def of_rule(report: Report, rule: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.rule == rule]


def test_what_a_pull_request_breaks_fails_it() -> None:
    report = reviewed("trial: true\n", "trial: perhaps\n")
    (finding,) = of_rule(report, "configuration-invalid")
    assert (finding.severity, finding.status) == (Severity.ERROR, Status.NEW)
    assert report.verdict == "fail"


def test_what_was_broken_before_is_a_notice_and_fails_nobody() -> None:
    report = reviewed("trial: perhaps\n", "trial: perhaps\n")
    (finding,) = of_rule(report, "configuration-invalid")
    assert (finding.severity, finding.status) == (Severity.NOTICE, Status.EXISTING)
    assert report.verdict == "pass"


def test_what_is_put_right_is_mended() -> None:
    (finding,) = of_rule(reviewed("trial: perhaps\n", "trial: true\n"), "configuration-invalid")
    assert finding.status is Status.MENDED


def test_a_pull_request_cannot_exempt_itself() -> None:
    report = reviewed(None, EXEMPT)
    assert of_rule(report, "table-extra")
    assert report.suppressed == ()
    (told,) = of_rule(report, "configuration-changed")
    assert told.message.endswith("`table-extra` on `Old` is waved through.")


def test_a_pull_request_cannot_switch_the_rule_off_that_tells_of_it() -> None:
    report = reviewed(None, "families: {config: off}\n")
    assert of_rule(report, "configuration-changed")


def test_an_exemption_of_the_base_counts() -> None:
    report = reviewed(EXEMPT, EXEMPT)
    assert not of_rule(report, "table-extra")
    assert [(f.rule, f.waiver) for f in report.suppressed] == [("table-extra", "so")]
    assert not [finding for finding in report.findings if finding.family == "config"]


def test_an_expired_exemption_was_so_before() -> None:
    text = f"{EXEMPT}  until: 2025-12-31\n"
    report = reviewed(text, text)
    assert of_rule(report, "table-extra")
    (told,) = of_rule(report, "exemption-expired")
    assert told.status is Status.EXISTING
    assert "one finding stands again" in told.message


def test_to_prolong_an_exemption_mends_it() -> None:
    report = reviewed(f"{EXEMPT}  until: 2025-12-31\n", f"{EXEMPT}  until: 2026-12-31\n")
    assert [f.status for f in of_rule(report, "exemption-expired")] == [Status.MENDED]


def test_an_exemption_that_never_covered_anything_is_no_news() -> None:
    text = EXEMPT.replace("Old", "Gone")
    (told,) = of_rule(reviewed(text, text), "exemption-unused")
    assert told.status is Status.EXISTING


def test_an_exemption_is_told_where_the_head_has_it() -> None:
    text = EXEMPT.replace("Old", "Gone")
    report = reviewed(text, f"# first\n{text}")
    (told,) = of_rule(report, "exemption-unused")
    assert report.location(told.origin).line == 3


def test_to_delete_the_file_is_told() -> None:
    (told,) = of_rule(reviewed("fail-on: warning\n", None), "configuration-changed")
    assert "`fail-on` goes from `warning` to `error`" in told.message
    assert told.origin.path == PATH


def test_a_repository_without_a_schema_hears_of_its_configuration() -> None:
    snapshot = Snapshot(tree({PATH: b"nope: 1\n"}), tree({}), frozenset({PATH}))
    report = analyze(snapshot, preferences(snapshot).settings)
    assert [f.rule for f in report.findings] == ["configuration-invalid"]


def test_without_a_file_nothing_is_said() -> None:
    assert not [f for f in reviewed(None, None).findings if f.family == "config"]


def test_of_two_files_the_second_is_said_to_be_unread() -> None:
    report = reviewed(None, "trial: true\n", **{".github/driftline.yaml": "trial: false\n"})
    (told,) = of_rule(report, "configuration-invalid")
    assert told.origin.path == ".github/driftline.yaml"
    assert "is not read" in told.message


def test_ignored_folders_are_whole_folders() -> None:
    files = {f"examples/{path}": text.encode() for path, text in FILES.items()}
    for ignored, pairs in (("examples", 0), ("exam", 1), ("examples/prisma/schema.prisma", 1)):
        text = f"ignore-paths: [{ignored}]\n".encode()
        snapshot = Snapshot(tree({**files, PATH: text}))
        report = analyze(snapshot, preferences(snapshot).settings)
        assert len(report.pairs) == pairs, ignored


def test_pairs_are_judged_where_nothing_would_find_them() -> None:
    files = {
        "core/models.prisma": FILES["prisma/schema.prisma"],
        "core/more.prisma": "model Extra {\n  id Int @id\n}\n",
        "core/history/20250101000000_init/migration.sql": FILES[
            "prisma/migrations/20250101000000_init/migration.sql"
        ],
        "billing/schema.prisma": FILES["prisma/schema.prisma"].replace("User", "Bill"),
        "billing/migrations/20250101000000_init/migration.sql": 'CREATE TABLE "Bill" ("id" TEXT '
        'NOT NULL, CONSTRAINT "Bill_pkey" PRIMARY KEY ("id"));\n',
        PATH: "pairs:\n- schema: core/models.prisma\n  migrations: core/history\n"
        "- schema: billing\n",
    }
    snapshot = Snapshot(tree({path: text.encode() for path, text in files.items()}))
    report = analyze(snapshot, preferences(snapshot).settings)
    assert [(pair.schema_paths, pair.migrations_path) for pair in report.pairs] == [
        (("billing/schema.prisma",), "billing/migrations"),
        (("core/models.prisma",), "core/history"),
    ]
    assert [f.subject for f in report.findings if f.family == "drift"] == ["public.Old"]


def test_a_pair_that_is_not_there_is_told_and_costs_the_others_nothing() -> None:
    text = "pairs:\n- schema: nowhere\n- schema: prisma/schema.prisma\n"
    snapshot = Snapshot(
        tree({path: text.encode() for path, text in (FILES | {PATH: text}).items()})
    )
    report = analyze(snapshot, preferences(snapshot).settings)
    assert [pair.schema_paths for pair in report.pairs] == [("prisma/schema.prisma",)]
    assert [d.code for d in report.diagnostics] == ["schema-not-found"]
    assert report.verdict == "unknown"
