"""Small pairs of a schema and a migration, and what separates them.

What is expected was measured on Prisma's engine (test_oracle.py measures again where it is
installed): an empty tuple means that the engine writes no statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A schema, a migration, the changes between the two, and whether Prisma's verdict differs."""

    name: str
    models: str
    sql: str
    changes: tuple[str, ...] = ()
    preview: str = ""
    datasource: str = ""
    engine_differs: bool = False
    """Where the house decides otherwise than the engine, on purpose."""

    def __str__(self) -> str:
        return self.name


def _column(field: str, column: str, *changes: str) -> Case:
    return Case(
        f"{field} over {column}",
        f"model T {{\n  id Int @id\n  {field}\n}}\n",
        f'CREATE TABLE "T" ("id" INTEGER NOT NULL, {column}, '
        'CONSTRAINT "T_pkey" PRIMARY KEY ("id"));',
        tuple(f"{change} public.T.a" for change in changes),
    )


_UUID = "123e4567-e89b-12d3-a456-426614174000"
TYPE, DEFAULT, REQUIRED = "ColumnTypeChanged", "ColumnDefaultChanged", "ColumnNullabilityChanged"

COLUMNS = (
    _column("a DateTime @default(now())", "a TIMESTAMP(3) NOT NULL DEFAULT now()"),
    _column("a DateTime @default(now())", "a TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP"),
    _column(
        "a DateTime @default(now())",
        "a TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)",
        DEFAULT,
    ),
    _column(
        "a DateTime @default(now())", "a TIMESTAMP(3) NOT NULL DEFAULT LOCALTIMESTAMP", DEFAULT
    ),
    _column(
        'a DateTime @default(dbgenerated("now()"))',
        "a TIMESTAMP(3) NOT NULL DEFAULT now()",
        DEFAULT,
    ),
    _column(
        "a DateTime @default(dbgenerated(\"timezone('utc'::text, now())\"))",
        "a TIMESTAMP(3) NOT NULL DEFAULT timezone('utc'::text, now())",
    ),
    _column(
        "a DateTime @default(dbgenerated(\"(now() AT TIME ZONE 'utc'::text)\"))",
        "a TIMESTAMP(3) NOT NULL DEFAULT (now() AT TIME ZONE 'utc')",
    ),
    _column(
        "a DateTime @default(dbgenerated(\"now() + '30 days'::interval\"))",
        "a TIMESTAMP(3) NOT NULL DEFAULT now() + '30 days'::interval",
        DEFAULT,
    ),
    _column(
        "a DateTime @default(dbgenerated(\"(now() + '30 days'::interval)\"))",
        "a TIMESTAMP(3) NOT NULL DEFAULT now() + interval '30 days'",
    ),
    _column(
        'a String @default(dbgenerated("md5(random()::text)"))',
        "a TEXT NOT NULL DEFAULT md5(random()::text)",
        DEFAULT,
    ),
    _column(
        'a String @default(dbgenerated("current_user"))', "a TEXT NOT NULL DEFAULT user", DEFAULT
    ),
    _column("a String @db.Char(1)", "a CHAR NOT NULL"),
    _column("a String @db.VarBit", "a BIT VARYING NOT NULL"),
    _column("a Decimal @db.Decimal", "a DECIMAL NOT NULL"),
    _column("a Decimal @db.Decimal", "a DECIMAL(65,30) NOT NULL", TYPE),
    _column("a Decimal", "a DECIMAL(65,30) NOT NULL"),
    _column("a DateTime @db.Timestamp", "a TIMESTAMP NOT NULL"),
    _column("a DateTime @db.Timestamp", "a TIMESTAMP(3) NOT NULL"),
    _column("a DateTime @db.Timestamp(6)", "a TIMESTAMP NOT NULL"),
    _column("a DateTime", "a TIMESTAMP NOT NULL", TYPE),
    _column("a DateTime[]", "a TIMESTAMP[]"),
    _column("a DateTime[]", "a TIMESTAMP(6)[]", TYPE),
    _column('a Unsupported("tsvector")', "a interval NOT NULL"),
    _column('a Unsupported("tsvector")', "a text NOT NULL", TYPE),
    _column("a String", "a interval NOT NULL", TYPE),
    _column("a String", "a varchar(10) NOT NULL", TYPE),
    _column("a Int", "a bigint NOT NULL", TYPE),
    _column("a String[]", "a text NOT NULL", TYPE),
    _column("a String?", "a text GENERATED ALWAYS AS ('x' || id::text) STORED", DEFAULT),
    _column("a Int?", "a int GENERATED ALWAYS AS (id + 1) STORED", DEFAULT),
    _column("a Int @default(autoincrement())", "a int GENERATED ALWAYS AS IDENTITY"),
    _column("a Int @default(autoincrement())", "a serial"),
    _column("a Int @default(autoincrement())", "a int NOT NULL", DEFAULT),
    _column("a Int", "a serial", DEFAULT),
    _column("a BigInt @default(autoincrement())", "a serial", TYPE),
    _column("a Int @default(dbgenerated())", "a int NOT NULL DEFAULT 5"),
    _column("a Int @default(dbgenerated())", "a int NOT NULL"),
    _column('a Int @default(dbgenerated("5"))', "a int NOT NULL DEFAULT 5", DEFAULT),
    _column("a BigInt @default(1)", "a bigint NOT NULL DEFAULT 1::bigint", DEFAULT),
    _column("a Int @default(1)", "a int NOT NULL DEFAULT 1::int"),
    _column("a Int @default(1)", "a int NOT NULL DEFAULT 2", DEFAULT),
    _column("a Int @default(-1)", "a int NOT NULL DEFAULT -1"),
    _column("a Decimal @default(0)", "a decimal(65,30) NOT NULL DEFAULT 0::numeric"),
    _column("a Decimal @default(0)", "a decimal(65,30) NOT NULL DEFAULT 0.00"),
    _column("a Float @default(-0.5)", "a double precision NOT NULL DEFAULT -0.5"),
    _column('a String @default("0")', "a text NOT NULL DEFAULT 0", DEFAULT),
    _column('a String @default("x")', "a text NOT NULL", DEFAULT),
    _column("a String", "a text NOT NULL DEFAULT 'x'", DEFAULT),
    _column('a String @default("x") @db.VarChar(10)', "a varchar(10) NOT NULL DEFAULT 'x'"),
    _column('a String @default("a\\nb")', "a text NOT NULL DEFAULT E'a\\nb'"),
    _column('a String @default("a\\\\b")', "a text NOT NULL DEFAULT 'a\\b'"),
    _column('a String @default("it\'s")', "a text NOT NULL DEFAULT 'it''s'"),
    _column('a Json @default("{\\"a\\": [1, 2]}")', "a jsonb NOT NULL DEFAULT '{\"a\":[1,2]}'"),
    _column('a Json @default("{}")', "a jsonb NOT NULL DEFAULT jsonb_build_object()", DEFAULT),
    _column('a Json @default("[]")', "a jsonb NOT NULL DEFAULT '{}'", DEFAULT),
    _column(
        'a DateTime @default("2020-01-01T00:00:00Z")',
        "a timestamp(3) NOT NULL DEFAULT '2021-01-01'",
    ),
    _column('a DateTime @default("2020-01-01T00:00:00Z")', "a timestamp(3) NOT NULL", DEFAULT),
    _column(
        'a String @default(dbgenerated("gen_random_uuid()")) @db.Uuid',
        "a uuid NOT NULL DEFAULT gen_random_uuid()",
    ),
    _column(
        "a String @default(uuid()) @db.Uuid", "a uuid NOT NULL DEFAULT gen_random_uuid()", DEFAULT
    ),
    _column("a String?", "a text DEFAULT NULL"),
    _column("a String[]", "a text[] NOT NULL"),
    _column("a String[] @default([])", "a text[] DEFAULT '{}'"),
    _column("a String[] @default([])", "a text[] DEFAULT ARRAY[]::text[]"),
    _column("a String[]", "a text[] DEFAULT '{}'", DEFAULT),
    _column('a String[] @default(["a", "b c"])', "a text[] DEFAULT '{a,\"b c\"}'"),
    _column("a Int[] @default([1, -2])", "a int[] DEFAULT '{1,-2}'"),
    _column("a Int[] @default([1, -2])", "a int[] DEFAULT ARRAY[1,-2]"),
    _column("a Int[] @default([-7])", "a int[] DEFAULT ARRAY[(-7)::integer]"),
    _column("a Int[] @default([1])", "a int[] DEFAULT ARRAY[1::bigint]", DEFAULT),
    _column("a Int @default(-7)", "a int NOT NULL DEFAULT -7::int", DEFAULT),
    _column("a Int @default(7)", "a int NOT NULL DEFAULT 7.0", DEFAULT),
    _column("a Float @default(-7)", "a double precision NOT NULL DEFAULT -7::int"),
    _column("a Int[] @default([1]) @db.SmallInt", "a smallint[] DEFAULT '{1}'"),
    _column("a Int[] @default([1]) @db.SmallInt", "a smallint[] DEFAULT ARRAY['1']::smallint[]"),
    _column(
        "a Int[] @default([1]) @db.SmallInt", "a smallint[] DEFAULT ARRAY[1]::smallint[]", DEFAULT
    ),
    _column("a BigInt[] @default([])", "a bigint[] DEFAULT '{}'"),
    _column("a BigInt[] @default([1])", "a bigint[] DEFAULT '{1}'", DEFAULT),
    _column("a BigInt[] @default([1])", "a bigint[] DEFAULT ARRAY[1]::bigint[]", DEFAULT),
    _column("a Float[] @default([1.5])", "a double precision[] DEFAULT ARRAY[1.5]::float8[]"),
    _column("a Float[] @default([-3])", "a double precision[] DEFAULT '{-3}'"),
    _column(
        "a Float[] @default([-3])", "a double precision[] DEFAULT ARRAY[-3]::float8[]", DEFAULT
    ),
    _column("a Decimal[] @default([-3])", "a decimal(65,30)[] DEFAULT ARRAY[-3]"),
    _column(
        f'a String @default("{_UUID}") @db.Uuid', f"a uuid NOT NULL DEFAULT '{_UUID}'", DEFAULT
    ),
    _column(
        f'a String[] @default(["{_UUID}"]) @db.Uuid', f"a uuid[] DEFAULT '{{{_UUID}}}'", DEFAULT
    ),
    _column("a String[] @default([]) @db.Uuid", "a uuid[] DEFAULT '{}'"),
    _column(
        'a DateTime[] @default(["2020-01-01T00:00:00Z"]) @db.Date',
        "a date[] DEFAULT ARRAY['2021-05-04', '2021-05-05']::date[]",
    ),
    _column(
        'a DateTime[] @default(["2020-01-01T00:00:00Z"]) @db.Time(2)',
        "a time(2)[] DEFAULT '{10:00}'",
    ),
    _column(
        'a DateTime[] @default(["2020-01-01T00:00:00Z"])', "a timestamp(3)[] DEFAULT '{}'", DEFAULT
    ),
    _column("a DateTime[] @default([])", "a timestamp(3)[] DEFAULT '{2020-01-01}'"),
    _column("a Boolean @default(true)", "a boolean NOT NULL DEFAULT 't'"),
    _column("a Boolean @default(true)", "a boolean NOT NULL DEFAULT false", DEFAULT),
    _column('a Bytes @default("aGVsbG8=")', "a bytea NOT NULL DEFAULT 'hello'"),
    _column("a String", "a text", REQUIRED),
    _column("a String?", "a text NOT NULL", REQUIRED),
)


