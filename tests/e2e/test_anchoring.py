"""Comments on diffs of every shape: each stands on its line, and GitHub refuses none."""

from __future__ import annotations

import pytest

from tests.e2e.projects import INIT, LATER, PROJECT, SCHEMA_PATH, schema
from tests.e2e.quiet import settle
from tests.sandbox.state import ReviewComment
from tests.support.stack import Stack

FOLDER = 'prisma/migrations/20240303000000_ein "neuer" Name, größer'
BROKEN = 'ALTER TABLE "users"\n    ADD COLUMN "a" INTEGER,\n    ADD COLUMN "b" NOTYPE;\n'
LONG = "".join(f"// line {number}\n" for number in range(60))
PAD = "".join(f"  pad{number} Int?\n" for number in range(40))
PADDED = schema().replace("\n  @@map", f"{PAD}\n  @@map")

SHAPES: dict[str, tuple[dict[str, str], dict[str, str | None]]] = {
    "a new file without an end of line": ({}, {LATER: BROKEN.rstrip("\n")}),
    "a file that loses its end of line": ({}, {SCHEMA_PATH: schema("email String?").rstrip("\n")}),
    "Windows line ends": ({}, {SCHEMA_PATH: schema("email String?").replace("\n", "\r\n")}),
    "a name with blanks, quotes and umlauts": ({}, {f"{FOLDER}/migration.sql": BROKEN}),
    "a renamed and edited schema": (
        {SCHEMA_PATH: LONG + schema()},
        {SCHEMA_PATH: None, "db/schema.prisma": LONG + schema("email String?")},
    ),
    "two hunks far apart": (
        {SCHEMA_PATH: PADDED},
        {SCHEMA_PATH: PADDED.replace("name String\n", "name String\n  one Int?\n").replace(
            "  pad39", "  two Int?\n  pad39")},
    ),
    "a migration that is edited in the middle": (
        {},
        {INIT: PROJECT[INIT].replace('"name" TEXT', '"name" VARCHAR(9)')},
    ),
    "a migration that is deleted": ({LATER: 'ALTER TABLE "users" ADD "x" INT;\n'}, {LATER: None}),
    "a file that comes and one of the same text that goes": (
        {LATER: BROKEN.replace("NOTYPE", "TEXT")},
        {LATER: None, f"{FOLDER}/migration.sql": BROKEN.replace("NOTYPE", "TEXT")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_no_comment_is_refused(stack: Stack, shape: str) -> None:
    base, change = SHAPES[shape]
    repository = stack.new_repository({**PROJECT, **base})
    before = len(stack.sandbox.refusals)

    pull = repository.open_pull_request("feature", change)  # type: ignore[arg-type]

    run = pull.wait_for_check()
    settle(stack)
    name = repository.full_name
    refused = [one for one in stack.sandbox.refusals[before:] if name in str(one.facts["path"])]
    assert refused == []
    assert "Could not" not in (run.title or "")
    assert pull.review_comments() or run.annotations, run.summary
    for comment in pull.review_comments():
        assert comment.line is not None
        assert stands(stack, comment)


def stands(stack: Stack, comment: ReviewComment) -> bool:
    """The last line of its hunk is the line that it is about."""
    last = comment.diff_hunk.split("\n")[-1]
    return last[:1] == ("-" if comment.side == "LEFT" else last[:1]) and last[:1] in "+- "
