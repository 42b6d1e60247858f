"""The pictures in a review's comment."""

from __future__ import annotations

from tests.support.cases import tree
from workers.engine.analyze import analyze
from workers.engine.report import Report
from workers.engine.snapshot import Snapshot
from workers.review.comments import Links
from workers.review.compose import Material, compose
from workers.review.pictures import pictures
from workers.review.verdict import Conduct

SCHEMA = 'datasource db {\n  provider = "postgresql"\n}\n\nmodel User {\n  id Int @id\n}\n'
INIT = 'CREATE TABLE "User" ("id" INTEGER NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));\n'
BASE = {
    "prisma/schema.prisma": SCHEMA,
    "prisma/migrations/2_init/migration.sql": INIT,
    "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
}


def reviewed(**files: str) -> Report:
    head = {**BASE, **{path.replace("__", "/"): text for path, text in files.items()}}
    changed = frozenset(path for path in head if head[path] != BASE.get(path))
    states = (tree({p: t.encode() for p, t in state.items()}) for state in (head, BASE))
    return analyze(Snapshot(*states, changed=changed))


def test_a_change_that_drifts_shows_the_tables() -> None:
    report = reviewed(**{"prisma/schema.prisma": SCHEMA.replace("@id\n", "@id\n  age Int?\n")})
    told = pictures(report)
    assert told.startswith(
        "<details><summary>The tables that drifted</summary>\n\n```mermaid\nflowchart LR\n"
    )
    assert '["User<br/>1 of 2 columns"]:::bad' in told
    snapshot = Snapshot(tree({}))
    made = compose(Material(report, snapshot), Links("", "a/b", "0" * 40), Conduct())
    assert made.review_body.endswith(told)


def test_a_change_that_breaks_the_order_shows_the_timeline() -> None:
    early = 'ALTER TABLE "User" ADD COLUMN "age" INTEGER;\n'
    report = reviewed(**{"prisma/migrations/1_age/migration.sql": early})
    assert "<summary>The migrations by name</summary>\n\n```mermaid\nflowchart TD\n" in (
        pictures(report)
    )


def test_a_change_that_keeps_both_sides_together_shows_none() -> None:
    report = reviewed(
        **{
            "prisma/schema.prisma": SCHEMA.replace("@id\n", "@id\n  age Int?\n"),
            "prisma/migrations/3_age/migration.sql": 'ALTER TABLE "User" ADD COLUMN "age" INTEGER;',
        }
    )
    assert pictures(report) == ""
