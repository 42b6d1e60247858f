"""What the rows of MySQL and SQLite let a migration do, beside what the databases then do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest

from tests.support.mariadb import MariaDb, running_mariadb, why_no_mariadb
from tests.workers.environments.conftest import NOW
from tests.workers.environments.test_forecast import MYSQL, NEXT, PRISMA_COLUMNS, SQLITE, foretold
from workers.engine.analyze import analyze
from workers.engine.observed.forecast import Step
from workers.engine.observed.observation import Observation
from workers.engine.snapshot import Snapshot, Tree
from workers.environments.binding import Binding
from workers.environments.observing import observe

RECORD = f"CREATE TABLE _prisma_migrations ({PRISMA_COLUMNS});"


def _step(seen: Observation, text: str) -> Step:
    """What is foretold of one more migration there."""
    provider = seen.provider
    assert seen.failure == ""
    files = {
        "prisma/schema.prisma": f'datasource db {{\n  provider = "{provider}"\n}}\n'.encode(),
        "prisma/migrations/migration_lock.toml": f'provider = "{provider}"\n'.encode(),
        f"prisma/migrations/{NEXT}/migration.sql": text.encode(),
    }
    report = analyze(Snapshot(Tree(files, frozenset(files)), observations=(seen,)))
    assert not [one for one in report.diagnostics if one.code == "environment-failed"]
    return foretold(report.surveys[0])


class File:
    """A SQLite database with three users, of whom two share a nickname and one has none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run(
            SQLITE + 'ALTER TABLE "User" ADD COLUMN "nick" TEXT;'
            " INSERT INTO \"User\" VALUES (1, 'a', NULL), (2, 'b', 'x'), (3, 'c', 'x');" + RECORD
        )

    def run(self, text: str) -> str:
        """Run a script; what SQLite refuses it with, or nothing."""
        connection = sqlite3.connect(self.path)
        try:
            connection.executescript(text)
        except sqlite3.Error as error:
            return str(error)
        finally:
            connection.close()
        return ""

    def foretold(self, text: str) -> Step:
        """What is foretold of a script."""
        return _step(observe(Binding("production", given=f"file:{self.path}"), NOW), text)


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path / "app.db")


REDEFINED = (
    'PRAGMA defer_foreign_keys=ON; PRAGMA foreign_keys=OFF; CREATE TABLE "new_User" ({columns});'
    ' INSERT INTO "new_User" ({into}) SELECT {out} FROM "User"; DROP TABLE "User";'
    ' ALTER TABLE "new_User" RENAME TO "User";'
    ' CREATE UNIQUE INDEX "User_email_key" ON "User"("email");'
    " PRAGMA foreign_keys=ON; PRAGMA defer_foreign_keys=OFF;"
)
USER = '"id" INTEGER NOT NULL PRIMARY KEY, "email" TEXT NOT NULL'


def redefined(columns: str, into: str, out: str = "") -> str:
    """A table made anew with its rows, as Prisma does."""
    return REDEFINED.format(columns=columns, into=into, out=out or into)


@pytest.mark.parametrize(
    "text",
    [
        'ALTER TABLE "User" ADD COLUMN "x" TEXT NOT NULL;',
        'ALTER TABLE "User" ADD COLUMN "x" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP;',
        'ALTER TABLE "User" RENAME TO "P"; ALTER TABLE "P" ADD COLUMN "x" TEXT NOT NULL;',
        'ALTER TABLE "User" ADD "x" INT NOT NULL DEFAULT 7; CREATE UNIQUE INDEX k ON "User"("x");',
        redefined(USER + ', "x" TEXT NOT NULL', '"id", "email"'),
        'CREATE TABLE "E" ("m" TEXT NOT NULL); INSERT INTO "E" SELECT "email" FROM "User";'
        ' ALTER TABLE "E" ADD COLUMN "x" TEXT NOT NULL;',
    ],
)
def test_what_sqlite_refuses_for_certain_where_there_are_rows(file: File, text: str) -> None:
    step = file.foretold(text)
    assert step.outcome == "fails"
    assert step.failure is not None
    told = file.run(text)
    if "new_User" in told:
        assert step.failure.message == "NOT NULL constraint failed: new_User.x" == told
    else:
        assert step.failure.message == told
    empty = File(file.path.with_name("empty.db"))
    empty.run('DELETE FROM "User"')
    assert (empty.foretold(text).outcome, empty.foretold(text).conditions) == ("runs", ())
    assert empty.run(text) == ""


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        (
            'CREATE UNIQUE INDEX "k" ON "User"("nick");',
            "no two rows of `User` have the same `nick`",
        ),
        (
            redefined(USER + ', "nick" TEXT NOT NULL', '"id", "email", "nick"'),
            "no row of `User` lacks `nick`",
        ),
        (
            redefined(USER + ', "nick" TEXT UNIQUE', '"id", "email", "nick"'),
            "no two rows of `new_User` have the same `nick`",
        ),
        (
            redefined(
                USER + ', "nick" TEXT CONSTRAINT "long" CHECK (length("nick") > 3)',
                '"id", "email", "nick"',
            ),
            "the rows of `User` satisfy `long`",
        ),
    ],
)
def test_what_sqlite_asks_of_rows_is_a_condition(file: File, text: str, condition: str) -> None:
    step = file.foretold(text)
    assert (step.outcome, step.conditions) == ("runs", (condition,))
    assert file.run(text) != ""


