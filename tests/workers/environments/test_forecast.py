"""What is foretold of a deployment is what the database then does, on every kind of database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.mariadb import MariaDb, running_mariadb, why_no_mariadb
from tests.workers.environments.conftest import NOW, Project
from workers.engine.analyze import analyze
from workers.engine.observed.forecast import Step
from workers.engine.observed.survey import Survey
from workers.engine.snapshot import Snapshot, Tree
from workers.environments.binding import Binding
from workers.environments.observing import observe

NEXT = "20260401000000_next"
USERS = 'INSERT INTO "User" (email) SELECT i::text FROM generate_series(1, 500) i;'


def foretold(survey: Survey) -> Step:
    (step,) = survey.forecasts[0].steps
    return step


def wait(project: Project, text: str) -> Step:
    project.files[f"prisma/migrations/{NEXT}/migration.sql"] = text.encode()
    return foretold(project.survey())


@pytest.mark.parametrize(
    "text",
    [
        'ALTER TABLE "User" ADD COLUMN "x" INTEGER NOT NULL;',
        'ALTER TABLE "User" ADD COLUMN "x" INTEGER, ADD COLUMN "y" TEXT NOT NULL;',
        'ALTER TABLE "User" RENAME TO "Person"; ALTER TABLE "Person" ADD "x" INTEGER NOT NULL;',
    ],
)
def test_a_required_column_fails_on_a_table_with_rows(project: Project, text: str) -> None:
    project.deploy()
    assert wait(project, text).outcome == "runs"
    project.run(f'{USERS} ANALYZE "User"')
    step = wait(project, text)
    assert (step.outcome, step.failure and step.failure.sqlstate) == ("fails", "23502")
    with pytest.raises(psycopg.errors.NotNullViolation) as refusal:
        project.run(text)
    assert step.failure is not None
    assert step.failure.message == refusal.value.diag.message_primary


@pytest.mark.parametrize(
    "text",
    [
        'ALTER TABLE "User" ADD COLUMN "x" INTEGER NOT NULL DEFAULT 0;',
        'ALTER TABLE "User" ADD COLUMN "x" SERIAL NOT NULL;',
        'ALTER TABLE "User" ADD "x" INTEGER NOT NULL GENERATED ALWAYS AS IDENTITY;',
        'ALTER TABLE "User" ADD "x" INTEGER NOT NULL GENERATED ALWAYS AS (id * 2) STORED;',
        'ALTER TABLE "User" ADD "x" INTEGER; UPDATE "User" SET x = id;'
        ' ALTER TABLE "User" ALTER "x" SET NOT NULL;',
        'DELETE FROM "User"; ALTER TABLE "User" ADD COLUMN "x" INTEGER NOT NULL;',
        'TRUNCATE "User" CASCADE; ALTER TABLE "User" ADD COLUMN "x" INTEGER NOT NULL;',
        'ALTER TABLE "Post" ADD COLUMN "x" INTEGER NOT NULL;',
        'CREATE TABLE "New" (id int); ALTER TABLE "New" ADD COLUMN "x" INTEGER NOT NULL;',
    ],
)
def test_what_rows_do_not_hinder_runs_without_a_condition(project: Project, text: str) -> None:
    project.deploy()
    project.run(f'{USERS} ANALYZE "User"')
    step = wait(project, text)
    assert (step.outcome, step.conditions) == ("runs", ())
    project.run(text)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ('ALTER TABLE "User" ALTER "name" SET NOT NULL;', "no row of `User` lacks `name`"),
        (
            'CREATE UNIQUE INDEX ON "User" ("name");',
            "no two rows of `User` have the same `name`",
        ),
        (
            'ALTER TABLE "User" ADD CONSTRAINT short CHECK (length(email) < 3);',
            "the rows of `User` satisfy `short`",
        ),
        (
            'ALTER TABLE "User" ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES "Post" (id);',
            "each row of `User` has its partner in `Post` (`id`)",
        ),
    ],
)
def test_what_depends_on_rows_that_nobody_reads_is_a_condition(
    project: Project, text: str, condition: str
) -> None:
    project.deploy()
    assert wait(project, text).conditions == ()
    project.run(f'{USERS} ANALYZE "User"')
    step = wait(project, text)
    assert (step.outcome, step.conditions) == ("runs", (condition,))


@pytest.fixture(scope="module")
def mariadb() -> Iterator[MariaDb]:
    reason = why_no_mariadb()
    if reason is not None:
        pytest.skip(reason)
    with running_mariadb() as running:
        yield running


MYSQL = (
    "CREATE TABLE `User` (`id` INTEGER NOT NULL AUTO_INCREMENT, `email` VARCHAR(191) NOT NULL,"
    " UNIQUE INDEX `User_email_key`(`email`), PRIMARY KEY (`id`));"
    "CREATE TABLE `Post` (`id` INTEGER NOT NULL PRIMARY KEY, `userId` INTEGER NOT NULL,"
    " CONSTRAINT `Post_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `User`(`id`));"
    "CREATE VIEW `mails` AS SELECT `email` FROM `User`;"
)


@pytest.mark.parametrize(
    "text",
    [
        "ALTER TABLE `User` ADD COLUMN `name` VARCHAR(191) NULL;",
        "ALTER TABLE `User` ADD COLUMN `email` VARCHAR(191) NULL;",
        "CREATE TABLE `Post` (`id` INTEGER NOT NULL);",
        "CREATE TABLE IF NOT EXISTS `Post` (`id` INTEGER NOT NULL);",
        "DROP TABLE `User`;",
        "DROP TABLE `Post`; DROP TABLE `User`;",
        "DROP TABLE `Nothing`;",
        "ALTER TABLE `Post` DROP COLUMN `userId`;",
        "ALTER TABLE `Post` DROP FOREIGN KEY `Post_userId_fkey`;"
        " ALTER TABLE `Post` DROP COLUMN `userId`;",
        "CREATE INDEX `User_email_key` ON `User`(`email`);",
        "DROP INDEX `User_email_key` ON `User`;",
        "DROP INDEX `Post_userId_fkey` ON `Post`;",
        "CREATE INDEX `Post_userId_idx` ON `Post`(`userId`);",
        "CREATE VIEW `mails` AS SELECT 1;",
        "DROP VIEW `mails`; CREATE VIEW `mails` AS SELECT 1;",
        "ALTER TABLE `Gone` ADD COLUMN `x` INTEGER;",
        "CREATE TRIGGER `t` BEFORE INSERT ON `Post` FOR EACH ROW SET NEW.`id` = 1;",
        "RENAME TABLE `Post` TO `User`;",
        "RENAME TABLE `Post` TO `Entry`; ALTER TABLE `Entry` ADD COLUMN `t` TEXT NULL;",
    ],
)
def test_mysql_migrations_are_foretold_on_the_database_as_it_is(
    mariadb: MariaDb, text: str
) -> None:
    files = {
        "prisma/schema.prisma": b'datasource db {\n  provider = "mysql"\n}\n',
        "prisma/migrations/migration_lock.toml": b'provider = "mysql"\n',
        f"prisma/migrations/{NEXT}/migration.sql": text.encode(),
    }
    history = "CREATE TABLE `_prisma_migrations` (" + PRISMA_COLUMNS + ");"
    mariadb.run([MYSQL, history])
    url = f"mysql://root@localhost/trial?socket={mariadb.socket}"
    seen = observe(Binding("production", given=url), NOW)
    assert seen.failure == ""
    report = analyze(Snapshot(Tree(files, frozenset(files)), observations=(seen,)))
    step = foretold(report.surveys[0])
    _, error = mariadb.run([MYSQL, history, text])
    assert (step.outcome == "fails") == (error is not None), (step, error)
    if step.failure is not None:
        assert MARIADB.get(step.failure.sqlstate, step.failure.sqlstate) == str(error)


MARIADB = {"3730": "1451", "1828": "1553"}
"""MariaDB's number where MySQL 8 has one of its own."""
PRISMA_COLUMNS = (
    "id VARCHAR(36) PRIMARY KEY, checksum VARCHAR(64) NOT NULL, finished_at DATETIME,"
    " migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at DATETIME,"
    " started_at DATETIME NOT NULL, applied_steps_count INTEGER NOT NULL DEFAULT 0"
)
SQLITE = """
CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY, "email" TEXT NOT NULL);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE TABLE "Post" ("id" INTEGER NOT NULL PRIMARY KEY, "userId" INTEGER NOT NULL,
    CONSTRAINT "f" FOREIGN KEY ("userId") REFERENCES "User" ("id"));
"""


