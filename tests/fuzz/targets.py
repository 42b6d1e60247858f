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


def sql(data: bytes) -> None:
    """The splitting of SQL, with libpg_query below it."""
    from workers.engine.sql import split
    from workers.engine.sql.text import Text

    split.read(Text("migration.sql", data.decode("utf-8", "replace")))


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
        "sql": sql,
        "configuration": configuration,
        "patch": patch,
        "command": command,
        "event": event,
    }
)

SEEDS: Mapping[str, tuple[bytes, ...]] = MappingProxyType(
    {
        "prisma": (
            b'model A {\n  id Int @id @default(autoincrement())\n  b B[] @relation("x")\n'
            b'  c String? @db.VarChar(3) @map("d")\n  @@index([id, c(sort: Desc)], map: "e")\n}\n',
            b'/// note\nenum E { a b @map("c") @@map("d") }\ntype T { x Json @default("{}") }',
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
