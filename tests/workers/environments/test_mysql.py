"""A MariaDB as an environment of a MySQL project."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from tests.support.mariadb import MariaDb, running_mariadb, why_no_mariadb
from tests.workers.environments.conftest import NOW
from workers.engine.analyze import analyze
from workers.engine.observed.observation import Observation
from workers.engine.observed.survey import Survey
from workers.engine.snapshot import Snapshot, Tree
from workers.environments.binding import Binding
from workers.environments.observing import observe

FIRST = """
CREATE TABLE `User` (
    `id` INTEGER NOT NULL AUTO_INCREMENT,
    `email` VARCHAR(191) NOT NULL,
    UNIQUE INDEX `User_email_key`(`email`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
"""
SECOND = "ALTER TABLE `User` ADD COLUMN `name` VARCHAR(191) NULL;\n"
FILES = {
    "prisma/schema.prisma": b"""
datasource db {
  provider = "mysql"
  url      = env("DATABASE_URL")
}

model User {
  id    Int     @id @default(autoincrement())
  email String  @unique
  name  String?
}
""",
    "prisma/migrations/migration_lock.toml": b'provider = "mysql"\n',
    "prisma/migrations/20260101000000_init/migration.sql": FIRST.encode(),
    "prisma/migrations/20260201000000_name/migration.sql": SECOND.encode(),
}
HISTORY = """
CREATE TABLE `_prisma_migrations` (
    id VARCHAR(36) PRIMARY KEY, checksum VARCHAR(64) NOT NULL, finished_at DATETIME(3),
    migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at DATETIME(3),
    started_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0);
"""


@pytest.fixture(scope="module")
def server() -> Iterator[MariaDb]:
    reason = why_no_mariadb()
    if reason is not None:
        pytest.skip(reason)
    with running_mariadb() as running:
        yield running


def row(name: str, text: str) -> str:
    checksum = hashlib.sha256(text.encode()).hexdigest()
    return (
        f"INSERT INTO _prisma_migrations VALUES (UUID(), '{checksum}', NOW(3), '{name}', NULL,"
        " NULL, NOW(3), 1);"
    )


def look(server: MariaDb, *scripts: str) -> Observation:
    server.run([HISTORY, FIRST, row("20260101000000_init", FIRST), *scripts])
    url = f"mysql://root@localhost/trial?socket={server.socket}"
    found = observe(Binding("production", given=url), NOW)
    assert found.failure == ""
    return found


def survey(observation: Observation) -> Survey:
    tree = Tree(FILES, frozenset(FILES))
    report = analyze(Snapshot(tree, observations=(observation,)))
    assert [one.message for one in report.diagnostics if one.code == "environment-failed"] == []
    return report.surveys[0]


def test_a_database_in_step(server: MariaDb) -> None:
    found = survey(look(server, SECOND, row("20260201000000_name", SECOND)))
    assert [str(one) for one in found.drift] == []
    assert found.story.kind == "in step"


def test_a_database_that_is_behind_is_foretold(server: MariaDb) -> None:
    found = survey(look(server))
    assert found.story.kind == "behind"
    assert [step.outcome for step in found.forecasts[0].steps] == ["runs"]


def test_what_db_push_made_ahead_of_its_migration_fails_there_too(server: MariaDb) -> None:
    found = survey(look(server, SECOND))
    assert found.story.kind == "db push"
    failing = found.forecasts[0].failing
    assert failing is not None
    assert failing.failure is not None
    assert failing.failure.sqlstate == "1060"
    assert any("--applied 20260201000000_name" in line for line in found.advice)


def test_a_migration_that_stopped_half_way_is_told_to_the_statement(server: MariaDb) -> None:
    """MySQL keeps what ran before the statement that failed."""
    half = "CREATE TABLE `A` (`id` INTEGER NOT NULL PRIMARY KEY);\n"
    text = f"{half}ALTER TABLE `Gone` ADD COLUMN `x` INTEGER;\nCREATE TABLE `B` (`id` INTEGER);"
    name = "20260115000000_half"
    files = {**FILES, f"prisma/migrations/{name}/migration.sql": text.encode()}
    began = row(name, text).replace("NOW(3), '20260115", "NULL, '20260115")
    report = analyze(
        Snapshot(Tree(files, frozenset(files)), observations=(look(server, half, began),))
    )
    found = report.surveys[0]
    assert found.story.kind == "failed"
    assert any(
        "1 of its 3 statements took effect, down to line 1" in e for e in found.story.evidence
    )


def test_what_was_changed_by_hand(server: MariaDb) -> None:
    found = survey(look(server, "ALTER TABLE `User` ADD COLUMN note TEXT NULL;"))
    assert [str(one) for one in found.drift] == [
        "column `public.User.note` is there, and nothing makes it"
    ]
    assert found.story.kind == "changed by hand"


def test_a_server_that_is_not_there() -> None:
    url = "mysql://root:s3cret-word@db.invalid/trial"
    found = observe(Binding("production", given=url), NOW)
    assert "at the step name" in found.failure
    assert "s3cret-word" not in repr(found)


def test_a_json_column_is_one_after_it_was_renamed(server: MariaDb) -> None:
    """MariaDB's JSON is a check of the column, which keeps the column's first name."""
    made, error = server.run(
        [
            "CREATE TABLE `Post` (`id` INT NOT NULL, `a` JSON NOT NULL, `b` LONGTEXT,"
            " PRIMARY KEY (`id`), CONSTRAINT `c` CHECK (json_valid(`b`)));",
            "ALTER TABLE `Post` RENAME COLUMN `a` TO `d`;",
        ]
    )
    assert error is None
    (table,) = made.tables.values()
    assert [(one.name, one.type.name) for one in table.columns] == [
        ("id", "int"), ("d", "json"), ("b", "longtext"),
    ]  # fmt: skip
    assert [one.name for one in table.checks] == ["c"]
