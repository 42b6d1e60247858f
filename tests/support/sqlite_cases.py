"""Small pairs of a Prisma schema for SQLite and a migration, and what separates them.

What is expected was measured on Prisma's engine (test_sqlite_oracle.py measures again where it is
installed).
"""

from __future__ import annotations

from tests.support.drift_cases import Case


def _column(field: str, column: str, *changes: str) -> Case:
    return Case(
        f"{field} over {column}",
        f"model T {{\n  id Int @id\n  {field}\n}}\n",
        f'CREATE TABLE "T" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, {column});',
        tuple(f"{change} public.T.a" for change in changes),
    )


TYPE, DEFAULT = "ColumnTypeChanged", "ColumnDefaultChanged"

COLUMNS = (
    _column("a String", "a VARCHAR(10) NOT NULL"),
    _column("a BigInt", "a INTEGER NOT NULL", TYPE),
    _column("a DateTime @default(now())", "a DATETIME NOT NULL DEFAULT (datetime('now'))"),
    _column("a DateTime @default(now())", "a DATETIME NOT NULL DEFAULT current_timestamp"),
    _column(
        "a DateTime @default(now())", "a DATETIME NOT NULL DEFAULT (strftime('%s','now'))", DEFAULT
    ),
    _column("a Boolean @default(true)", "a BOOLEAN NOT NULL DEFAULT 1"),
    _column("a Boolean @default(true)", "a BOOLEAN NOT NULL DEFAULT 'true'", DEFAULT),
    _column('a Json @default("{}")', "a JSONB NOT NULL DEFAULT '{}'"),
    _column('a Json @default("[]")', "a JSONB NOT NULL DEFAULT '{}'"),
    _column("a Json", "a JSONB NOT NULL DEFAULT '{}'", DEFAULT),
    _column("a Json", "a JSON NOT NULL", TYPE),
    _column("a Json", "a TEXT NOT NULL", TYPE),
    _column("a String @default(uuid())", "a TEXT NOT NULL DEFAULT (hex(randomblob(8)))", DEFAULT),
    _column("a Float @default(1.50)", "a REAL NOT NULL DEFAULT 1.5"),
    _column("a Float", "a DOUBLE PRECISION NOT NULL", TYPE),
    _column("a Decimal @default(1)", "a DECIMAL NOT NULL DEFAULT 1"),
    _column("a Int @default(-1)", "a INTEGER NOT NULL DEFAULT -1"),
    _column("a Int @default(1)", "a INTEGER NOT NULL DEFAULT (1)"),
    _column("a String", "a TEXT NOT NULL, g TEXT GENERATED ALWAYS AS (a || 'x') VIRTUAL"),
    _column("a String", "a TEXT NOT NULL COLLATE NOCASE CHECK (a <> '')"),
    _column('a Unsupported("foo")', "a foo NOT NULL"),
    _column('a Unsupported("foo")', "a bar NOT NULL", TYPE),
    _column("a String", "a TEXT", "ColumnNullabilityChanged"),
)

_T = 'CREATE TABLE "T" ("id" INTEGER NOT NULL PRIMARY KEY, "a" TEXT NOT NULL);\n'
_M = "model T {\n  id Int @id\n  a String\n  %s\n}\n"
_RELATION = (
    "model A {\n  id Int @id\n  bs B[]\n}\n"
    "model B {\n  id Int @id\n  aid Int\n  a A @relation(fields: [aid], references: [id])\n}\n"
)
_RELATED = (
    'CREATE TABLE "A" ("id" INTEGER NOT NULL PRIMARY KEY);\n'
    'CREATE TABLE "B" ("id" INTEGER NOT NULL PRIMARY KEY, "aid" INTEGER NOT NULL %s);\n'
)
_FKEY = "public.B.B_aid_fkey"