@pytest.mark.parametrize(
    "text",
    [
        'ALTER TABLE "User" ADD COLUMN "x" TEXT;',
        'ALTER TABLE "User" ADD COLUMN "x" TEXT NOT NULL DEFAULT \'\';',
        'ALTER TABLE "User" ADD COLUMN "x" INT; CREATE UNIQUE INDEX "k" ON "User"("x");',
        'ALTER TABLE "User" RENAME COLUMN "email" TO "mail";',
        'ALTER TABLE "Post" ADD COLUMN "x" TEXT NOT NULL;',
        'DELETE FROM "User"; ALTER TABLE "User" ADD COLUMN "x" TEXT NOT NULL;',
        'CREATE UNIQUE INDEX "k" ON "User"("email", "nick");',
        redefined(USER, '"id", "email"'),
        redefined(USER + ", \"x\" TEXT NOT NULL DEFAULT ''", '"id", "email"'),
        redefined(
            USER + ', "nick" TEXT NOT NULL',
            '"id", "email", "nick"',
            '"id", "email", coalesce("nick", \'n\') AS "nick"',
        ),
        'UPDATE "User" SET "nick" = "email"; CREATE UNIQUE INDEX "k" ON "User"("nick");',
    ],
)
def test_what_rows_of_sqlite_do_not_hinder(file: File, text: str) -> None:
    step = file.foretold(text)
    assert (step.outcome, step.conditions) == ("runs", ())
    assert file.run(text) == ""


@pytest.fixture(scope="module")
def mariadb() -> Iterator[MariaDb]:
    reason = why_no_mariadb()
    if reason is not None:
        pytest.skip(reason)
    with running_mariadb() as running:
        yield running


ROWS = (
    "ALTER TABLE `User` ADD COLUMN `nick` VARCHAR(191) NULL;"
    "INSERT INTO `User` (`email`, `nick`) VALUES ('a', NULL), ('b', 'x'), ('c', 'x');"
)
ALTER = "ALTER TABLE `User` ADD COLUMN `x` "
NO_ZERO_DATE = "STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE"
"""As MySQL 8 has it; MariaDB lets zero dates be unless it is told."""


def _foretold_on(mariadb: MariaDb, text: str, rows: str) -> Step:
    mariadb.run([MYSQL, rows, RECORD])
    url = f"mysql://root@localhost/trial?socket={mariadb.socket}"
    return _step(observe(Binding("production", given=url), NOW), text)


def _modes(mariadb: MariaDb, modes: str) -> None:
    connection = pymysql.connect(unix_socket=str(mariadb.socket), user="root")
    with connection, connection.cursor() as cursor:
        cursor.execute("SET GLOBAL sql_mode = %s", (modes,))


@pytest.fixture
def strict(mariadb: MariaDb) -> Iterator[MariaDb]:
    """A server that takes no zero for a date."""
    _modes(mariadb, NO_ZERO_DATE)
    yield mariadb
    _modes(mariadb, "STRICT_TRANS_TABLES")


