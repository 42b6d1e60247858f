"""What is asked and kept about other open pull requests; its loss costs no review."""

from __future__ import annotations

from typing import Any

import pytest
import structlog
from redis import Redis

from bot.github.errors import Forbidden, RateLimited
from bot.github.facts import Branch, OpenPaths, PullRequest, User
from workers.collisions import keep, with_others
from workers.engine.analyze import analyze
from workers.engine.snapshot import Snapshot, Tree

SCHEMA = (
    'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n\n'
    "model User {\n  id Int @id\n%s}\n"
)
INIT = "prisma/migrations/20250101000000_init/migration.sql"
PHONE = "prisma/migrations/20250201000000_phone/migration.sql"
ZIP = "prisma/migrations/20250301000000_zip/migration.sql"
BASE = {
    "prisma/schema.prisma": SCHEMA % "",
    "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
    INIT: 'CREATE TABLE "User" ("id" INTEGER NOT NULL, '
    'CONSTRAINT "User_pkey" PRIMARY KEY ("id"));\n',
}


class Listing:
    """GitHub's list of open pull requests, or what it refuses with; it counts the questions."""

    def __init__(self, *listed: OpenPaths, error: Exception | None = None) -> None:
        self.listed, self.error, self.asked = listed, error, 0

    def open_paths(self, base_ref: str) -> tuple[OpenPaths, ...]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.listed


def tree(files: dict[str, str]) -> Tree:
    return Tree({path: text.encode() for path, text in files.items()}, frozenset(files))


def change(files: dict[str, str]) -> Snapshot:
    return Snapshot(tree({**BASE, **files}), tree(BASE), frozenset(files))


def with_column(path: str, name: str) -> Snapshot:
    text = f'ALTER TABLE "User" ADD COLUMN "{name}" TEXT;\n'
    return change({path: text, "prisma/schema.prisma": SCHEMA % f"  {name} String?\n"})


def pull(number: int) -> PullRequest:
    head, base = Branch("a" * 40, "topic"), Branch("b" * 40, "main")
    return PullRequest(number, "t", "open", False, False, False, head, base, User(1, "ann"))


def asked(snapshot: Snapshot, github: Any, redis: Any, number: int = 2) -> Snapshot:
    return with_others(snapshot, github, redis, 7, pull(number), structlog.get_logger())


def test_what_a_review_kept_is_compared_by_the_next(redis: Redis) -> None:
    first = with_column(PHONE, "phone")
    keep(redis, 7, 1, analyze(first))
    github = Listing(OpenPaths(1, "c" * 40, (PHONE, "README.md")))

    snapshot = asked(with_column(ZIP, "phone"), github, redis)

    (other,) = snapshot.others
    assert other.touched is not None
    assert "column User.phone" in other.touched[PHONE]
    found = {finding.rule for finding in analyze(snapshot).findings}
    assert "migration-collides" in found
    assert github.asked == 1


def test_a_pull_request_that_gained_a_migration_since_is_not_compared(redis: Redis) -> None:
    keep(redis, 7, 3, analyze(with_column(PHONE, "phone")))
    github = Listing(OpenPaths(3, "c" * 40, (PHONE, PHONE.replace("0201", "0202"))))
    snapshot = asked(with_column(ZIP, "zip"), github, redis)
    assert snapshot.others[0].touched is None
    assert "migration-not-compared" in {finding.rule for finding in analyze(snapshot).findings}


def test_nothing_is_asked_where_no_migration_comes(redis: Redis) -> None:
    github = Listing()
    asked(change({INIT: BASE[INIT] + "-- edited\n"}), github, redis)
    asked(change({"README.md": "x"}), github, redis)
    assert github.asked == 0


def test_a_refusal_costs_the_comparison_and_no_review(redis: Redis) -> None:
    snapshot = with_column(ZIP, "zip")
    assert asked(snapshot, Listing(error=Forbidden("no")), redis) == snapshot
    with pytest.raises(RateLimited):
        asked(snapshot, Listing(error=RateLimited("later", retry_after=3)), redis)


def test_without_redis_nothing_is_known_and_nothing_breaks() -> None:
    away = Redis(port=1, socket_connect_timeout=0.1, retry=None)
    snapshot = with_column(ZIP, "zip")
    keep(away, 7, 1, analyze(snapshot))
    github = Listing(OpenPaths(1, "c" * 40, (PHONE,)))
    assert asked(snapshot, github, away).others[0].touched is None
