from __future__ import annotations

import pytest

from tests.support.prisma_engine import PrismaEngine, why_not
from tests.support.sides import migration
from workers.engine.compare.differ import compare
from workers.engine.errors import Effect
from workers.engine.prisma.describe import Declaration, describe
from workers.engine.schema.model import QualifiedName, SqlType, Table
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Ground, Replay, replay

MODELS = """datasource db {
  provider = "cockroachdb"
}

enum Role {
  USER
  ADMIN
}

model User {
  id     BigInt   @id @default(autoincrement())
  number Int      @default(sequence())
  email  String   @unique
  short  String   @db.String(9)
  role   Role     @default(USER)
  tags   String[]
  meta   Json?
  score  Float    @default(1.5)
  price  Decimal  @default(2)
  ok     Boolean  @default(true)
  at     DateTime @default(now())
  day    DateTime @db.Date
  data   Bytes?
  small  Int      @db.Int2
  key    String   @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  posts  Post[]
  rooms  Room[]

  @@index([short, at(sort: Desc)])
}

model Post {
  id       String @id @default(cuid())
  author   User   @relation(fields: [authorId], references: [id])
  authorId BigInt
}

model Room {
  id    String @id
  users User[]
}
"""


def _run(*scripts: str) -> Replay:
    migrations = [migration(sql, f"2025010100000{at}_step") for at, sql in enumerate(scripts)]
    return replay(migrations, Ground(provider="cockroachdb"))


def _declared(text: str) -> Declaration:
    declaration = describe([SourceFile("schema.prisma", text)])
    assert declaration.diagnostics == []
    return declaration


def _table(outcome: Replay, name: str) -> Table:
    return outcome.schema.tables[QualifiedName("public", name)]


@pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
def test_prismas_own_script_makes_what_the_schema_declares() -> None:
    with PrismaEngine() as engine:
        script = engine.script({"schema.prisma": MODELS}, provider="cockroachdb")
    outcome = _run(script)
    assert (outcome.failures, outcome.diagnostics) == ([], [])
    assert compare(_declared(MODELS), outcome.schema).changes == ()


def test_types_mean_what_they_mean_there() -> None:
    outcome = _run(
        "CREATE TABLE t (a STRING(9), b INT, c INT4, d BYTES, e SERIAL PRIMARY KEY, f VARCHAR(3), "
        "g STRING[], h FLOAT, i JSON)"
    )
    assert outcome.failures == []
    table = _table(outcome, "t")
    assert [column.type for column in table.columns] == [
        SqlType("text", ("9",)),
        SqlType("bigint"),
        SqlType("integer"),
        SqlType("bytea"),
        SqlType("bigint"),
        SqlType("text", ("3",)),
        SqlType("text", is_array=True),
        SqlType("double precision"),
        SqlType("jsonb"),
    ]
    assert (table.columns[4].default, table.columns[4].not_null) == ("unique_rowid()", True)


def test_two_tables_may_use_one_name_for_their_keys() -> None:
    outcome = _run(
        'CREATE TABLE a (id INT, CONSTRAINT "primary" PRIMARY KEY (id));'
        'CREATE TABLE b (id INT, CONSTRAINT "primary" PRIMARY KEY (id));'
        'ALTER TABLE b DROP CONSTRAINT "primary";'
        "CREATE INDEX i ON a (id); CREATE INDEX i ON b (id);"
    )
    assert outcome.failures == []
    key = _table(outcome, "a").primary_key
    assert key is not None
    assert key.name == "primary"
    assert _table(outcome, "b").primary_key is None
    assert [index.name for index in _table(outcome, "b").indexes] == ["i"]


def test_words_of_its_own_are_read() -> None:
    outcome = _run(
        "CREATE TABLE t (a INT, b INT, INDEX i (a)); CREATE INDEX j ON t (a) STORING (b);"
        "DROP INDEX t@i;"
    )
    assert (outcome.failures, outcome.diagnostics) == ([], [])
    (index,) = _table(outcome, "t").indexes
    assert (index.name, index.include) == ("j", ("b",))


def test_what_postgresqls_grammar_does_not_read_is_told() -> None:
    outcome = _run(
        "CREATE TABLE t (a INT, v VECTOR(3), VECTOR INDEX i (v)); ALTER TABLE t ADD c INT;"
    )
    assert outcome.failures == []
    assert [(one.effect, one.subjects) for one in outcome.diagnostics] == [
        (Effect.UNKNOWN, ("public.t",)),
        (Effect.UNKNOWN, ("public.t",)),
    ]


