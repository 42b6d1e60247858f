from __future__ import annotations

from tests.support.sides import declared, replayed, told
from workers.engine.compare.changes import Comparison
from workers.engine.compare.differ import compare
from workers.engine.compare.options import Options
from workers.engine.prisma.describe import Declaration

MODELS = "model T {\n  id Int @id\n  a String\n}\nmodel U {\n  id Int @id\n}\n"
TABLE = 'CREATE TABLE "T" ("id" INTEGER NOT NULL, CONSTRAINT "T_pkey" PRIMARY KEY ("id"));'


def _compared(options: Options, sql: str = TABLE) -> list[str]:
    return told(compare(declared(MODELS), replayed(sql), options))


def test_nothing_is_said_of_what_is_unknown() -> None:
    assert _compared(Options()) == ["TableMissing public.U", "ColumnMissing public.T.a"]
    assert _compared(Options(unknown={"public.U"})) == ["ColumnMissing public.T.a"]
    assert _compared(Options(unknown={"public.T"})) == ["TableMissing public.U"]
    assert _compared(Options(unknown={"public.T.a"})) == ["TableMissing public.U"]


def test_tables_of_others_are_passed_over() -> None:
    assert _compared(Options(external_tables=("U",))) == ["ColumnMissing public.T.a"]
    assert _compared(Options(external_tables=("public.T",))) == ["TableMissing public.U"]


def test_the_schema_of_the_connection_is_compared() -> None:
    sql = f'CREATE SCHEMA "app"; SET search_path TO "app"; {TABLE}'
    assert _compared(Options(), sql) == ["TableMissing public.T", "TableMissing public.U"]


def _plainly(one: str, other: str) -> Comparison:
    return compare(Declaration(replayed(one)), replayed(other), Options(is_plain=True))


def test_between_two_schemas_in_sql_partial_and_expression_indexes_count() -> None:
    partial = TABLE + 'CREATE INDEX "i" ON "T" ("id") WHERE "id" > 5;'
    other = TABLE + 'CREATE INDEX "i" ON "T" ("id") WHERE "id" > 6;'
    expression = TABLE + 'CREATE INDEX "i" ON "T" (abs("id"));'
    assert told(_plainly(partial, partial)) == []
    assert told(_plainly(partial, other)) == ["IndexChanged public.T.i"]
    assert told(_plainly(expression, TABLE)) == ["IndexMissing public.T.i"]
    assert told(_plainly(TABLE, expression)) == ["IndexExtra public.T.i"]


def test_between_two_schemas_in_sql_equal_defaults_and_extensions_are_equal() -> None:
    sql = (
        "CREATE EXTENSION pgcrypto;"
        'CREATE TABLE "T" (id serial PRIMARY KEY, '
        "at timestamptz DEFAULT now() + interval '1 day');"
    )
    assert told(_plainly(sql, sql)) == []
    assert told(_plainly(sql, sql.partition(";")[2])) == ["ExtensionMissing pgcrypto"]
