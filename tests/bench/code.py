"""`python -m tests.bench.code`: how long code takes to be read, the first time and later.

A made-up monorepo of 5,000 TypeScript files, a third of which use the Prisma client, beside a
schema of 80 models. The first look is `driftline check` as a process; a later pull request is
judged in this process as a worker does it, with what earlier ones left in Redis and the bytes of
the changed files alone.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import replace

from tests.bench.__main__ import DRIFTLINE, measure
from tests.bench.project import write_project

FILES = 5000
MODELS = 80
MIGRATIONS = 400


def write_code(root: Path, files: int = FILES, models: int = MODELS, seed: int = 3) -> int:
    """Write so many files into packages of fifty; the bytes written."""
    chance = random.Random(seed)
    (root / "package.json").write_text('{ "name": "bench", "workspaces": ["packages/*"] }')
    (root / "tsconfig.json").write_text(
        '{ "compilerOptions": { "baseUrl": ".", "paths": { "@db": ["./packages/db.ts"] } } }'
    )
    folder = root / "packages"
    folder.mkdir()
    (folder / "db.ts").write_text(
        'import { PrismaClient } from "@prisma/client";\n'
        "export const prisma = new PrismaClient();\n"
    )
    size = 0
    for number in range(files):
        target = folder / f"p{number // 50}" / "src" / f"file{number}.ts"
        target.parent.mkdir(parents=True, exist_ok=True)
        text = _using(number, models, chance) if number % 3 == 0 else _plain(number)
        target.write_text(text)
        size += len(text)
    return size


def _using(number: int, models: int, chance: random.Random) -> str:
    lines = ['import { prisma } from "@db";', 'import { format } from "date-fns";', ""]
    for index in range(2):
        model = f"model{chance.randrange(models)}"
        lines += [
            f"export async function load{number}_{index}(id: string, since: Date) {{",
            f"  const rows = await prisma.{model}.findMany({{",
            "    where: { id, field0: { not: null }, createdAt: { gte: since } },",
            "    select: { id: true, field0: true, field1: true, createdAt: true },",
            '    orderBy: { createdAt: "desc" },',
            "    take: 20,",
            "  });",
            f"  await prisma.{model}.update({{ where: {{ id }}, data: {{ field1: null }} }});",
            '  return rows.map((row) => ({ ...row, day: format(row.createdAt, "yyyy") }));',
            "}",
            "",
        ]
    return "\n".join(lines) + _plain(number)


def _plain(number: int) -> str:
    body = [
        f"export function part{number}_{index}(values: number[], limit = {index}): number {{\n"
        "  const kept = values.filter((value) => value > limit).map((value) => value * 2);\n"
        "  if (kept.length === 0) {\n    return limit;\n  }\n"
        "  return kept.reduce((sum, value) => sum + value, 0);\n}\n"
        for index in range(12)
    ]
    return "\n".join(body)


class _Redis:
    """Redis as the memo sees it, with a real server behind it."""

    def __init__(self, url: str) -> None:
        from redis import Redis

        from workers.cache import RedisMemo

        self.memo = RedisMemo(Redis.from_url(url))


def later_look(root: Path, changed: Iterable[str]) -> tuple[float, float]:
    """Seconds that the first and a later pull request take in a worker."""
    from tests.support.valkey import running_valkey
    from workers.checkout import local_snapshot
    from workers.engine.analyze import analyze
    from workers.engine.settings import Settings
    from workers.engine.snapshot import Code, Snapshot

    head = local_snapshot(root, reads_code=True).head
    names = frozenset(changed)
    with running_valkey() as url:
        memo = _Redis(url).memo
        start = time.perf_counter()
        analyze(Snapshot(head, head, names), Settings(), memo)
        first = time.perf_counter() - start
        base = replace(head, code=Code(head.code.names, {}))
        contents = {}
        blobs = dict(head.code.names)
        for path in names:
            data = head.code.contents[blobs[path]] + b"\nexport const later = 1;\n"
            blobs[path] = f"changed-{path}"
            contents[blobs[path]] = data
        after = replace(head, code=Code(blobs, contents))
        start = time.perf_counter()
        analyze(Snapshot(after, base, names), Settings(), _Redis(url).memo)
        return first, time.perf_counter() - start


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_project(root, MIGRATIONS, MODELS)
        command = [str(DRIFTLINE), "check", str(root)]
        bare, fastest, _ = measure(command, 3)
        print(f"schema and migrations alone: median {bare:.2f} s, fastest {fastest:.2f} s")
        size = write_code(root)
        median, fastest, peak = measure(command, 3)
        print(
            f"{FILES} files of code, {size // 1024} KB, {os.cpu_count()} cores: first look median "
            f"{median:.2f} s, fastest {fastest:.2f} s, peak {peak // 1024} MB"
        )
        changed = [f"packages/p{number}/src/file{number * 50}.ts" for number in range(0, 30, 3)]
        first, later = later_look(root, changed)
        print(f"in a worker: the first pull request {first:.2f} s, a later one {later:.2f} s")


if __name__ == "__main__":
    sys.exit(main())
