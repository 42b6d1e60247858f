"""What a repair keeps, beside what `prisma migrate diff --script` keeps for the same states.

The figures are printed (`pytest -s`); only that the repair never keeps less is demanded.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings

from tests.support.postgres import Server, older_bin, running_server
from tests.support.prisma_engine import PrismaEngine, why_not
from tests.support.pulled_apart import World, pairs
from tests.support.repairs import attempt, history, repair
from tests.support.sides import SCHEMA_PATH, declared, schema_text
from workers.engine.schema.model import Schema
from workers.engine.sql.replay import replay

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
EXAMPLES = int(os.environ.get("DRIFTLINE_REPAIR_EXAMPLES", "10"))


@dataclass
class Tally:
    """The figures of one tool."""

    carried_out: int = 0
    refused: int = 0
    rows: int = 0
    cells: int = 0

    def __str__(self) -> str:
        return (
            f"carried out {self.carried_out}, refused by rows {self.refused}, rows kept "
            f"{self.rows}, values kept {self.cells}"
        )


@dataclass
class Figures:
    """Both tools over the same states."""

    states: int = 0
    rows: int = 0
    cells: int = 0
    driftline: Tally = field(default_factory=Tally)
    prisma: Tally = field(default_factory=Tally)


@pytest.fixture(scope="module")
def older() -> Iterator[Server]:
    """PostgreSQL 15 or 16: on 18 Prisma's engine panics over the NOT NULL constraints."""
    bin_dir = older_bin()
    if bin_dir is None:
        pytest.skip("no PostgreSQL that Prisma's engine can read")
    with running_server(bin_dir) as running:
        yield running


@pytest.fixture(scope="module")
def figures() -> Iterator[Figures]:
    found = Figures()
    yield found
    print(
        f"\n{found.states} states with {found.rows} rows and {found.cells} values that can stay:"
        f"\n  driftline fix:          {found.driftline}"
        f"\n  prisma migrate diff:    {found.prisma}"
    )


@pytest.fixture(scope="module")
def engine() -> Iterator[PrismaEngine]:
    with PrismaEngine() as started:
        yield started


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
@given(pairs())
def test_a_repair_keeps_what_prismas_script_keeps_and_more(
    older: Server, engine: PrismaEngine, figures: Figures, worlds: tuple[World, World]
) -> None:
    before, after = worlds
    past = history(*repair(declared(before.text()), Schema()).files)
    made = repair(declared(after.text()), replay(past).schema)
    if not made.steps:
        return
    url = f"postgresql://postgres@/postgres?host={older.socket_dir}"
    answer = engine.drift(
        {SCHEMA_PATH: schema_text(after.text())},
        [(one.name, one.source.text) for one in past],
        url,
    )
    with older.database() as name, older.connect(name) as connection:
        mine = attempt(connection, past, made, made.stood_in())
    with older.database() as name, older.connect(name) as connection:
        theirs = attempt(connection, past, made, [answer.script])
    figures.states += 1
    figures.rows += mine.rows_before
    figures.cells += mine.cells_before
    for tally, trial in ((figures.driftline, mine), (figures.prisma, theirs)):
        tally.carried_out += not trial.failure
        tally.refused += bool(trial.failure)
        if not trial.failure:
            tally.rows += trial.rows_after
            tally.cells += min(trial.cells_after, trial.cells_before)
    if not mine.failure and not theirs.failure:
        assert mine.rows_after >= theirs.rows_after
        assert mine.cells_after >= theirs.cells_after