@pytest.mark.parametrize(
    "text",
    [
        ALTER + "DATETIME(3) NOT NULL;",
        ALTER + "DATE NOT NULL;",
        "RENAME TABLE `User` TO `P`; ALTER TABLE `P` ADD `x` DATE NOT NULL;",
        ALTER + "VARCHAR(9) NOT NULL, ADD UNIQUE INDEX `k`(`x`);",
        ALTER + "INTEGER NOT NULL DEFAULT 4; CREATE UNIQUE INDEX `k` ON `User`(`x`);",
    ],
)
def test_what_mysql_refuses_for_certain_where_there_are_rows(strict: MariaDb, text: str) -> None:
    step = _foretold_on(strict, text, ROWS)
    assert step.outcome == "fails"
    assert step.failure is not None
    _, error = strict.run([MYSQL, ROWS, RECORD, text])
    assert step.failure.sqlstate == str(error)
    empty = "ALTER TABLE `User` ADD COLUMN `nick` VARCHAR(191) NULL;"
    assert _foretold_on(strict, text, empty).outcome == "runs"
    assert strict.run([MYSQL, empty, RECORD, text])[1] is None


def test_mysql_asks_for_a_required_column_before_it_has_any_row(mariadb: MariaDb) -> None:
    text = (
        "CREATE TABLE `N` (`e` VARCHAR(9) NOT NULL, `z` INT NOT NULL);"
        " INSERT INTO `N` (`e`) SELECT `id` FROM `Post`;"
    )
    step = _foretold_on(mariadb, text, ROWS)
    assert step.failure is not None
    assert step.failure.sqlstate == str(mariadb.run([MYSQL, ROWS, RECORD, text])[1]) == "1364"


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        (
            "ALTER TABLE `User` MODIFY `nick` VARCHAR(191) NOT NULL;",
            "no row of `User` lacks `nick`",
        ),
        (
            "CREATE UNIQUE INDEX `k` ON `User`(`nick`);",
            "no two rows of `User` have the same `nick`",
        ),
        (
            "ALTER TABLE `User` ADD CONSTRAINT `f` FOREIGN KEY (`id`) REFERENCES `Post`(`id`);",
            "each row of `User` has its partner in `Post` (`id`)",
        ),
        (
            ALTER + "INT NOT NULL, ADD CONSTRAINT `f` FOREIGN KEY (`x`) REFERENCES `Post`(`id`);",
            "each row of `User` has its partner in `Post` (`x`)",
        ),
        (
            "ALTER TABLE `User` ADD CONSTRAINT `long` CHECK (length(`email`) > 3);",
            "the rows of `User` satisfy `long`",
        ),
        (
            "ALTER TABLE `User` CHANGE `nick` `name` VARCHAR(191) NOT NULL;",
            "no row of `User` lacks `name`",
        ),
    ],
)
def test_what_mysql_asks_of_rows_is_a_condition(
    mariadb: MariaDb, text: str, condition: str
) -> None:
    step = _foretold_on(mariadb, text, ROWS)
    assert (step.outcome, step.conditions) == ("runs", (condition,))
    assert mariadb.run([MYSQL, ROWS, RECORD, text])[1] is not None


@pytest.mark.parametrize(
    "text",
    [
        ALTER + "INTEGER NOT NULL;",
        ALTER + "VARCHAR(9) NOT NULL;",
        ALTER + "DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3);",
        ALTER + "DATE NOT NULL;",
        ALTER + "INTEGER NULL; CREATE UNIQUE INDEX `k` ON `User`(`x`);",
        ALTER + "CHAR(36) NOT NULL DEFAULT (uuid()), ADD UNIQUE INDEX `k`(`x`);",
        "ALTER TABLE `User` CHANGE `email` `mail` VARCHAR(191) NOT NULL;",
        "ALTER TABLE `User` RENAME COLUMN `email` TO `mail`;",
        "ALTER TABLE `Post` ADD COLUMN `d` DATE NOT NULL;",
        "UPDATE `User` SET `nick` = `email`; ALTER TABLE `User` MODIFY `nick` VARCHAR(9) NOT NULL;",
        "SET FOREIGN_KEY_CHECKS=0;"
        " ALTER TABLE `User` ADD CONSTRAINT `f` FOREIGN KEY (`id`) REFERENCES `Post`(`id`);",
    ],
)
def test_what_rows_of_mysql_do_not_hinder(mariadb: MariaDb, text: str) -> None:
    _modes(mariadb, "STRICT_TRANS_TABLES")
    step = _foretold_on(mariadb, text, ROWS)
    assert (step.outcome, step.conditions) == ("runs", ())
    assert mariadb.run([MYSQL, ROWS, RECORD, text])[1] is None
