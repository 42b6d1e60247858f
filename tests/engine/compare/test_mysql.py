from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from tests.support.drift_cases import Case
from tests.support.mariadb import MariaDb, running_mariadb, why_no_mariadb
from tests.support.mysql_cases import COLUMNS, OTHERS
from tests.support.sides import SCHEMA_PATH, migration, told
from workers.engine.compare.changes import ColumnMissing, Comparison, TableMissing
from workers.engine.compare.differ import compare
from workers.engine.findings import Finding
from workers.engine.fixes.mysql.single import for_mysql
from workers.engine.judge import judge_pair
from workers.engine.prisma.describe import Declaration, describe
from workers.engine.rules.context import Context
from workers.engine.schema.catalogue import to_catalogue
from workers.engine.schema.model import Column, QualifiedName, SqlType, Table
from workers.engine.settings import Settings
from workers.engine.source import SourceFile
from workers.engine.sql.mysql.keys import with_brought_indexes
from workers.engine.sql.replay import Ground, Migration, Replay, replay

CASES = [*COLUMNS, *OTHERS]


def _declared(models: str) -> Declaration:
    text = f'datasource db {{\n  provider = "mysql"\n}}\n\n{models}'
    declaration = describe([SourceFile(SCHEMA_PATH, text)])
    assert declaration.diagnostics == []
    return declaration


def _sides(case: Case, migrations: list[Migration]) -> tuple[Declaration, Replay, Comparison]:
    declaration = _declared(case.models)
    outcome = replay(migrations, Ground(provider="mysql"))
    assert (outcome.failures, outcome.diagnostics) == ([], [])
    return declaration, outcome, compare(declaration, outcome.schema)


def _findings(case: Case, migrations: list[Migration]) -> list[Finding]:
    declaration, outcome, comparison = _sides(case, migrations)
    context = Context(declaration, outcome, comparison, tuple(migrations), schema_path=SCHEMA_PATH)
    judgement = judge_pair(context, Settings())
    assert judgement.diagnostics == []
    return [finding for finding in judgement.findings if finding.family == "drift"]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_changes_are_those_that_prisma_would_write(case: Case) -> None:
    assert tuple(told(_sides(case, [migration(case.sql)])[2])) == case.changes


_NEVER_SATISFIED = ("@db.DateTime over", 'dbgenerated("CURRENT')
"""What Prisma writes anew in every migration."""


@pytest.mark.parametrize(
    "case",
    [c for c in CASES if c.changes and not any(one in c.name for one in _NEVER_SATISFIED)],
    ids=str,
)
def test_the_fixes_together_end_the_differences(case: Case) -> None:
    first = migration(case.sql)
    _, _, comparison = _sides(case, [first])
    order = sorted(comparison.changes, key=lambda one: "Index" in type(one).__name__)
    fixes = [for_mysql(change) for change in order]
    lines = [fix.sql for fix in fixes if fix is not None and fix.sql is not None]
    assert len(lines) == len(comparison.changes)
    second = migration("\n".join(lines), "20250102000000_mend")
    assert told(_sides(case, [first, second])[2]) == []


@pytest.mark.parametrize(
    "default",
    ["1; DROP TABLE users", "(1", "1) COMMENT 'x", "CURRENT_TIMESTAMP, ADD y INT", "'open"],
)
def test_what_does_not_read_back_is_not_shown(default: str) -> None:
    column = Column("a", SqlType("int"), default=default, default_kind="dbgenerated")
    table = Table(QualifiedName("", "t"), columns=(column,))
    fix = for_mysql(ColumnMissing(table, table, column))
    assert fix is not None
    assert (fix.sql, fix.safe) == (None, False)
    harmless = replace(column, default="1 + 1")
    shown = for_mysql(ColumnMissing(table, table, harmless))
    assert shown is not None
    assert shown.sql == "ALTER TABLE `t` ADD COLUMN `a` INTEGER NULL DEFAULT (1 + 1);"


@pytest.mark.parametrize("case", [c for c in CASES if c.changes], ids=str)
def test_each_change_is_one_finding(case: Case) -> None:
    found = _findings(case, [migration(case.sql)])
    assert len(found) == len(case.changes)


@pytest.fixture(scope="module")
def server() -> Iterator[MariaDb]:
    with running_mariadb() as started:
        yield started


MODELS = """
enum Role {
  USER
  ADMIN
}

model User {
  id      Int      @id @default(autoincrement())
  email   String   @unique
  name    String?  @db.VarChar(50)
  role    Role     @default(USER)
  points  Int?     @default(3) @db.UnsignedInt
  score   Float    @default(1.5)
  price   Decimal  @default(0)
  small   Decimal  @default(1.25) @db.Decimal(5, 2)
  ok      Boolean  @default(true)
  bits    Boolean  @db.Bit(1)
  at      DateTime @default(now())
  day     DateTime @db.Date
  time    DateTime @db.Time(0)
  stamp   DateTime @default(now()) @db.Timestamp(0)
  year    Int      @db.Year
  meta    Json?
  data    Bytes?
  key     Bytes    @db.Binary(16)
  text    String   @db.LongText
  posts   Post[]
  friends User[]   @relation("f")
  friend  User[]   @relation("f")

  @@index([name(sort: Desc), role])
  @@index([text(length: 12)])
  @@fulltext([text], map: "by_text")
}

model Post {
  id       String @id @default(cuid())
  author   User   @relation(fields: [authorId], references: [id])
  authorId Int
  big      BigInt @db.UnsignedBigInt
}
"""


@pytest.mark.skipif(why_no_mariadb() is not None, reason=str(why_no_mariadb()))
def test_mariadb_makes_what_the_schema_declares(server: MariaDb) -> None:
    declaration = _declared(MODELS)
    changes = [TableMissing(table) for table in declaration.schema.tables.values()]
    fixes = [for_mysql(change) for change in changes]
    script = "\n".join(fix.sql or "" for fix in fixes if fix is not None)
    asked, error = server.run([script])
    assert error is None
    declared = to_catalogue(with_brought_indexes(declaration.schema))
    assert declared["tables"] == to_catalogue(asked)["tables"]
    assert told(compare(declaration, asked)) == []
