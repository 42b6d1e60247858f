"""What is said of each kind of database as a whole."""

from __future__ import annotations

import pytest

from workers.engine.analyze import analyze
from workers.engine.errors import Effect
from workers.engine.report import Report
from workers.engine.snapshot import Snapshot, Tree
from workers.review.verdict import Conduct, verdict

_NAME = "prisma/migrations/20250101000000_init/migration.sql"
_LOCK = "prisma/migrations/migration_lock.toml"


def _review(
    provider: str, sql: str = "", lock: str = "", models: str = "", url: str = ""
) -> Report:
    text = f'datasource db {{\n  provider = "{provider}"\n  url = "{url}"\n}}\n\n'
    files = {"prisma/schema.prisma": text + (models or "model T {\n  id Int @id\n}\n")}
    if sql:
        files[_NAME] = sql
    if lock:
        files[_LOCK] = f'provider = "{lock}"\n'
    encoded = {path: one.encode() for path, one in files.items()}
    return analyze(Snapshot(Tree(files=encoded, paths=frozenset(encoded))))


def _rules(report: Report) -> list[tuple[str, str]]:
    return [(finding.rule, finding.severity.word) for finding in report.findings]


def test_mongodb_gets_a_neutral_check_that_says_why() -> None:
    report = _review("mongodb", models='model T {\n  id String @id @map("_id")\n}\n')
    judged = verdict(report, Conduct())
    assert judged.conclusion == "neutral"
    assert judged.sentence == "MongoDB has no migrations, so there is no schema drift to look for."


def test_prismas_other_name_for_sql_server_in_a_lock_file_is_no_mismatch() -> None:
    sql = "CREATE TABLE [dbo].[T] ([id] INT NOT NULL, CONSTRAINT [T_pkey] PRIMARY KEY ([id]));"
    report = _review("sqlserver", sql, "mssql")
    assert _rules(report) == []
    (told,) = report.diagnostics
    assert (told.code, told.effect) == ("provider-experimental", Effect.INFORMATION)


def test_what_cannot_be_run_here_is_a_warning_at_most() -> None:
    sql = "CREATE TABLE [dbo].[U] ([id] INT NOT NULL);"
    report = _review("sqlserver", sql, "mssql")
    assert ("table-missing", "warning") in _rules(report)
    assert report.verdict == "pass"
    sql = 'CREATE TABLE "T" ("id" INT8 NOT NULL, CONSTRAINT "T_pkey" PRIMARY KEY ("id"));'
    assert ("column-type-mismatch", "warning") in _rules(_review("cockroachdb", sql, "cockroachdb"))


def test_a_lock_for_another_database_stays_an_error() -> None:
    sql = "CREATE TABLE [dbo].[T] ([id] INT NOT NULL, CONSTRAINT [T_pkey] PRIMARY KEY ([id]));"
    assert ("migration-lock-mismatch", "error") in _rules(_review("postgresql", sql, "mssql"))


def test_mysql_has_no_schemas_whatever_the_connection_says() -> None:
    sql = "CREATE TABLE `T` (`id` INTEGER NOT NULL, PRIMARY KEY (`id`));"
    report = _review("mysql", sql, "mysql", url="mysql://root@localhost:3306/shop?schema=shop")
    assert _rules(report) == []


def test_postgresqls_sql_under_a_schema_for_mysql_fails_without_a_lock_too() -> None:
    sql = 'CREATE TABLE "T" ("id" INTEGER NOT NULL, CONSTRAINT "T_pkey" PRIMARY KEY ("id"));'
    report = _review("mysql", sql)
    assert ("migration-fails", "error") in _rules(report)


def test_what_mysql_runs_unread_is_not_called_clean() -> None:
    sql = "CREATE TABLE `T` (`id` INTEGER NOT NULL, PRIMARY KEY (`id`)); CALL mend();"
    assert _review("mysql", sql, "mysql").verdict == "unknown"


def test_rules_on_postgresql_are_silent_on_mysql() -> None:
    sql = (
        "CREATE TABLE `T` (`id` INTEGER NOT NULL, `a` INTEGER NULL, PRIMARY KEY (`id`))"
        " DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;"
        "CREATE INDEX `T_a_idx` ON `T`(`a`);"
        "UPDATE `T` SET `a` = 1;"
        "ALTER TABLE `T` DROP COLUMN `a`;"
        "ALTER TABLE `T` MODIFY `id` INTEGER NOT NULL;"
    )
    assert _rules(_review("mysql", sql, "mysql")) == []


