"""Names that try to be more than names, on their way through a whole repair."""

from __future__ import annotations

import json

import pytest

from tests.support.cases import tree
from tests.support.proposals import INIT, project, proposed
from workers.engine.sql.postgres import parse

NAMES = (
    'a"b',
    "a'; DROP TABLE x; --",
    "$$; DROP TABLE x; $$",
    "%s %I %",
    "*/ a /*",
    "back`tick",
    "new\\nline",
    "select",
    "\u202eevil",
    "\ue000private",
    "ünï",
    "x" * 63,
)
KINDS = frozenset(
    ("AlterTableStmt", "CreateStmt", "DoStmt", "IndexStmt", "CreateEnumStmt", "UpdateStmt")
)


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_stays_a_name(name: str) -> None:
    mapped = json.dumps(name)
    models = (
        f"model T {{\n  id Int @id\n  a String @map({mapped})\n  e E\n"
        f"  @@unique([a, e], map: {json.dumps(name[:60] + '_u')})\n  @@map({mapped})\n}}\n"
        f"enum E {{\n  A @map({mapped})\n  B\n  @@map({json.dumps(name[:60] + '_e')})\n}}\n"
    )
    found = proposed(project(models, "CREATE TABLE other (id int);"), side="migration")
    assert found.refusal == ""
    up, *_ = [file.text for file in found.files if file.path.endswith("migration.sql")]
    statements = parse(up.encode())
    assert {one.kind for one in statements} <= KINDS | {"DropStmt"}
    made = next(one for one in statements if one.kind == "CreateStmt")
    assert made.fields["relation"]["relname"] == json.loads(mapped)


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_column_that_is_required_is_checked_under_its_name(name: str) -> None:
    models = f"model T {{\n  id Int @id\n  a String @unique @map({json.dumps(name)})\n}}\n"
    sql = 'CREATE TABLE "T" (id int NOT NULL, CONSTRAINT "T_pkey" PRIMARY KEY (id));'
    found = proposed(project(models, sql), side="migration")
    assert found.refusal == ""
    statements = parse(found.files[0].text.encode())
    added = statements[0].fields["cmds"][0]["AlterTableCmd"]["def"]["ColumnDef"]["colname"]
    assert added == name
    assert [one.kind for one in statements] == [
        "AlterTableStmt",
        "DoStmt",
        "DoStmt",
        "AlterTableStmt",
        "IndexStmt",
    ]


def test_a_default_that_is_no_expression_is_refused_not_written() -> None:
    default = json.dumps("1); DROP TABLE x; --")
    models = f"model T {{\n  id Int @id\n  a Int @default(dbgenerated({default}))\n}}\n"
    sql = 'CREATE TABLE "T" (id int NOT NULL, CONSTRAINT "T_pkey" PRIMARY KEY (id));'
    found = proposed(project(models, sql), side="migration")
    assert found.is_empty
    assert "is no expression" in found.refusal


def test_files_that_are_no_text_break_nothing() -> None:
    head = project("model T {\n  id Int @id\n}\n", 'CREATE TABLE "T" (id int);')
    files = {**head.files, INIT: b"\xff\xfe\x00CREATE TABLE x"}
    proposed(tree(files), side="migration")