OTHERS = (
    Case(
        "a unique constraint",
        _M % "@@unique([a])",
        _T.replace('"a" TEXT NOT NULL', '"a" TEXT NOT NULL UNIQUE'),
        ("IndexChanged public.T.T_a_key",),
    ),
    Case(
        "an unwanted unique constraint",
        _M % "",
        _T.replace('"a" TEXT NOT NULL', '"a" TEXT NOT NULL UNIQUE'),
        ("IndexExtra public.T.sqlite_autoindex_T_1",),
    ),
    Case(
        "an index of another name",
        _M % "@@index([a])",
        _T + 'CREATE INDEX foo ON "T"(a);',
        ("IndexChanged public.T.T_a_idx",),
    ),
    Case("an expression index", _M % "", _T + 'CREATE INDEX foo ON "T"(lower(a));'),
    Case(
        "a descending index",
        _M % "@@index([a])",
        _T + 'CREATE INDEX "T_a_idx" ON "T"(a DESC);',
        ("IndexChanged public.T.T_a_idx",),
    ),
    Case(
        "a view and a trigger",
        _M % "",
        _T + 'CREATE VIEW v AS SELECT * FROM "T";\nCREATE TRIGGER t AFTER INSERT ON "T" BEGIN '
        'UPDATE "T" SET a = CASE WHEN 1 THEN a ELSE a END; END;',
    ),
    Case(
        "a text key that may be NULL",
        "model T {\n  id String @id\n}\n",
        'CREATE TABLE "T" (id TEXT PRIMARY KEY);',
        ("ColumnNullabilityChanged public.T.id",),
    ),
    Case(
        "the row's own number as key",
        "model T {\n  id Int @id\n}\n",
        'CREATE TABLE "T" (id INTEGER PRIMARY KEY);',
    ),
    Case(
        "a key in another order",
        "model T {\n  a Int\n  b Int\n  @@id([a, b])\n}\n",
        'CREATE TABLE "T" (a INTEGER NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (b, a));',
        ("PrimaryKeyChanged public.T.",),
    ),
    Case(
        "a foreign key",
        _RELATION,
        _RELATED
        % (
            ', CONSTRAINT "x" FOREIGN KEY ("aid") REFERENCES "A" ("id") '
            "ON DELETE RESTRICT ON UPDATE CASCADE"
        ),
    ),
    Case(
        "a foreign key without columns",
        _RELATION,
        _RELATED % ', FOREIGN KEY ("aid") REFERENCES "A" ON DELETE RESTRICT ON UPDATE CASCADE',
    ),
    Case("no foreign key", _RELATION, _RELATED % "", (f"ForeignKeyMissing {_FKEY}",)),
    Case(
        "a foreign key without actions",
        _RELATION,
        _RELATED % "REFERENCES A(id)",
        (f"ForeignKeyChanged {_FKEY}",),
    ),
    Case(
        "a table made anew as Prisma does it",
        _M.replace("a String", "a String\n  b Int?") % "@@index([a])",
        _T + 'PRAGMA foreign_keys=OFF;\nCREATE TABLE "new_T" ("id" INTEGER NOT NULL PRIMARY KEY, '
        '"a" TEXT NOT NULL, "b" INTEGER);\nINSERT INTO "new_T" ("id", "a") SELECT "id", "a" '
        'FROM "T";\nDROP TABLE "T";\nALTER TABLE "new_T" RENAME TO "T";\n'
        'CREATE INDEX "T_a_idx" ON "T"("a");\nPRAGMA foreign_keys=ON;',
    ),
    Case(
        "columns added, renamed and dropped",
        _M % "",
        'CREATE TABLE "T" ("id" INTEGER NOT NULL PRIMARY KEY, "old" TEXT NOT NULL, "gone" TEXT);\n'
        'ALTER TABLE "T" RENAME COLUMN "old" TO "a";\nALTER TABLE "T" DROP COLUMN "gone";\n'
        'ALTER TABLE "T" ADD COLUMN "more" TEXT;',
        ("ColumnExtra public.T.more",),
    ),
)