def _index(attribute: str, sql: str, *changes: str, fields: str = "", columns: str = "") -> Case:
    fields = fields or "a String\n  b String"
    columns = columns or "a TEXT NOT NULL, b TEXT NOT NULL"
    return Case(
        f"{attribute or 'nothing'} over {sql or 'nothing'}",
        f"model T {{\n  id Int @id\n  {fields}\n  {attribute}\n}}\n",
        f'CREATE TABLE "T" ("id" INTEGER NOT NULL, {columns}, '
        f'CONSTRAINT "T_pkey" PRIMARY KEY ("id")); {sql}',
        changes,
    )


CHANGED, MISSING, EXTRA = (
    "IndexChanged public.T.T_a_idx",
    "IndexMissing public.T.T_a_idx",
    "IndexExtra public.T.foo",
)
_JSON = {"fields": "a Json", "columns": "a jsonb NOT NULL"}

INDEXES = (
    _index("@@index([a])", "", MISSING),
    _index("", 'CREATE INDEX foo ON "T"(a);', EXTRA),
    _index("@@index([a])", 'CREATE INDEX foo ON "T"(a);', CHANGED),
    _index("", 'CREATE INDEX foo ON "T"(a) WHERE b IS NOT NULL;'),
    _index("@@index([a])", 'CREATE INDEX foo ON "T"(a) WHERE b IS NOT NULL;', CHANGED),
    _index("@@index([a])", 'CREATE INDEX "T_a_idx" ON "T"(a) WHERE b IS NOT NULL;'),
    _index(
        "@@unique([a])",
        'CREATE INDEX "T_a_key" ON "T"(a) WHERE b IS NOT NULL;',
        "IndexMissing public.T.T_a_key",
    ),
    _index("", 'CREATE INDEX foo ON "T"(lower(a));'),
    _index("@@index([a])", 'CREATE INDEX "T_a_idx" ON "T"(lower(a));', MISSING),
    _index("", 'CREATE INDEX foo ON "T"(a, lower(b));'),
    _index("", 'CREATE INDEX foo ON "T" USING gin (a);', EXTRA, **_JSON),
    _index("@@index([a])", 'CREATE INDEX "T_a_idx" ON "T" USING gin (a);', CHANGED, **_JSON),
    _index(
        "@@index([a], type: Gin)",
        'CREATE INDEX "T_a_idx" ON "T" USING gin (a jsonb_path_ops);',
        CHANGED,
        **_JSON,
    ),
    _index(
        "@@index([a(ops: JsonbPathOps)], type: Gin)",
        'CREATE INDEX "T_a_idx" ON "T" USING gin (a jsonb_path_ops);',
        **_JSON,
    ),
    _index(
        "@@index([a(ops: InetOps)], type: Gist)",
        'CREATE INDEX "T_a_idx" ON "T" USING gist (a inet_ops);',
        fields="a String @db.Inet",
        columns="a inet NOT NULL",
    ),
    _index("@@index([a])", 'CREATE INDEX "T_a_idx" ON "T"(a) INCLUDE (b);', CHANGED),
    _index("@@index([a, b])", 'CREATE INDEX "T_a_b_idx" ON "T"(a) INCLUDE (b);'),
    _index("@@index([a])", 'CREATE INDEX "T_a_idx" ON "T"(a text_pattern_ops);'),
    _index(
        '@@index([a(ops: raw("text_pattern_ops"))])',
        'CREATE INDEX "T_a_idx" ON "T"(a text_pattern_ops);',
        CHANGED,
    ),
    _index("@@index([a])", 'CREATE INDEX "T_a_idx" ON "T"(a COLLATE "C");'),
    _index("@@index([a])", 'CREATE INDEX "T_a_idx" ON "T"(a DESC);', CHANGED),
    _index("@@index([a(sort: Desc)])", 'CREATE INDEX "T_a_idx" ON "T"(a DESC NULLS LAST);'),
    _index("@@index([a], type: Hash)", 'CREATE INDEX "T_a_idx" ON "T" USING hash (a);'),
    _index("@@index([a])", 'CREATE INDEX "T_a_idx" ON "T" USING hash (a);', CHANGED),
    _index("@@unique([a])", 'ALTER TABLE "T" ADD CONSTRAINT "T_a_key" UNIQUE (a);'),
    _index(
        "@@unique([a])",
        'ALTER TABLE "T" ADD CONSTRAINT "foo" UNIQUE (a);',
        "IndexChanged public.T.T_a_key",
    ),
    _index("@@unique([a])", 'ALTER TABLE "T" ADD CONSTRAINT "T_a_key" UNIQUE (a) DEFERRABLE;'),
    _index("@@unique([a])", 'CREATE UNIQUE INDEX "T_a_key" ON "T"(a) NULLS NOT DISTINCT;'),
    _index("@@index([a])", 'CREATE INDEX "T_a_idx" ON "T"(a); CREATE INDEX foo ON "T"(a);'),
    _index("@@index([a])", 'CREATE INDEX bar ON "T"(a); CREATE INDEX foo ON "T"(a);'),
    _index('@@index([a])\n  @@index([a], map: "foo")', 'CREATE INDEX "T_a_idx" ON "T"(a);'),
    _index(
        "@@unique([a])\n  @@index([a])",
        'CREATE INDEX "T_a_idx" ON "T"(a);',
        "IndexMissing public.T.T_a_key",
    ),
    _index("", 'ALTER TABLE "T" ADD CONSTRAINT ex EXCLUDE USING btree (a WITH =);'),
    _index("", 'CREATE INDEX foo ON "T" USING brin (a);', EXTRA),
    Case(
        "an index renamed together with nothing else, in a table without other columns",
        "model T {\n  id Int @id\n}\n",
        'CREATE TABLE "T" (id int, CONSTRAINT foo PRIMARY KEY (id));',
        ("PrimaryKeyChanged public.T.T_pkey",),
    ),
    Case(
        "a primary key in another order",
        "model T {\n  a Int\n  b Int\n  @@id([a, b])\n}\n",
        'CREATE TABLE "T" (a int, b int, PRIMARY KEY (b, a));',
        ("PrimaryKeyChanged public.T.T_pkey",),
    ),
    Case(
        "a primary key where a unique is declared",
        "model T {\n  a Int @unique\n}\n",
        'CREATE TABLE "T" (a int, PRIMARY KEY (a));',
        ("PrimaryKeyChanged public.T.T_pkey", "IndexMissing public.T.T_a_key"),
    ),
)

