"""Files made to exhaust their reader: each costs its own review alone, and the check says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from tests.e2e.projects import DRIFT, PROJECT, SCHEMA_PATH, schema
from tests.sandbox.handles import PullHandle
from tests.support.stack import Stack, running_stack

NEW = "prisma/migrations/20240303000000_bomb/migration.sql"
WITHIN = 120.0

YAML_BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
BOMBS: Mapping[str, Mapping[str, str]] = {
    "sql nested": {NEW: "SELECT " + "(" * 60_000 + "1" + ")" * 60_000 + ";"},
    "sql with many statements": {NEW: "ALTER TABLE users ADD COLUMN a INT;\n" * 60_000},
    "sql with one long list": {NEW: "SELECT " + ",".join(["1+1"] * 400_000) + ";"},
    "sql with dollar quotes": {NEW: "".join(f"$a{n}$" for n in range(60_000))},
    "plpgsql nested": {
        NEW: "DO $$ BEGIN " + "IF true THEN " * 8_000 + "NULL;" + " END IF;" * 8_000 + " END $$;"
    },
    "prisma nested": {SCHEMA_PATH: schema("a String? @x(" + "[" * 60_000)},
    "prisma with many models": {
        SCHEMA_PATH: schema() + "".join(f"model M{n} {{\n id Int @id\n}}\n" for n in range(30_000))
    },
    "yaml aliases": {".github/driftline.yml": YAML_BOMB, ".github/workflows/a.yml": YAML_BOMB},
    "yaml nested": {".github/workflows/a.yml": "[" * 60_000},
    "json nested": {"package.json": "[" * 200_000},
    "typescript nested": {"src/db.ts": "import '@prisma/client';\n" + "(" * 60_000},
    "typescript types": {"src/db.ts": "import '@prisma/client';\ntype A = " + "A<" * 60_000},
    "many files": {f"prisma/migrations/{n:014}_m/migration.sql": "SELECT 1;" for n in range(6_000)},
}


@pytest.fixture(scope="module")
def bombed() -> Iterator[tuple[dict[str, PullHandle], PullHandle, Stack]]:
    """A pull request for each bomb, and behind them one of somebody else."""
    with running_stack(workers=1) as stack:
        pulls = {}
        for name, files in BOMBS.items():
            repository = stack.new_repository(PROJECT)
            pulls[name] = repository.open_pull_request("feature", {**DRIFT, **files})
        last = stack.new_repository(PROJECT).open_pull_request("feature", DRIFT)
        yield pulls, last, stack


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_concluded(
    bombed: tuple[dict[str, PullHandle], PullHandle, Stack], name: str
) -> None:
    pulls, _, stack = bombed
    run = pulls[name].wait_for_check(timeout=WITHIN)
    assert run.conclusion in ("failure", "neutral")
    assert run.title
    assert len(pulls[name].check_runs()) == 1
    assert stack.workers


def test_the_neighbour_is_reviewed_as_ever(
    bombed: tuple[dict[str, PullHandle], PullHandle, Stack],
) -> None:
    _, last, _ = bombed
    run = last.wait_for_check(timeout=WITHIN)
    assert (run.conclusion, run.title) == ("failure", "1 error")


def test_a_review_above_its_memory_says_so() -> None:
    long = ",\n".join(f"  c{number} INT" for number in range(150_000))
    with running_stack(environment={"DRIFTLINE_JOB_MEGABYTES": "128"}) as stack:
        repository = stack.new_repository(PROJECT)
        pull = repository.open_pull_request("feature", {NEW: f"CREATE TABLE t (\n{long}\n);"})
        run = pull.wait_for_check(timeout=WITHIN)
        assert run.title.startswith("Could not tell"), run.title
        assert run.conclusion == "failure"
        other = stack.new_repository(PROJECT).open_pull_request("feature", DRIFT)
        assert other.wait_for_check().title == "1 error"