@pytest.mark.parametrize(
    "text",
    [
        'ALTER TABLE "User" ADD COLUMN "name" TEXT;',
        'ALTER TABLE "User" ADD COLUMN "email" TEXT;',
        'CREATE TABLE "Post" ("id" INTEGER);',
        'CREATE INDEX "User_email_key" ON "User"("id");',
        'DROP INDEX "User_email_key"; CREATE INDEX "User_email_key" ON "User"("id");',
        'DROP INDEX "Nothing";',
        'ALTER TABLE "Gone" ADD COLUMN "x" TEXT;',
        'PRAGMA foreign_keys=OFF; CREATE TABLE "new_User" ("id" INTEGER NOT NULL PRIMARY KEY);'
        ' INSERT INTO "new_User" ("id") SELECT "id" FROM "User"; DROP TABLE "User";'
        ' ALTER TABLE "new_User" RENAME TO "User"; PRAGMA foreign_keys=ON;',
        'ALTER TABLE "Post" RENAME TO "User";',
        'ALTER TABLE "User" RENAME COLUMN "nothing" TO "x";',
    ],
)
def test_sqlite_migrations_are_foretold_on_the_file_as_it_is(tmp_path: Path, text: str) -> None:
    files = {
        "prisma/schema.prisma": b'datasource db {\n  provider = "sqlite"\n}\n',
        "prisma/migrations/migration_lock.toml": b'provider = "sqlite"\n',
        f"prisma/migrations/{NEXT}/migration.sql": text.encode(),
    }
    file = tmp_path / "app.db"
    with sqlite3.connect(file) as database:
        database.executescript(SQLITE + f"CREATE TABLE _prisma_migrations ({PRISMA_COLUMNS});")
    seen = observe(Binding("production", given=f"file:{file}"), NOW)
    assert seen.failure == ""
    report = analyze(Snapshot(Tree(files, frozenset(files)), observations=(seen,)))
    step = foretold(report.surveys[0])
    told = ""
    try:
        with sqlite3.connect(file) as database:
            database.executescript(text)
    except sqlite3.OperationalError as error:
        told = str(error)
    assert (step.outcome == "fails") == bool(told), (step, told)
    if step.failure is not None:
        # How SQLite quotes a name in a message depends on its version.
        assert step.failure.message.replace('"', "") == told.replace('"', "")