@pytest.mark.parametrize(
    ("element", "made"),
    [
        ("INDEX (a)", ("t_a_idx", ("a",), False, "btree")),
        ("INDEX i (a DESC, b)", ("i", ("a", "b"), False, "btree")),
        ('INDEX "My I" (b) STORING (a)', ("My I", ("b",), False, "btree")),
        ("UNIQUE INDEX i (b ASC)", ("i", ("b",), True, "btree")),
        ("UNIQUE INDEX (a, b)", ("t_a_b_key", ("a", "b"), True, "btree")),
        ("UNIQUE INDEX i (a) WHERE b > 0", ("i", ("a",), True, "btree")),
        ("INVERTED INDEX (j)", ("t_j_idx", ("j",), False, "gin")),
        ("INVERTED INDEX i (j)", ("i", ("j",), False, "gin")),
        ("INDEX i (a) USING HASH", ("i", ("a",), False, "btree")),
        ("INDEX i (a) USING HASH WITH (bucket_count = 8)", ("i", ("a",), False, "btree")),
        ("UNIQUE INDEX i (a) USING HASH WITH BUCKET_COUNT = 8", ("i", ("a",), True, "btree")),
        ("INDEX i (a) NOT VISIBLE", ("i", ("a",), False, "btree")),
    ],
)
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_an_index_within_a_table_is_made(element: str, made: object, place: str) -> None:
    columns = ["a INT", "b INT", "j JSONB"]
    columns.insert({"first": 0, "middle": 1, "last": 3}[place], element)
    sql = f"CREATE TABLE t ({', '.join(columns)});"
    outcome = _run(sql)
    assert (outcome.failures, outcome.diagnostics) == ([], [])
    (index,) = _table(outcome, "t").indexes
    keys = tuple(key.column for key in index.keys)
    assert (index.name, keys, index.is_unique, index.method) == made
    assert [column.name for column in _table(outcome, "t").columns] == ["a", "b", "j"]
    place_of = index.history[0].span
    assert sql[place_of.start : place_of.end] == element


def test_indexes_of_its_own_kinds_stand_alone_as_well() -> None:
    outcome = _run(
        "CREATE TABLE t (a INT PRIMARY KEY USING HASH, j JSONB, INDEX i (a), INVERTED INDEX k (j));"
        "CREATE TABLE u (a INT, b INT, PRIMARY KEY (a, b) USING HASH WITH (bucket_count = 4));"
        "CREATE INVERTED INDEX g ON t (j);\nCREATE UNIQUE INDEX h ON t (a) USING HASH; "
        "CREATE INDEX plain ON t USING GIN (j); ALTER TABLE t ADD COLUMN index STRING(9);"
    )
    assert (outcome.failures, outcome.diagnostics) == ([], [])
    indexes = {index.name: index.method for index in _table(outcome, "t").indexes}
    indexes.pop("t_pkey")
    assert indexes == {"i": "btree", "k": "gin", "g": "gin", "h": "btree", "plain": "gin"}
    keys = [_table(outcome, name).primary_key for name in "tu"]
    assert [key.columns for key in keys if key is not None] == [("a",), ("a", "b")]


def test_a_column_may_be_called_index() -> None:
    outcome = _run("CREATE TABLE t (a INT, index VARCHAR(9), family INT);")
    assert (outcome.failures, outcome.diagnostics) == ([], [])
    assert [column.name for column in _table(outcome, "t").columns] == ["a", "index", "family"]


def test_a_missing_table_is_a_failure_as_long_as_all_was_read() -> None:
    (failure,) = _run("ALTER TABLE t ADD c INT;").failures
    assert failure.sqlstate == "42P01"


def test_a_dump_with_orders_and_families_is_read() -> None:
    outcome = _run(
        "CREATE TABLE t (a INT8 NOT NULL, b STRING(20), family STRING(9),"
        ' CONSTRAINT "primary" PRIMARY KEY (a ASC), INDEX i (b), FAMILY "primary" (a, b));'
    )
    assert (outcome.failures, outcome.diagnostics) == ([], [])
    table = _table(outcome, "t")
    assert [column.name for column in table.columns] == ["a", "b", "family"]
    assert table.primary_key is not None
    assert table.primary_key.columns == ("a",)