_RELATION = (
    "model A {{\n  id Int @id\n  bs B[]\n}}\n"
    "model B {{\n  id Int @id\n  aid Int{0}\n"
    "  a A{0} @relation(fields: [aid], references: [id])\n}}\n"
)
_TABLES = (
    'CREATE TABLE "A" (id int NOT NULL, CONSTRAINT "A_pkey" PRIMARY KEY (id)); '
    'CREATE TABLE "B" (id int NOT NULL, aid int {}, CONSTRAINT "B_pkey" PRIMARY KEY (id)); '
)
_KEY = (
    'ALTER TABLE "B" ADD CONSTRAINT "{}" FOREIGN KEY (aid) REFERENCES "A"(id) '
    "ON DELETE {} ON UPDATE {}{};"
)


def _key(name: str, sql: str, *changes: str, optional: bool = False, mode: str = "") -> Case:
    return Case(
        name,
        _RELATION.format("?" if optional else ""),
        _TABLES.format("" if optional else "NOT NULL") + sql,
        changes,
        datasource=mode,
    )


_GOOD = _KEY.format("B_aid_fkey", "RESTRICT", "CASCADE", "")
_FKEY = "public.B.B_aid_fkey"

KEYS = (
    _key("a foreign key as declared", _GOOD),
    _key(
        "a foreign key of another name",
        _GOOD.replace("B_aid_fkey", "foo"),
        f"ForeignKeyChanged {_FKEY}",
    ),
    _key(
        "a foreign key that cascades",
        _GOOD.replace("RESTRICT", "CASCADE"),
        f"ForeignKeyChanged {_FKEY}",
    ),
    _key("no foreign key", "", f"ForeignKeyMissing {_FKEY}"),
    _key("a foreign key twice", _GOOD + _GOOD.replace("B_aid_fkey", "foo")),
    _key(
        "a deferrable foreign key", _KEY.format("B_aid_fkey", "RESTRICT", "CASCADE", " DEFERRABLE")
    ),
    _key(
        "a foreign key that is not valid",
        _KEY.format("B_aid_fkey", "RESTRICT", "CASCADE", " NOT VALID"),
    ),
    _key("an optional relation", _GOOD.replace("RESTRICT", "SET NULL"), optional=True),
    _key(
        "a foreign key against relationMode prisma",
        _GOOD,
        f"ForeignKeyExtra {_FKEY}",
        mode='  relationMode = "prisma"\n',
    ),
)