@pytest.mark.parametrize(
    ("provider", "lock", "sql"),
    [
        (
            "mysql",
            "mysql",
            "CREATE TABLE `T` (`id` INTEGER NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`))"
            " DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;",
        ),
        (
            "sqlserver",
            "sqlserver",
            "CREATE TABLE [dbo].[T] ([id] INT NOT NULL IDENTITY(1,1),"
            " CONSTRAINT [T_pkey] PRIMARY KEY CLUSTERED ([id]));",
        ),
        (
            "cockroachdb",
            "cockroachdb",
            'CREATE TABLE "T" ("id" INT8 NOT NULL DEFAULT unique_rowid(),'
            ' CONSTRAINT "T_pkey" PRIMARY KEY ("id"));',
        ),
    ],
)
def test_nothing_that_prisma_itself_writes_is_a_blind_spot(
    provider: str, lock: str, sql: str
) -> None:
    kind = "BigInt" if provider == "cockroachdb" else "Int"
    models = f"model T {{\n  id {kind} @id @default(autoincrement())\n}}\n"
    assert _rules(_review(provider, sql, lock, models)) == []


_DOUBLE = """model T {
  id Int @id
  a  Int
  b  Int

  @@index([a])
  @@index([a, b])
}
"""


@pytest.mark.parametrize(
    ("provider", "sql", "drop"),
    [
        (
            "mysql",
            "CREATE TABLE `T` (`id` INTEGER NOT NULL, `a` INTEGER NOT NULL, `b` INTEGER NOT NULL,"
            " INDEX `T_a_idx`(`a`), INDEX `T_a_b_idx`(`a`, `b`), PRIMARY KEY (`id`))"
            " DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;",
            "DROP INDEX `T_a_idx` ON `T`;",
        ),
        (
            "sqlserver",
            "CREATE TABLE [dbo].[T] ([id] INT NOT NULL, [a] INT NOT NULL, [b] INT NOT NULL,"
            " CONSTRAINT [T_pkey] PRIMARY KEY CLUSTERED ([id]));"
            " CREATE NONCLUSTERED INDEX [T_a_idx] ON [dbo].[T]([a]);"
            " CREATE NONCLUSTERED INDEX [T_a_b_idx] ON [dbo].[T]([a], [b]);",
            "DROP INDEX [T_a_idx] ON [dbo].[T];",
        ),
        (
            "sqlite",
            'CREATE TABLE "T" ("id" INTEGER NOT NULL PRIMARY KEY, "a" INTEGER NOT NULL,'
            ' "b" INTEGER NOT NULL);'
            ' CREATE INDEX "T_a_idx" ON "T"("a"); CREATE INDEX "T_a_b_idx" ON "T"("a", "b");',
            'DROP INDEX "T_a_idx";',
        ),
    ],
)
def test_an_index_is_dropped_as_the_database_has_it(provider: str, sql: str, drop: str) -> None:
    (finding,) = _review(provider, sql, provider, _DOUBLE).findings
    assert finding.rule == "redundant-index"
    assert finding.fix is not None
    assert finding.fix.sql == drop


@pytest.mark.parametrize(
    ("provider", "sql"),
    [
        ("cockroachdb", 'CREATE TABLE "T" ("id" INT8 NOT NULL, VECTOR INDEX i ("id"));'),
        ("cockroachdb", 'CREATE TABLE "T" ("id" INT8 NOT NULL, INVERTED INDEX ("id"));'),
        ("sqlserver", "SELECT * INTO [dbo].[T] FROM [dbo].[S];"),
        ("sqlserver", "IF OBJECT_ID('T') IS NULL CREATE TABLE T (id INT NOT NULL);"),
        ("sqlserver", "CREATE EXTERNAL TABLE T (id INT);"),
        ("mysql", "CREATE TABLE `T` AS SELECT 1 AS `id`;"),
    ],
)
def test_nothing_is_said_of_a_table_whose_statement_is_not_read(provider: str, sql: str) -> None:
    report = _review(provider, sql, provider)
    assert (report.verdict, _rules(report)) == ("unknown", [])


def test_brackets_around_a_query_are_read_and_others_are_not() -> None:
    table = "CREATE TABLE [dbo].[T] ([id] INT NOT NULL, CONSTRAINT [T_pkey] PRIMARY KEY ([id]));"
    assert _review("sqlserver", f"{table}\n((SELECT 1));", "sqlserver").verdict == "pass"
    assert _review("sqlserver", f"{table}\n((((", "sqlserver").verdict == "unknown"
    assert _rules(_review("mysql", "((SELECT 1));", "mysql")) == [("table-missing", "error")]
    assert ("migration-fails", "error") in _rules(_review("mysql", "((((", "mysql"))
