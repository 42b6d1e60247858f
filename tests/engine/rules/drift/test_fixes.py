from __future__ import annotations

import pytest

from tests.support.drift_cases import NEVER_SATISFIED, Case, all_cases
from tests.support.sides import declared, migration, told
from workers.engine.compare.differ import compare
from workers.engine.findings import Finding
from workers.engine.judge import judge_pair
from workers.engine.rules.context import Context
from workers.engine.schema.model import Schema
from workers.engine.settings import Settings
from workers.engine.sql.replay import Migration, replay


def _findings(case: Case, migrations: list[Migration]) -> tuple[list[Finding], Schema, list[str]]:
    declaration = declared(case.models, case.preview, case.datasource)
    outcome = replay(migrations)
    assert [failure.message for failure in outcome.failures] == []
    comparison = compare(declaration, outcome.schema)
    context = Context(
        declaration, outcome, comparison, tuple(migrations), schema_path="prisma/schema.prisma"
    )
    judgement = judge_pair(context, Settings())
    assert judgement.diagnostics == []
    findings = [finding for finding in judgement.findings if finding.family == "drift"]
    return findings, outcome.schema, told(comparison)


def _is_mendable(case: Case) -> bool:
    return bool(case.changes) and not any(text in case.models for text in NEVER_SATISFIED)


@pytest.mark.parametrize("case", [c for c in all_cases() if c.changes], ids=str)
def test_every_change_is_told_once(case: Case) -> None:
    findings, _, changes = _findings(case, [migration(case.sql)])
    assert [finding.subject for finding in findings] == [change.split(" ")[1] for change in changes]
    for finding in findings:
        assert finding.message.endswith(".")
        assert "`" in finding.message
        assert finding.origin.path


@pytest.mark.parametrize("case", [c for c in all_cases() if _is_mendable(c)], ids=str)
def test_the_statements_of_the_fixes_end_the_drift(case: Case) -> None:
    first = migration(case.sql)
    findings, _, _ = _findings(case, [first])
    script = "\n".join(finding.fix.sql for finding in findings if finding.fix and finding.fix.sql)
    second = migration(script, "20250102000000_mend")
    _, _, changes = _findings(case, [first, second])
    assert changes == []
