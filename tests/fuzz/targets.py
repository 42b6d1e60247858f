"""What is fuzzed: each takes bytes, and may raise nothing but what it is documented to raise."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType


def prisma(data: bytes) -> None:
    """The lexer and parser of Prisma schemas."""
    from workers.engine.prisma.parser import parse
    from workers.engine.source import SourceFile

    parse(SourceFile("schema.prisma", data.decode("utf-8", "replace")))


def declaration(data: bytes) -> None:
    """What the schema that a Prisma file declares is, of a sound or a broken one."""
    from workers.engine.prisma.describe import describe
    from workers.engine.source import SourceFile

    describe([SourceFile("schema.prisma", data.decode("utf-8", "replace"))])


def sql(data: bytes) -> None:
    """The splitting of SQL, with libpg_query below it."""
    from workers.engine.sql import split
    from workers.engine.sql.text import Text

    split.read(Text("migration.sql", data.decode("utf-8", "replace")))


def _replayed(provider: str) -> Callable[[bytes], None]:
    def target(data: bytes) -> None:
        from workers.engine.source import SourceFile
        from workers.engine.sql.replay import Ground, Migration, replay

        source = SourceFile("1/migration.sql", data.decode("utf-8", "replace"))
        replay([Migration("1", source)], Ground(provider=provider), lenient=bool(len(data) % 2))

    target.__doc__ = f"The run of a migration, as {provider} would."
    return target


def script(data: bytes) -> None:
    """The reader of TypeScript, above tree-sitter."""
    from workers.engine.code.reader import read_script

    read_script("a.ts", data.decode("utf-8", "replace"))


def workflow(data: bytes) -> None:
    """The commands in a CI workflow, and the shell's words in them."""
    from workers.engine.project.shell import shell_commands
    from workers.engine.project.workflows import yaml_commands

    text = data.decode("utf-8", "replace")
    for _ in yaml_commands(text, "run"):
        pass
    for _ in shell_commands(text):
        pass


def connection(data: bytes) -> None:
    """The database addresses in `.env` and compose files."""
    from workers.engine.project.connection import find_connections
    from workers.engine.project.texts import Texts
    from workers.engine.snapshot import Tree

    for path in (".env", "compose.yaml"):
        list(find_connections(Texts(Tree({path: data}, frozenset({path}))), [path]))


def configuration(data: bytes) -> None:
    """The reader of `.github/driftline.yml`."""
    from workers.engine.config.reader import read_configuration
    from workers.engine.source import SourceFile

    text = data.decode("utf-8", "replace")
    read_configuration(SourceFile(".github/driftline.yml", text), {"column-missing"})


def patch(data: bytes) -> None:
    """The reader of unified diffs."""
    from workers.review.patch import read_patch

    read_patch(data.decode("utf-8", "replace"))


def command(data: bytes) -> None:
    """The reader of commands in comments."""
    from bot.commands import parse_command

    parse_command(data.decode("utf-8", "replace"))


def event(data: bytes) -> None:
    """The reader of webhooks' payloads; the first byte picks the event."""
    from bot.events import SUBSCRIBED, InvalidPayload, read_event

    names = (*SUBSCRIBED, "installation", "installation_repositories", "ping")
    try:
        payload = json.loads(data[1:])
    except (ValueError, RecursionError):
        return
    if isinstance(payload, dict):
        try:
            read_event(names[data[0] % len(names)], payload, delivery="d", app_id="1")
        except InvalidPayload:
            return


TARGETS: Mapping[str, Callable[[bytes], None]] = MappingProxyType(
    {
        "prisma": prisma,
        "declaration": declaration,
        "sql": sql,
        "postgresql": _replayed("postgresql"),
        "mysql": _replayed("mysql"),
        "sqlite": _replayed("sqlite"),
        "sqlserver": _replayed("sqlserver"),
        "script": script,
        "workflow": workflow,
        "connection": connection,
        "configuration": configuration,
        "patch": patch,
        "command": command,
        "event": event,
    }
)

_SCHEMA = b"""datasource db {
  provider = "postgresql"
}
model A {
  id Int @id @default(autoincrement())
  b B[] @relation("x")
  c String? @db.VarChar(3) @map("d")
  @@index([id, c(sort: Desc)], map: "e")
}
model B {
  a A? @relation("x", fields: [x], references: [id])
  x Int? @unique
  e E @default(b)
}
enum E {
  a
  b @map("c")
}
"""

