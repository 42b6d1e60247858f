"""An old project is not red for being old."""

from __future__ import annotations

import pytest

from tests.support.drift_cases import JOINS
from tests.support.sides import declared, replayed, told
from workers.engine.compare.differ import compare
from workers.engine.compare.options import Options
from workers.engine.prisma.describe import Dialect

JOIN_BY_KEY, JOIN_BY_UNIQUE = JOINS[0], JOINS[1]


@pytest.mark.parametrize("version", [(2, 30), (3, 0), (5, 22), (6, 0), (7, 10)])
@pytest.mark.parametrize("case", [JOIN_BY_KEY, JOIN_BY_UNIQUE], ids=str)
def test_a_join_table_may_have_the_key_of_either_age(
    case: object, version: tuple[int, int]
) -> None:
    sql = case.sql  # type: ignore[attr-defined]
    declaration = declared(JOIN_BY_KEY.models, dialect=Dialect(prisma_version=version))
    changes = [
        change for change in told(compare(declaration, replayed(sql))) if "_AToB_AB" in change
    ]
    assert changes == []


def test_the_newest_engines_wish_can_be_asked_for() -> None:
    declaration = declared(JOIN_BY_UNIQUE.models)
    options = Options(is_join_key_told=True)
    assert told(compare(declaration, replayed(JOIN_BY_UNIQUE.sql), options)) == [
        "PrimaryKeyChanged public._AToB._AToB_AB_pkey",
        "IndexExtra public._AToB._AToB_AB_unique",
    ]


def test_prisma_2_set_other_actions_and_named_things_otherwise() -> None:
    models = (
        "model A {\n  id Int @id\n  bs B[]\n}\n"
        "model B {\n  id Int @id\n  aid Int\n  a A @relation(fields: [aid], references: [id])\n"
        "  @@index([aid])\n}\n"
    )
    sql = (
        'CREATE TABLE "A" ("id" INTEGER NOT NULL, PRIMARY KEY ("id"));\n'
        'CREATE TABLE "B" ("id" INTEGER NOT NULL, "aid" INTEGER NOT NULL, PRIMARY KEY ("id"));\n'
        'CREATE INDEX "B.aid_index" ON "B"("aid");\n'
        'ALTER TABLE "B" ADD FOREIGN KEY ("aid") REFERENCES "A"("id") '
        "ON DELETE CASCADE ON UPDATE CASCADE;"
    )
    old = declared(models, dialect=Dialect(prisma_version=(2, 30)))
    assert told(compare(old, replayed(sql))) == []
    new = declared(models)
    assert told(compare(new, replayed(sql))) == [
        "IndexChanged public.B.B_aid_idx",
        "ForeignKeyChanged public.B.B_aid_fkey",
    ]