_JOIN = "model A {\n  id Int @id\n  bs B[]\n}\nmodel B {\n  id Int @id\n  as A[]\n}\n"
_JOINED = (
    'CREATE TABLE "A" (id int NOT NULL, CONSTRAINT "A_pkey" PRIMARY KEY (id)); '
    'CREATE TABLE "B" (id int NOT NULL, CONSTRAINT "B_pkey" PRIMARY KEY (id)); '
    'CREATE TABLE "_AToB" ("A" INTEGER NOT NULL, "B" INTEGER NOT NULL{}); {} '
    'CREATE INDEX "_AToB_B_index" ON "_AToB"("B"); '
    'ALTER TABLE "_AToB" ADD CONSTRAINT "{}" FOREIGN KEY ("A") REFERENCES "A"("id") '
    "ON DELETE CASCADE ON UPDATE CASCADE; "
    'ALTER TABLE "_AToB" ADD CONSTRAINT "{}" FOREIGN KEY ("B") REFERENCES "B"("id") '
    "ON DELETE CASCADE ON UPDATE CASCADE;"
)
_PK = ', CONSTRAINT "_AToB_AB_pkey" PRIMARY KEY ("A", "B")'
_UNIQUE = 'CREATE UNIQUE INDEX "_AToB_AB_unique" ON "_AToB"("A", "B");'
_NAMES = ("_AToB_A_fkey", "_AToB_B_fkey")


