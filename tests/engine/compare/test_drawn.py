"""Schemas drawn at random: our comparison beside Prisma's engine, verdict and objects.

The migration is Prisma's own script of the schema before; the schema after is compared with it.
`DRIFTLINE_DRAWN=500` draws as many, other ones each time; the default is a few, always the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import HealthCheck, assume, given, settings

from tests.support.catalogues import differences
from tests.support.drawn_changes import changed_pairs
from tests.support.postgres import Server, older_bin, running_server
from tests.support.prisma_engine import Answer, PrismaEngine, PrismaEngineError, why_not
from tests.support.prisma_script import has_renames, named_by, named_in, tables_in, tables_of
from tests.support.sides import SCHEMA_PATH, migration, told
from tests.support.whole_schemas import World
from workers.engine.compare.differ import compare
from workers.engine.prisma.describe import Declaration, describe
from workers.engine.schema.catalogue import to_catalogue
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Ground, replay
from workers.environments import introspect

pytestmark = [
    pytest.mark.skipif(why_not() is not None, reason=str(why_not())),
    pytest.mark.timeout(3600),
]

COUNT = int(os.environ.get("DRIFTLINE_DRAWN", "12"))
DRAWS = settings(
    max_examples=COUNT,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    derandomize="DRIFTLINE_DRAWN" not in os.environ,
    report_multiple_bugs=False,
)


@pytest.fixture(scope="module")
def engine() -> Iterator[PrismaEngine]:
    with PrismaEngine() as started:
        yield started


@pytest.fixture(scope="module")
def older() -> Iterator[Server]:
    """PostgreSQL 15 or 16: on 18 this engine panics over the NOT NULL constraints."""
    bin_dir = older_bin()
    if bin_dir is None:
        pytest.skip("no PostgreSQL that Prisma's engine can read")
    with running_server(bin_dir) as running:
        yield running


def _script(engine: PrismaEngine, world: World) -> str:
    """Prisma's script that makes a schema; what Prisma refuses is drawn again."""
    try:
        return engine.script({SCHEMA_PATH: world.text()}, world.provider)
    except PrismaEngineError:
        assume(False)
        raise


def _answer(
    engine: PrismaEngine, world: World, history: list[tuple[str, str]], url: str | None
) -> Answer:
    """What the engine would write; what the database refuses to make is drawn again."""
    try:
        return engine.drift({SCHEMA_PATH: world.text()}, history, url, world.provider)
    except PrismaEngineError:
        assume(False)
        raise


def _declared(world: World) -> Declaration:
    declaration = describe([SourceFile(SCHEMA_PATH, world.text())])
    assert [one.message for one in declaration.diagnostics] == []
    return declaration


@DRAWS
@given(changed_pairs("postgresql"))
def test_drawn_schemas_are_compared_as_prisma_compares_them(
    older: Server, engine: PrismaEngine, worlds: tuple[World, World]
) -> None:
    before, after = worlds
    script = _script(engine, before)
    _script(engine, after)
    outcome = replay([migration(script)], Ground(server_version=older.version))
    url = f"postgresql://postgres@/postgres?host={older.socket_dir}"
    history = [("20250101000000_step", script)]
    if outcome.failures:
        with pytest.raises(PrismaEngineError):
            engine.drift({SCHEMA_PATH: after.text()}, history, url)
        return
    assert [one.message for one in outcome.diagnostics] == []
    comparison = compare(_declared(after), outcome.schema)
    answer = _answer(engine, after, history, url)
    assert answer.is_different == bool(comparison.changes), (answer.script, told(comparison))
    if not has_renames(comparison):
        assert named_by(comparison) == named_in(answer.script), answer.script


@DRAWS
@given(changed_pairs("sqlite"))
def test_drawn_schemas_for_sqlite_are_compared_as_prisma_compares_them(
    engine: PrismaEngine, worlds: tuple[World, World]
) -> None:
    before, after = worlds
    script = _script(engine, before)
    _script(engine, after)
    outcome = replay([migration(script)], Ground(provider="sqlite"))
    steps = [f"{one};" for one in script.split(";\n") if one.strip()]
    history = [(f"{at:04}_step", step) for at, step in enumerate(steps)]
    if outcome.failures:  # the engine writes a default of JSON without quotes
        with pytest.raises(PrismaEngineError):
            engine.drift({SCHEMA_PATH: after.text()}, history, None, "sqlite")
        return
    assert [one.message for one in outcome.diagnostics] == []
    comparison = compare(_declared(after), outcome.schema)
    answer = _answer(engine, after, history, None)
    assert answer.is_different == bool(comparison.changes), (answer.script, told(comparison))
    indexes = {one.name: name for name, t in outcome.schema.tables.items() for one in t.indexes}
    if not has_renames(comparison):
        assert tables_of(comparison) == tables_in(
            answer.script, {index: name.name for index, name in indexes.items()}
        ), answer.script


@DRAWS
@given(changed_pairs("postgresql"))
def test_drawn_schemas_declare_what_prismas_script_makes(
    older: Server, engine: PrismaEngine, worlds: tuple[World, World]
) -> None:
    _, world = worlds
    script = _script(engine, world)
    with older.database() as name:
        with older.connect(name) as connection:
            try:
                connection.execute(script.encode())
            except psycopg.Error:
                assume(False)
        with older.connect(name) as connection:
            expected = to_catalogue(introspect(connection))
    found = differences(expected, to_catalogue(_declared(world).schema))
    assert [str(one) for one in found] == []
