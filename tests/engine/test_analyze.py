"""The engine's one door."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.cases import tree
from workers.engine.analyze import analyze
from workers.engine.errors import Effect
from workers.engine.findings import Finding, Severity, Status
from workers.engine.judge import judge_pair
from workers.engine.report import Report
from workers.engine.rule import Catalogue, Rule
from workers.engine.rules.context import Context
from workers.engine.settings import Settings
from workers.engine.side import read_side
from workers.engine.snapshot import Snapshot
from workers.engine.source import Origin, Span

HEAD = 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n'
USER = HEAD + "model User {\n  id Int @id\n}\n"
AGED = HEAD + "model User {\n  id  Int @id\n  age Int?\n}\n"
INIT = 'CREATE TABLE "User" ("id" INTEGER NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));\n'
AGE = 'ALTER TABLE "User" ADD COLUMN "age" INTEGER;\n'
LOCK = 'provider = "postgresql"\n'


def files(schema: str = USER, folder: str = "prisma", **migrations: str) -> dict[str, bytes]:
    found = {
        f"{folder}/schema.prisma": schema,
        f"{folder}/migrations/migration_lock.toml": LOCK,
    }
    for name, sql in migrations.items():
        found[f"{folder}/migrations/{name.removeprefix('m')}/migration.sql"] = sql
    return {path: text.encode() for path, text in found.items()}


HEALTHY = files(m20250101000000_init=INIT)


def review(
    head: dict[str, bytes], base: dict[str, bytes] | None = None, **settings: object
) -> Report:
    if base is None:
        return analyze(Snapshot(tree(head)), Settings(**settings))  # type: ignore[arg-type]
    changed = frozenset(p for p in head.keys() | base.keys() if head.get(p) != base.get(p))
    snapshot = Snapshot(tree(head), tree(base), changed)
    return analyze(snapshot, Settings(**settings))  # type: ignore[arg-type]


def rules_of(report: Report, status: Status = Status.NEW) -> set[str]:
    return {finding.rule for finding in report.of_status(status)}


def test_a_healthy_project_passes_with_its_counts() -> None:
    report = review(HEALTHY)
    assert (report.verdict, report.findings, report.diagnostics) == ("pass", (), ())
    assert (report.summary.pairs, report.summary.migrations, report.summary.models) == (1, 1, 1)


def test_nothing_touched_is_a_pass_without_a_look() -> None:
    broken = {"prisma/schema.prisma": b"model {{{"}
    report = analyze(Snapshot(tree(broken), tree(broken), frozenset({"src/index.ts"})))
    assert (report.verdict, report.is_touched, report.pairs) == ("pass", False, ())


def test_only_what_the_change_brings_can_fail() -> None:
    drifted = files(AGED, m20250101000000_init=INIT)
    assert review(drifted).verdict == "fail"
    touched = files(AGED + "\n", m20250101000000_init=INIT)
    report = review(touched, drifted)
    assert report.verdict == "pass"
    assert rules_of(report, Status.EXISTING) == {"column-missing"}


def test_what_the_change_mends_is_told() -> None:
    drifted = files(AGED, m20250101000000_init=INIT)
    mended = files(AGED, m20250101000000_init=INIT, m20250201000000_age=AGE)
    report = review(mended, drifted)
    assert report.verdict == "pass"
    assert rules_of(report, Status.MENDED) == {"column-missing"}
    (finding,) = report.of_status(Status.MENDED)
    assert report.location(finding.origin, in_base=True).line == 7


def test_a_branch_that_is_merely_behind_hears_nothing() -> None:
    newer = files(AGED, m20250101000000_init=INIT, m20250201000000_age=AGE)
    merged = newer | {"package.json": b"{}"}
    assert not review(merged, newer).findings


def test_a_moved_project_keeps_its_findings() -> None:
    drifted = files(AGED, m20250101000000_init=INIT)
    moved = files(AGED, folder="packages/db/prisma", m20250101000000_init=INIT)
    report = review(moved, drifted)
    assert "column-missing" in rules_of(report, Status.EXISTING)
    assert "column-missing" not in rules_of(report)


def test_drift_is_judged_on_the_order_that_the_migrations_need() -> None:
    head = files(AGED, m20250201000000_age=AGE, m20250301000000_init=INIT)
    report = review(head)
    assert rules_of(report) == {"migration-fails", "migration-order"}
    (pair,) = report.pairs
    assert pair.friendliest is not None
    assert [(e.name, e.position, e.needed, e.state) for e in pair.timeline] == [
        ("20250201000000_age", 1, 2, "fails"),
        ("20250301000000_init", 2, 1, "runs"),
    ]


def test_what_fails_alone_costs_no_drift_elsewhere() -> None:
    comment = 'CREATE TABLE "Other" (id vector);\n' + AGE
    head = files(AGED, m20250101000000_init=INIT, m20250201000000_age=comment)
    assert "column-missing" not in rules_of(review(head))


def test_a_field_table_shows_both_sides() -> None:
    (table,) = review(files(AGED, m20250101000000_init=INIT)).pairs[0].field_tables
    assert [(row.column, row.declared, row.replayed, row.state) for row in table.rows] == [
        ("id", "integer NOT NULL", "integer NOT NULL", "same"),
        ("age", "integer", None, "missing"),
    ]


def test_an_unreadable_schema_is_not_a_pass() -> None:
    report = review(files(USER + "model Broken {{{\n", m20250101000000_init=INIT))
    assert report.verdict == "unknown"
    assert any(diagnostic.effect is Effect.UNKNOWN for diagnostic in report.diagnostics)


def test_what_could_not_be_read_before_does_not_change_the_verdict() -> None:
    base = files(USER + "model Broken {{{\n", m20250101000000_init=INIT)
    head = base | {"package.json": b"{}"}
    assert review(head, base).verdict == "pass"


def test_settings_silence_and_grade() -> None:
    drifted = files(AGED, m20250101000000_init=INIT)
    assert review(drifted, severities={"column-missing": None}).verdict == "pass"
    assert review(drifted, severities={"drift": Severity.NOTICE}).verdict == "pass"
    assert review(drifted, fail_on=None).verdict == "pass"


def test_two_projects_are_told_apart() -> None:
    first = files(AGED, m20250101000000_init=INIT)
    second = files(AGED, folder="packages/db/prisma", m20250101000000_init=INIT)
    report = review(first | second)
    assert {finding.pair for finding in report.findings} == {"", "packages/db/prisma/schema.prisma"}
    assert len({finding.fingerprint for finding in report.findings}) == 2


def test_a_project_without_migrations_gets_a_calm_note() -> None:
    report = review({"prisma/schema.prisma": USER.encode()})
    assert (report.verdict, [d.code for d in report.diagnostics]) == ("pass", ["no-migrations"])


def test_mysql_is_not_a_pass_where_it_has_migrations() -> None:
    head = files(USER.replace("postgresql", "mysql"), m20250101000000_init="SELECT 1;")
    assert review(head).verdict in ("unknown", "fail")


def test_a_rule_that_breaks_spoils_no_other() -> None:
    broken = Rule("broken", family="drift", severity=Severity.ERROR, since="0.1")
    whole = Rule("whole", family="drift", severity=Severity.NOTICE, since="0.1")

    @broken.on(Context)
    def break_down(subject: Context, context: Context) -> Iterator[Finding]:
        raise RuntimeError("no luck")

    @whole.on(Context)
    def speak(subject: Context, context: Context) -> Iterator[Finding]:
        yield whole.finding(
            subject="x", message="It works.", origin=Origin("prisma/schema.prisma", Span(0, 1))
        )

    (context,) = read_side(tree(HEALTHY), Settings()).contexts
    judgement = judge_pair(context, Settings(), Catalogue([broken, whole]))
    assert [finding.rule for finding in judgement.findings] == ["whole"]
    assert [d.message for d in judgement.diagnostics] == [
        "The rule `broken` is broken and was left out: RuntimeError: no luck"
    ]


def test_a_mysql_folder_without_a_schema_is_replayed_as_mysql() -> None:
    head = {
        "db/mysql-migrations/migration_lock.toml": b'provider = "mysql"\n',
        "db/mysql-migrations/1_a/migration.sql": b"CREATE TABLE `a` (`id` INT PRIMARY KEY);\n",
    }
    report = review(head)
    assert report.verdict == "pass"
    assert "migration-fails" not in rules_of(report)


def test_a_schema_that_loses_its_datasource_is_not_silently_passed() -> None:
    files = {
        "prisma/schema.prisma": "datasourc db {\n}\n\nmodel User {\n  id String @id\n}\n",
        "prisma/migrations/20250101000000_init/migration.sql": "SELECT 1;\n",
    }
    report = analyze(Snapshot(tree({path: text.encode() for path, text in files.items()})))
    assert "datasource-missing" in {one.code for one in report.diagnostics}
    assert report.verdict != "pass"