def _shared(*targets: str) -> tuple[str, str]:
    """A's lists of B (with a number) and C (with a text), one relation by name; B's table."""
    lists = "".join(f'  {one.lower()}s {one}[] @relation("r")\n' for one in targets)
    models = (
        f"model A {{\n  id Int @id\n{lists}}}\n"
        'model B {\n  id Int @id\n  as A[] @relation("r")\n}\n'
        'model C {\n  id String @id\n  as A[] @relation("r")\n}\n'
    )
    sql = (
        'CREATE TABLE "C" (id text NOT NULL, CONSTRAINT "C_pkey" PRIMARY KEY (id)); '
        + _JOINED.format(_PK, "", *_NAMES)
    )
    return models, sql.replace("_AToB", "_r")


JOINS = (
    Case("a join table with a primary key", _JOIN, _JOINED.format(_PK, "", *_NAMES)),
    Case(
        "a join table with the unique index of older versions",
        _JOIN,
        _JOINED.format("", _UNIQUE, *_NAMES),
        engine_differs=True,
    ),
    Case(
        "a join table with both",
        _JOIN,
        _JOINED.format(_PK, _UNIQUE, *_NAMES),
        ("IndexExtra public._AToB._AToB_AB_unique",),
    ),
    Case(
        "a join table with neither",
        _JOIN,
        _JOINED.format("", "", *_NAMES),
        ("PrimaryKeyChanged public._AToB._AToB_AB_pkey",),
    ),
    Case("a join table with other key names", _JOIN, _JOINED.format(_PK, "", "x", "y")),
    Case(
        "a join table renamed by hand, with the unique index of each of its names",
        _JOIN,
        _JOINED.format("", f'{_UNIQUE} CREATE UNIQUE INDEX o ON "_AToB"("A", "B");', *_NAMES),
        engine_differs=True,
    ),
    Case(
        "two unique indexes where the declared table has one, as an old engine's join tables",
        "model T {\n  id Int @id\n  A Int\n  B Int\n  @@unique([A, B])\n}\n",
        'CREATE TABLE "T" (id int NOT NULL, "A" int NOT NULL, "B" int NOT NULL, '
        'CONSTRAINT "T_pkey" PRIMARY KEY (id)); CREATE UNIQUE INDEX "T_A_B_key" ON "T"("A", "B"); '
        'CREATE UNIQUE INDEX o ON "T"("A", "B");',
    ),
    Case("two relations of one name: the last one's table", *_shared("C", "B")),
    Case(
        "two relations of one name: not the first one's table",
        *_shared("B", "C"),
        ("ColumnTypeChanged public._r.B", "ForeignKeyChanged public._r._r_B_fkey"),
    ),
)