SEEDS: Mapping[str, tuple[bytes, ...]] = MappingProxyType(
    {
        "prisma": (
            b'model A {\n  id Int @id @default(autoincrement())\n  b B[] @relation("x")\n'
            b'  c String? @db.VarChar(3) @map("d")\n  @@index([id, c(sort: Desc)], map: "e")\n}\n',
            b'/// note\nenum E { a b @map("c") @@map("d") }\ntype T { x Json @default("{}") }',
        ),
        "declaration": (
            _SCHEMA,
            b'datasource d { provider = "mysql" }\nmodel A { x Json @default("{}")\n'
            b" y Decimal @db.Decimal(9, 2) @default(1.5)\n z A[]\n w A[]\n @@id([x, y]) }",
        ),
        "postgresql": (
            b"CREATE TABLE a (b int DEFAULT 1, CHECK (b > 0));\nALTER TABLE a ADD COLUMN c text;",
            b"CREATE TYPE e AS ENUM ('x'); DO $x$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type) THEN"
            b" CREATE TYPE f AS ENUM (); END IF; END $x$; CREATE VIEW v AS SELECT 1 AS a;",
        ),
        "mysql": (
            b"CREATE TABLE `a` (`b` INT UNSIGNED NOT NULL AUTO_INCREMENT, PRIMARY KEY (`b`))"
            b" DEFAULT CHARACTER SET utf8mb4;\nALTER TABLE a ADD COLUMN c ENUM('x') AFTER b;",
            b"/*!50001 CREATE TABLE x (y json DEFAULT (1)) */;\nDELIMITER $$\nSELECT 1$$",
        ),
        "sqlite": (
            b'CREATE TABLE "a" ("b" INTEGER PRIMARY KEY, c TEXT DEFAULT (1) REFERENCES a(b));',
            b"PRAGMA foreign_keys=OFF; ALTER TABLE a RENAME TO b; INSERT INTO a SELECT 1;",
        ),
        "sqlserver": (
            b"BEGIN TRY\nBEGIN TRAN;\nCREATE TABLE [dbo].[a] ([b] INT NOT NULL IDENTITY(1,1),"
            b" CONSTRAINT [a_pkey] PRIMARY KEY CLUSTERED ([b]));\nCOMMIT TRAN;\nEND TRY",
            b"ALTER TABLE [a] ADD CONSTRAINT x DEFAULT N'y' FOR b;\nGO\nEXEC SP_RENAME 'a', 'b';",
        ),
        "script": (
            b"const p = new PrismaClient();\nawait p.user.findMany({ where: { a: `x${1}` } });\n",
            b"export const a = drizzle('x'); interface B { c?: D[] } p.$queryRaw`SELECT 1`;\n",
        ),
        "workflow": (
            b"on: push\njobs:\n  a:\n    steps:\n      - run: |\n          X=1 npx prisma migrate"
            b" deploy --schema=a && b\n        env: {A: '${{ secrets.B }}'}\n",
            b"a: &x [1, {run: b}]\nc: *x\n",
        ),
        "connection": (
            b'DATABASE_URL="postgres://u:p%40@h:5432/d?schema=${X:-a}"\nX=b\n',
            b"services:\n  a:\n    environment:\n      DATABASE_URL: postgresql://a/b?schema=c#d\n",
        ),
        "sql": (
            b"CREATE TABLE a (b int DEFAULT 1, CHECK (b > 0));\n-- x\n/* y */ SELECT 1;",
            b"DO $x$ BEGIN NULL; END $x$; COPY a FROM stdin;\n1\n\\.\nSELECT 'it''s', E'\\n';",
        ),
        "configuration": (
            b"version: 1\nrules:\n  column-missing: off\nignore:\n  - path: a/**\n    reason: b\n",
            b"trial: true\non-unknown: neutral\nmax-comments: 3\n",
        ),
        "patch": (
            b"diff --git a/x b/y\nrename from x\nrename to y\n--- a/x\n+++ b/y\n"
            b"@@ -1,2 +1,3 @@ f\n a\n-b\n+c\n+d\n\\ No newline at end of file\n",
            b'diff --git "a/\\303\\244" "b/\\t"\nnew file mode 100644\nBinary files differ\n',
        ),
        "command": (b"/driftline ignore `abc` why\n", b"> /recheck\n```\n/recheck\n```\n/recheck"),
        "event": (
            b'\x04{"action":"opened","pull_request":{"number":1,"head":{"sha":"a"}},'
            b'"repository":{"id":1,"full_name":"a/b"},"installation":{"id":1}}',
            b'\x02{"action":"created","issue":{"number":1,"pull_request":{}},"comment":{"id":1}}',
        ),
    }
)
