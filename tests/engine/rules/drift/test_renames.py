"""What a pull request itself says of a rename."""

from __future__ import annotations

from tests.support.cases import tree
from workers.engine.analyze import analyze
from workers.engine.snapshot import Snapshot

SCHEMA = (
    'datasource db {\n  provider = "postgresql"\n}\n\n'
    "model User {\n  id Int @id\n  email String\n  lastSeen DateTime\n}\n"
)
INIT = (
    '-- CreateTable\nCREATE TABLE "User" (\n    "id" INTEGER NOT NULL,\n'
    '    "email" TEXT NOT NULL,\n    "lastSeen" TIMESTAMP(3) NOT NULL,\n\n'
    '    CONSTRAINT "User_pkey" PRIMARY KEY ("id")\n);\n'
)


def _related(base: str, head: str) -> list[str]:
    def state(schema: str) -> dict[str, bytes]:
        return {
            "prisma/schema.prisma": schema.encode(),
            "prisma/migrations/1_init/migration.sql": INIT.encode(),
        }

    changed = frozenset({"prisma/schema.prisma"})
    report = analyze(Snapshot(tree(state(head)), tree(state(base)), changed))
    (found,) = (f for f in report.findings if f.rule == "column-renamed-without-migration")
    return [one.message for one in found.related]


def test_the_name_that_the_base_still_has_is_evidence() -> None:
    told = _related(SCHEMA, SCHEMA.replace("lastSeen", "seenLast"))
    assert (
        "The base still declares it as `User.lastSeen`: this pull request gives it the new name"
        in told
    )


def test_a_base_that_had_the_new_name_already_is_none() -> None:
    renamed = SCHEMA.replace("lastSeen", "seenLast")
    told = _related(renamed, renamed.replace("email", "email  "))
    assert not [one for one in told if one.startswith("The base still")]
