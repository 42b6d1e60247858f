from __future__ import annotations

import pytest

from tests.support.drift_cases import Case
from tests.support.prisma_engine import PrismaEngine, why_not
from tests.support.sides import SCHEMA_PATH, migration, told
from tests.support.sqlite_cases import COLUMNS, OTHERS
from workers.engine.compare.changes import Comparison
from workers.engine.compare.differ import compare
from workers.engine.findings import Finding
from workers.engine.judge import judge_pair
from workers.engine.prisma.describe import Declaration, describe
from workers.engine.rules.context import Context
from workers.engine.settings import Settings
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Ground, Migration, Replay, replay

CASES = [*COLUMNS, *OTHERS]


def _schema(models: str) -> str:
    return f'datasource db {{\n  provider = "sqlite"\n}}\n\n{models}'


def _sides(case: Case, migrations: list[Migration]) -> tuple[Declaration, Replay, Comparison]:
    declaration = describe([SourceFile(SCHEMA_PATH, _schema(case.models))])
    outcome = replay(migrations, Ground(provider="sqlite"))
    assert outcome.failures == []
    return declaration, outcome, compare(declaration, outcome.schema)


def _findings(case: Case, migrations: list[Migration]) -> list[Finding]:
    declaration, outcome, comparison = _sides(case, migrations)
    context = Context(declaration, outcome, comparison, tuple(migrations), schema_path=SCHEMA_PATH)
    judgement = judge_pair(context, Settings())
    assert judgement.diagnostics == []
    return [finding for finding in judgement.findings if finding.family == "drift"]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_changes_are_those_that_prisma_would_write(case: Case) -> None:
    assert tuple(told(_sides(case, [migration(case.sql)])[2])) == case.changes


@pytest.mark.parametrize("case", [case for case in CASES if case.changes], ids=str)
def test_a_fix_that_is_offered_ends_its_difference(case: Case) -> None:
    first = migration(case.sql)
    findings = _findings(case, [first])
    assert len(findings) == len(case.changes)
    for finding in findings:
        if finding.fix is None or finding.fix.sql is None:
            continue
        second = migration(finding.fix.sql, "20250102000000_mend")
        subjects = {left.subject for left in _findings(case, [first, second])}
        assert finding.subject not in subjects


def test_a_missing_table_is_made_with_its_keys_inline() -> None:
    case = OTHERS[9]
    (fix_a, fix_b) = [finding.fix for finding in _findings(case, [])]
    assert fix_a is not None
    assert fix_b is not None
    script = f"{fix_a.sql}\n{fix_b.sql}"
    assert _findings(case, [migration(script)]) == []


@pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
def test_prismas_engine_gives_the_same_verdicts() -> None:
    disagreements = []
    with PrismaEngine() as engine:
        for case in CASES:
            migrations = [
                (f"{at:04}_step", statement)
                for at, statement in enumerate(case.sql.split(";\n"), start=1)
                if statement.strip()
            ]
            answer = engine.drift(
                {SCHEMA_PATH: _schema(case.models)}, migrations, None, provider="sqlite"
            )
            if answer.is_different != bool(case.changes):
                disagreements.append((str(case), answer.script))
    assert disagreements == []