_T = "model T {\n  id Int @id\n}\n"
_TSQL = 'CREATE TABLE "T" (id int NOT NULL, CONSTRAINT "T_pkey" PRIMARY KEY (id)); '
_ENUM = "enum E {\n  A\n  B\n}\nmodel T {\n  id Int @id\n  e E @default(A)\n}\n"


def _enum(values: str, kind: str = '"E"') -> str:
    return (
        f'CREATE TYPE "E" AS ENUM ({values}); CREATE TABLE "T" (id int NOT NULL, '
        f"e {kind} NOT NULL DEFAULT 'A', CONSTRAINT \"T_pkey\" PRIMARY KEY (id));"
    )


OBJECTS = (
    Case("nothing at all", "", ""),
    Case("a missing table", _T, "", ("TableMissing public.T",)),
    Case("an extra table", _T, _TSQL + 'CREATE TABLE "X" (id int);', ("TableExtra public.X",)),
    Case("a table of PostGIS", _T, _TSQL + "CREATE TABLE spatial_ref_sys (id int);"),
    Case("Prisma's own table", _T, _TSQL + "CREATE TABLE _prisma_migrations (id int);"),
    Case(
        "views",
        _T,
        _TSQL + 'CREATE VIEW v AS SELECT * FROM "T"; '
        'CREATE MATERIALIZED VIEW mv AS SELECT * FROM "T"; CREATE INDEX i ON mv (id);',
    ),
    Case(
        "a partition",
        _T,
        'CREATE TABLE "T" (id int NOT NULL, CONSTRAINT "T_pkey" PRIMARY KEY (id)) '
        'PARTITION BY RANGE (id); CREATE TABLE "T1" PARTITION OF "T" FOR VALUES FROM (0) TO (9);',
    ),
    Case(
        "a partition that is partitioned",
        _T,
        'CREATE TABLE "T" (id int NOT NULL, CONSTRAINT "T_pkey" PRIMARY KEY (id)) '
        'PARTITION BY RANGE (id); CREATE TABLE "T1" PARTITION OF "T" FOR VALUES FROM (0) TO (9) '
        "PARTITION BY RANGE (id);",
        ("TableExtra public.T1",),
    ),
    Case(
        "a table that inherits",
        _T,
        _TSQL + 'CREATE TABLE "C" () INHERITS ("T");',
        ("TableExtra public.C",),
    ),
    Case(
        "objects in a schema that is not compared",
        _T,
        _TSQL + "CREATE SCHEMA o; CREATE TABLE o.x (id int); CREATE TYPE o.e AS ENUM ('a');",
    ),
    Case(
        "checks, triggers, functions, policies, grants and comments",
        _T,
        _TSQL + 'ALTER TABLE "T" ADD CONSTRAINT c CHECK (id > 0); '
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; "
        'CREATE TRIGGER t BEFORE UPDATE ON "T" FOR EACH ROW EXECUTE FUNCTION f(); '
        'ALTER TABLE "T" ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON "T" USING (true); '
        'GRANT SELECT ON "T" TO PUBLIC; COMMENT ON TABLE "T" IS \'x\';',
    ),
    Case("enum values in another order", _ENUM, _enum("'B', 'A'")),
    Case("an enum over text", _ENUM, _enum("'A', 'B'", "text"), ("ColumnTypeChanged public.T.e",)),
    Case("a missing enum value", _ENUM, _enum("'A'"), ("EnumValuesChanged public.E",)),
    Case("an extra enum value", _ENUM, _enum("'A', 'B', 'C'"), ("EnumValuesChanged public.E",)),
    Case("an extra enum", _T, _TSQL + "CREATE TYPE \"E\" AS ENUM ('A');", ("EnumExtra public.E",)),
    Case(
        "a column over a domain",
        "model T {\n  id Int @id\n  a String @db.VarChar(10)\n}\n",
        'CREATE DOMAIN d AS varchar(10) NOT NULL; CREATE TABLE "T" (id int NOT NULL, a d, '
        'CONSTRAINT "T_pkey" PRIMARY KEY (id));',
    ),
    Case(
        "a model in a schema that no migration creates",
        'model T {\n  id Int @id\n  @@schema("public")\n}\n'
        'model U {\n  id Int @id\n  @@schema("b")\n}\n',
        _TSQL,
        ("SchemaMissing b", "TableMissing b.U"),
        datasource='  schemas = ["public", "b"]\n',
    ),
    Case(
        "a schema without anything in it",
        'model T {\n  id Int @id\n  @@schema("public")\n}\n',
        _TSQL,
        datasource='  schemas = ["public", "b"]\n',
    ),
    Case(
        "ignored models and fields",
        "model T {\n  id Int @id\n  x Int @ignore\n}\nmodel I {\n  id Int @id\n  @@ignore\n}\n",
        _TSQL,
        ("TableMissing public.I", "ColumnMissing public.T.x"),
    ),
    Case(
        "a function of the connection's schema as default",
        'model T {\n  id Int @id\n  a String @default(dbgenerated("gen()"))\n}\n',
        "CREATE FUNCTION gen() RETURNS text LANGUAGE sql AS 'select ''x''::text'; "
        'CREATE TABLE "T" (id int NOT NULL, a text NOT NULL DEFAULT gen(), '
        'CONSTRAINT "T_pkey" PRIMARY KEY (id));',
    ),
    Case(
        "a partial index, declared with the preview feature",
        'model T {\n  id Int @id\n  a String\n  @@index([a], map: "foo", '
        'where: raw("a IS NULL"))\n}\n',
        'CREATE TABLE "T" (id int NOT NULL, a text NOT NULL, CONSTRAINT "T_pkey" PRIMARY KEY (id));'
        'CREATE INDEX foo ON "T" (a) WHERE a IS NULL;',
        preview='"partialIndexes"',
    ),
    Case(
        "a partial index, not declared, with the preview feature",
        "model T {\n  id Int @id\n  a String\n}\n",
        'CREATE TABLE "T" (id int NOT NULL, a text NOT NULL, CONSTRAINT "T_pkey" PRIMARY KEY (id));'
        'CREATE INDEX foo ON "T" (a) WHERE a IS NULL;',
        ("IndexExtra public.T.foo",),
        preview='"partialIndexes"',
    ),
)


NEVER_SATISFIED = (
    *(
        'dbgenerated("',
        'raw("text_pattern_ops")',
        "BigInt[] @default([1])",
        "Float[] @default([-3])",
    ),
    *("[1]) @db.SmallInt", '174000") @db.Uuid', '174000"]) @db.Uuid'),
)
"""In the models of cases: what Prisma's engine wants changed again after every change."""


def merged(cases: tuple[Case, ...]) -> tuple[str, str]:
    """The models and the migrations of cases about one table `T` each, as tables `T0`, `T1` ..."""
    models, scripts = [], []
    for at, case in enumerate(cases):
        models.append(case.models.replace("model T {", f"model T{at} {{"))
        scripts.append(case.sql.replace('"T"', f'"T{at}"').replace('"T_pkey"', f'"T{at}_pkey"'))
    return "\n".join(models), "\n".join(scripts)


def all_cases() -> Iterator[Case]:
    """Every case."""
    for group in (COLUMNS, INDEXES, KEYS, JOINS, OBJECTS):
        yield from group
