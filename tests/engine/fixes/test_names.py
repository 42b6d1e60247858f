"""Names that would break out of a statement if they were not quoted."""

from __future__ import annotations

import pytest

from tests.support.sides import declared, migration, told
from workers.engine.compare.differ import compare
from workers.engine.judge import judge_pair
from workers.engine.rules.context import Context
from workers.engine.settings import Settings
from workers.engine.sql.replay import Migration, replay

NAMES = ["user", 'we"ird', "a; DROP TABLE x; --", "Ünïcode näme", "it's", "$1", "select", "a.b"]


def _rest(models: str, migrations: list[Migration]) -> tuple[list[str], str]:
    declaration, outcome = declared(models), replay(migrations)
    assert [failure.message for failure in outcome.failures] == []
    comparison = compare(declaration, outcome.schema)
    context = Context(
        declaration, outcome, comparison, tuple(migrations), schema_path="prisma/schema.prisma"
    )
    findings = [f for f in judge_pair(context, Settings()).findings if f.family == "drift"]
    script = "\n".join(finding.fix.sql for finding in findings if finding.fix and finding.fix.sql)
    return told(comparison), script


@pytest.mark.parametrize("name", NAMES)
def test_the_statements_quote_every_name(name: str) -> None:
    text = name.replace("\\", "\\\\").replace('"', '\\"')
    models = (
        f'enum E {{\n  one @map("{text}")\n  two\n  @@map("{text} e")\n}}\n'
        f'model A {{\n  id Int @id(map: "{text} key")\n  bs B[]\n  @@map("{text} a")\n}}\n'
        "model B {\n  id Int @id @default(autoincrement())\n"
        f'  e E @default(one) @map("{text} c")\n'
        f'  aid Int @map("{text} d")\n'
        f'  a A @relation(fields: [aid], references: [id], map: "{text} fk")\n'
        f'  @@unique([e, aid], map: "{text} u")\n  @@map("{text} b")\n}}\n'
    )
    quoted = name.replace('"', '""')
    first = migration(f'CREATE TABLE "{quoted} b" ("id" SERIAL, "{quoted} d" TEXT);')
    changes, script = _rest(models, [first])
    assert len(changes) > 4
    assert _rest(models, [first, migration(script, "20250102000000_mend")]) == ([], "")
