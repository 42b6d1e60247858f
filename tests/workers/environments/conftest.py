"""Real servers, and a project whose migrations they have run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.engine.sql.oracle.conftest import postgres15, postgres18
from tests.support.postgres import Server
from workers.engine.analyze import analyze
from workers.engine.observed.observation import Observation
from workers.engine.observed.survey import Survey
from workers.engine.snapshot import Snapshot, Tree
from workers.environments.binding import Binding
from workers.environments.observing import observe

__all__ = ["postgres15", "postgres18"]

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HISTORY_TABLE = """
    CREATE TABLE _prisma_migrations (
        id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz,
        migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz,
        started_at timestamptz NOT NULL DEFAULT now(),
        applied_steps_count integer NOT NULL DEFAULT 0)
"""
SCHEMA = """
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

enum Role {
  USER
  ADMIN
}

model User {
  id    Int     @id @default(autoincrement())
  email String  @unique
  role  Role    @default(USER)
  name  String?
  posts Post[]
}

model Post {
  id     Int  @id @default(autoincrement())
  userId Int
  user   User @relation(fields: [userId], references: [id])

  @@index([userId])
}
"""
MIGRATIONS = {
    "20260101000000_init": """
        CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');
        CREATE TABLE "User" (
            "id" SERIAL NOT NULL, "email" TEXT NOT NULL, "role" "Role" NOT NULL DEFAULT 'USER',
            CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
        CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
    """,
    "20260201000000_posts": """
        CREATE TABLE "Post" (
            "id" SERIAL NOT NULL, "userId" INTEGER NOT NULL,
            CONSTRAINT "Post_pkey" PRIMARY KEY ("id"));
        CREATE INDEX "Post_userId_idx" ON "Post"("userId");
        ALTER TABLE "Post" ADD CONSTRAINT "Post_userId_fkey" FOREIGN KEY ("userId")
            REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
    """,
    "20260301000000_name": 'ALTER TABLE "User" ADD COLUMN "name" TEXT;',
}


@dataclass
class Project:
    """A repository and one database that it deploys to."""

    server: Server
    database: str
    files: dict[str, bytes]

    @property
    def url(self) -> str:
        """The connection string of the superuser, as Prisma would be given it."""
        return f"postgresql://postgres@/{self.database}?host={self.server.socket_dir}&schema=public"

    def run(self, sql: str) -> None:
        """Run statements by hand."""
        with self.server.connect(self.database) as connection:
            connection.execute(sql.encode())

    def deploy(self, count: int = len(MIGRATIONS)) -> None:
        """Run the first migrations as `prisma migrate deploy` does."""
        with self.server.connect(self.database) as connection:
            connection.execute(HISTORY_TABLE.encode())
            for name, text in list(MIGRATIONS.items())[:count]:
                connection.execute(text.encode())
                record(connection, name, text)

    def observation(self, url: str = "") -> Observation:
        """What there is now."""
        return observe(Binding("production", given=url or self.url), NOW)

    def survey(self, url: str = "") -> Survey:
        """The environment beside the repository."""
        tree = Tree(self.files, frozenset(self.files))
        report = analyze(Snapshot(tree, observations=(self.observation(url),)))
        assert [one for one in report.diagnostics if one.code == "environment-failed"] == []
        (survey,) = report.surveys
        return survey


def record(connection: psycopg.Connection[Any], name: str, text: str) -> None:
    """The row that Prisma writes after a migration."""
    connection.execute(
        "INSERT INTO _prisma_migrations VALUES (gen_random_uuid(), %s, clock_timestamp(), %s,"
        " NULL, NULL, clock_timestamp(), 1)",
        (hashlib.sha256(text.encode()).hexdigest(), name),
    )


def project_files() -> dict[str, bytes]:
    """The repository."""
    files = {
        "prisma/schema.prisma": SCHEMA.encode(),
        "prisma/migrations/migration_lock.toml": b'provider = "postgresql"\n',
    }
    for name, text in MIGRATIONS.items():
        files[f"prisma/migrations/{name}/migration.sql"] = text.encode()
    return files


@pytest.fixture(params=["postgres18", "postgres15"])
def project(request: pytest.FixtureRequest) -> Iterator[Project]:
    """A repository with an empty database, on each server that is to be had."""
    server: Server = request.getfixturevalue(request.param)
    with server.database() as name:
        yield Project(server, name, project_files())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The repository as a folder."""
    for path, data in project_files().items():
        target = tmp_path / "repository" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return tmp_path / "repository"
