"""What a rule offers is shown only where PostgreSQL's grammar takes it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from workers.engine.compare.differ import compare
from workers.engine.findings import Finding, Fix, Severity
from workers.engine.judge import judge_pair
from workers.engine.prisma.describe import Declaration
from workers.engine.rule import Catalogue, Rule
from workers.engine.rules.context import Context
from workers.engine.schema.model import Schema
from workers.engine.settings import Settings
from workers.engine.source import Origin, Span
from workers.engine.sql.replay import Replay


def offered(sql: str) -> Fix | None:
    rule = Rule("offers-sql", family="drift", severity=Severity.ERROR, since="0.1")

    @rule.on(Declaration)
    def check(subject: Declaration, context: Context) -> Iterator[Finding]:
        yield rule.finding(
            subject="t",
            detail="",
            message="",
            remedy="",
            origin=Origin("a.sql", Span(0, 0)),
            fix=Fix("Do it", safe=False, sql=sql),
        )

    declaration, replay = Declaration(Schema()), Replay(Schema())
    context = Context(declaration, replay, compare(declaration, replay.schema), ())
    (finding,) = judge_pair(context, Settings(), Catalogue((rule,))).findings
    return finding.fix


@pytest.mark.parametrize("sql", ["ALTER TABLE t ADD COLUMN a int;", "-- note\nDROP TABLE t;"])
def test_what_reads_is_shown(sql: str) -> None:
    fix = offered(sql)
    assert fix is not None
    assert fix.sql == sql


@pytest.mark.parametrize("sql", ["ALTER TABLE t ADD COLUMN a;", "DROP TABLE 'x", "\ud800"])
def test_what_does_not_read_is_not_shown(sql: str) -> None:
    assert offered(sql) is None