def test_a_foreign_key_leans_on_the_first_of_two_unique_indexes(project: Project) -> None:
    """Whatever their names: a later one may go, the first one may not."""
    project.deploy()
    project.run('CREATE UNIQUE INDEX "A_later" ON "User" (id)')
    assert wait(project, 'DROP INDEX "A_later";').outcome == "runs"
    step = wait(project, 'ALTER TABLE "User" DROP CONSTRAINT "User_pkey";')
    assert step.failure is not None
    assert step.failure.sqlstate == "2BP01"
    project.run('DROP INDEX "A_later"')


EARLY = (
    "ALTER TYPE \"Role\" ADD VALUE 'GUEST';"
    'ALTER TABLE "User" ADD COLUMN "second" "Role" NOT NULL DEFAULT \'GUEST\';'
)
APART = 'CREATE INDEX CONCURRENTLY "a" ON "User" (id); CREATE INDEX "b" ON "User" (id);'


def _locked(project: Project, version: str) -> None:
    project.files["package.json"] = f'{{"dependencies": {{"prisma": "{version}"}}}}'.encode()


@pytest.mark.parametrize(("text", "code"), [(EARLY, "55P04"), (APART, "25001")])
def test_what_a_transaction_refuses_depends_on_the_version_of_prisma(
    project: Project, text: str, code: str
) -> None:
    project.deploy()
    _locked(project, "7.3.0")  # sends the file as one text, which is one transaction
    step = wait(project, text)
    assert (step.outcome, step.failure and step.failure.sqlstate) == ("fails", code)
    with pytest.raises(psycopg.Error) as refusal:
        project.run(text)
    assert refusal.value.sqlstate == code
    _locked(project, "7.8.0")  # sends one statement after the other
    assert wait(project, text).outcome == "runs"
    for statement in text.removesuffix(";").split(";"):
        project.run(statement)


def test_a_grant_on_a_database_that_the_server_has_not_fails(project: Project) -> None:
    project.deploy()
    text = "GRANT CONNECT ON DATABASE nowhere TO postgres;"
    step = wait(project, text)
    assert step.failure is not None
    with pytest.raises(psycopg.errors.InvalidCatalogName) as refusal:
        project.run(text)
    assert (step.failure.sqlstate, step.failure.message) == (
        "3D000",
        refusal.value.diag.message_primary,
    )
    assert wait(
        project, f'GRANT CONNECT ON DATABASE "{project.database}" TO postgres;'
    ).outcome == ("runs")
