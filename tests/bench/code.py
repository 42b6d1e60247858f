"""`python -m tests.bench.code`: how long code takes to be read, the first time and later.

A made-up monorepo of 5,000 TypeScript files, a third of which use the Prisma client, beside a
schema of 80 models. The first look is `driftline check` as a process with an empty cache; a later
pull request is judged in this process as a worker does it, with what earlier ones left in Redis and
the bytes of the changed files alone.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from tests.bench.__main__ import DRIFTLINE
from tests.bench.project import write_project

FILES = 5000
MODELS = 80
MIGRATIONS = 400
RUNS = 3
LATER = 7


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


class Cost(NamedTuple):
    """What something took: on the clock, and of the processors, which other work disturbs less."""

    seconds: float
    processor: float

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s ({self.processor:.2f} s of processor)"


def cost_of(work: Callable[[], object]) -> Cost:
    """What a piece of work takes in this process and in those that it starts."""
    start, before = time.perf_counter(), os.times()
    work()
    after = os.times()
    return Cost(time.perf_counter() - start, sum(after[:4]) - sum(before[:4]))


def median_of(costs: Iterable[Cost]) -> Cost:
    """The one in the middle, by the clock."""
    ordered = sorted(costs)
    return ordered[len(ordered) // 2]


def check(root: Path, cache: Path) -> None:
    """`driftline check` as a process with a cache folder of its own."""
    subprocess.run(
        [str(DRIFTLINE), "check", str(root)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
    )


def in_a_worker(root: Path, changed: Iterable[str]) -> tuple[Cost, Cost]:
    """What the first and a later pull request cost in a worker."""
    from redis import Redis

    from tests.support.valkey import running_valkey
    from workers.cache import RedisMemo
    from workers.checkout import local_snapshot
    from workers.engine.analyze import analyze
    from workers.engine.settings import Settings
    from workers.engine.snapshot import Code, Snapshot

    head = local_snapshot(root, reads_code=True).head
    names = frozenset(changed)
    base = replace(head, code=Code(head.code.names, {}))
    contents = {}
    blobs = dict(head.code.names)
    for path in names:
        data = head.code.contents[blobs[path]] + b"\nexport const later = 1;\n"
        blobs[path] = f"changed-{path}"
        contents[blobs[path]] = data
    after = replace(head, code=Code(blobs, contents))
    with running_valkey() as url:

        def review(snapshot: Snapshot) -> Cost:
            memo = RedisMemo(Redis.from_url(url))
            return cost_of(lambda: analyze(snapshot, Settings(), memo))

        first = review(Snapshot(head, head, names))
        return first, median_of(review(Snapshot(after, base, names)) for _ in range(LATER))


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        root, caches = Path(folder, "project"), Path(folder, "caches")
        root.mkdir()
        write_project(root, MIGRATIONS, MODELS)
        check(root, caches / "bare")
        bare = median_of(cost_of(lambda: check(root, caches / "bare")) for _ in range(RUNS))
        print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(f"schema and migrations alone: {bare}")
        size = write_code(root)
        print(f"{FILES} files of code, {size // 1024} KB")
        colds = [cost_of(lambda at=run: check(root, caches / f"{at}")) for run in range(RUNS)]
        print(f"`driftline check`, first look: {median_of(colds)}")
        warm = median_of(cost_of(lambda: check(root, caches / "0")) for _ in range(RUNS))
        print(f"`driftline check`, again: {warm}")
        changed = [f"packages/p{number}/src/file{number * 50}.ts" for number in range(0, 30, 3)]
        first, later = in_a_worker(root, changed)
        print(f"in a worker, the first pull request: {first}")
        print(f"in a worker, a later one of {len(changed)} files: {later}")
        print(f"load after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    sys.exit(main())
