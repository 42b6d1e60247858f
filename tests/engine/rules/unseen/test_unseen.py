from __future__ import annotations

from tests.support.sides import declared, migration
from workers.engine.compare.differ import compare
from workers.engine.findings import Finding, Severity
from workers.engine.judge import judge_pair
from workers.engine.rules.context import Context
from workers.engine.settings import Settings
from workers.engine.sql.replay import Migration, replay

MODEL = "model Doc {\n  id Int @id\n  title String\n}\n"
TABLE = (
    'CREATE TABLE "Doc" ("id" INTEGER NOT NULL, "title" TEXT NOT NULL, '
    'CONSTRAINT "Doc_pkey" PRIMARY KEY ("id"));\n'
)
HIDDEN = (
    'ALTER TABLE "Doc" ENABLE ROW LEVEL SECURITY;\n'
    'CREATE POLICY "own docs" ON "Doc" USING (true);\n'
    'CREATE INDEX "long_titles" ON "Doc" ("title") WHERE length("title") > 9;\n'
    'ALTER TABLE "Doc" ADD CONSTRAINT "titled" CHECK ("title" <> \'\');\n'
)


def _context(models: str, migrations: list[Migration], base: Context | None = None) -> Context:
    declaration, outcome = declared(models), replay(migrations)
    assert not outcome.failures
    known = {m.source.path for m in base.migrations} if base else set()
    changed = frozenset(m.source.path for m in migrations) - known if base else None
    return Context(
        declaration,
        outcome,
        compare(declaration, outcome.schema),
        tuple(migrations),
        changed=changed,
        base=base,
        schema_path="prisma/schema.prisma",
    )


def _unseen(context: Context) -> list[Finding]:
    judgement = judge_pair(context, Settings())
    assert judgement.diagnostics == []
    return [finding for finding in judgement.findings if finding.family == "unseen"]


def _after(sql: str) -> list[Finding]:
    first = migration(TABLE + HIDDEN)
    second = migration(sql, "20250102000000_next")
    base = _context(MODEL, [first])
    findings = _unseen(_context(MODEL, [first, second], base))
    return [finding for finding in findings if finding.rule == "unseen-object-lost"]


def test_each_kind_is_one_notice() -> None:
    findings = _unseen(_context(MODEL, [migration(TABLE + HIDDEN)]))
    assert [(finding.rule, finding.subject) for finding in findings] == [
        ("prisma-blind-spot", "row-level security"),
        ("prisma-blind-spot", "policies"),
        ("prisma-blind-spot", "check constraints"),
        ("prisma-blind-spot", "partial indexes"),
    ]
    assert {finding.severity for finding in findings} == {Severity.NOTICE}


def test_nothing_is_said_where_nothing_is_hidden() -> None:
    assert _unseen(_context(MODEL, [migration(TABLE)])) == []


def test_a_table_made_anew_loses_what_hung_on_it() -> None:
    (lost,) = _after('DROP TABLE "Doc";\n' + TABLE)
    assert lost.severity is Severity.WARNING
    assert lost.subject == "public.Doc"
    for name in ("own docs", "long_titles", "titled"):
        assert f"`{name}`" in lost.message
    assert lost.origin.path.endswith("20250102000000_next/migration.sql")


def test_what_is_made_anew_as_well_is_not_lost() -> None:
    assert _after('DROP TABLE "Doc";\n' + TABLE + HIDDEN) == []


def test_what_is_dropped_by_name_was_meant_to_go() -> None:
    assert _after('DROP POLICY "own docs" ON "Doc"; DROP INDEX "long_titles";') == []


def test_a_dropped_column_takes_its_index_along() -> None:
    base = _context(MODEL, [migration(TABLE + HIDDEN)])
    dropped = migration('ALTER TABLE "Doc" DROP COLUMN "title";', "20250102000000_next")
    models = "model Doc {\n  id Int @id\n}\n"
    findings = _unseen(_context(models, [*base.migrations, dropped], base))
    (lost,) = [finding for finding in findings if finding.rule == "unseen-object-lost"]
    assert "`long_titles`" in lost.message


def test_drift_that_prisma_would_settle_by_dropping_names_what_would_go() -> None:
    models = MODEL.replace("title String", "title Boolean")
    findings = _unseen(_context(models, [migration(TABLE + HIDDEN)]))
    (lost,) = [finding for finding in findings if finding.rule == "unseen-object-lost"]
    assert "drop `Doc.title` and make it anew" in lost.message
    wider = MODEL.replace("title String", "title String @db.VarChar(20)")
    findings = _unseen(_context(wider, [migration(TABLE + HIDDEN)]))
    assert [finding for finding in findings if finding.rule == "unseen-object-lost"] == []
