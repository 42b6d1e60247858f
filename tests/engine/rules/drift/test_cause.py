"""Why a table drifted, as far as the repository and its past give it away."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.support.cases import tree
from workers.engine.analyze import analyze
from workers.engine.annals import Commit, Line
from workers.engine.snapshot import Snapshot

HEAD = 'datasource db {\n  provider = "postgresql"\n}\n\n'
MODEL = "model User {\n  id   Int    @id\n  name String\n}\n"
INIT = (
    "-- CreateTable\n"
    'CREATE TABLE "User" (\n    "id" INTEGER NOT NULL,\n\n'
    '    CONSTRAINT "User_pkey" PRIMARY KEY ("id")\n);\n'
)
NAME = Line("model User", "name String", is_added=True)


class Past:
    def __init__(self, *commits: Commit) -> None:
        self._commits = commits

    def commits(self, schema: Sequence[str], migrations: str) -> Sequence[Commit]:
        assert (tuple(schema), migrations) == (("prisma/schema.prisma",), "prisma/migrations")
        return self._commits


def commit(*lines: Line, migrated: bool = False, subject: str = "Ask for names") -> Commit:
    return Commit("0123456789abcdef", "2025-10-10", subject, migrated, lines)


def causes(
    past: Past | None = None,
    *,
    sql: str = INIT,
    name: str = "1_init",
    scripts: str = "",
    first: str = "",
) -> list[str]:
    files = {
        "prisma/schema.prisma": HEAD + MODEL,
        f"prisma/migrations/{name}/migration.sql": sql,
        "package.json": f'{{"scripts": {{{scripts}}}}}',
    }
    if first:
        files["prisma/migrations/0_first/migration.sql"] = first
    snapshot = Snapshot(tree({path: text.encode() for path, text in files.items()}), annals=past)
    report = analyze(snapshot)
    (table,) = report.pairs[0].field_tables
    (finding,) = (f for f in report.findings if f.rule == "column-missing")
    told = [r.message for r in finding.related if r.message.startswith("Likely cause: ")]
    assert [table.cause.split(" (`prisma")[0].split(" (`package")[0]] == told or not told
    return told or [table.cause]


def test_the_commit_that_wrote_the_line_and_brought_no_migration_is_named() -> None:
    older = commit(NAME, migrated=True, subject="Before")
    assert causes(Past(commit(NAME), older)) == [
        "Likely cause: the commit `012345678` of 2025-10-10 (`Ask for names`) wrote this and "
        "brought no migration"
    ]


def test_a_commit_whose_migration_does_not_hold_the_change_is_named() -> None:
    assert causes(Past(commit(NAME, migrated=True))) == [
        "Likely cause: the commit `012345678` of 2025-10-10 (`Ask for names`) wrote this with a "
        "migration that does not hold it"
    ]


@pytest.mark.parametrize(
    "line",
    [
        Line("model Team", "name String", is_added=True),
        Line("model User", "name String?", is_added=True),
        Line("model User", "name String", is_added=False),
    ],
    ids=["another model", "another type", "taken away"],
)
def test_a_commit_that_wrote_something_else_is_not_blamed(line: Line) -> None:
    assert causes(Past(commit(line))) == [
        "Cause not found: the migrations look like Prisma's own, no script runs `db push`, and the "
        "one commit of the schema that is at hand did not write what differs."
    ]


def test_a_statement_that_prisma_would_not_write_is_shown() -> None:
    by_hand = INIT.replace("-- CreateTable\n", "").replace("TABLE ", "TABLE IF NOT EXISTS ")
    assert causes(sql=by_hand) == [
        "Likely cause: this statement was written by hand (`IF NOT EXISTS`, which Prisma never "
        "writes)"
    ]


def test_a_first_migration_that_was_made_anew_is_shown() -> None:
    (cause,) = causes(first="-- CreateEnum\nCREATE TYPE \"Mood\" AS ENUM ('ok');\n")
    assert cause == (
        "Likely cause: the migration `1_init` calls itself the first and was made anew later"
    )


def test_a_script_that_pushes_is_shown() -> None:
    assert causes(scripts='"db": "prisma db push"') == [
        "Likely cause: this script runs `prisma db push`, which changes a database and leaves no "
        "migration"
    ]
