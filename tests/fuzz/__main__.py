"""`make fuzz`: atheris on each target for so many minutes; 1 where an input breaks one.

Each target runs in a process of its own, so that a crash of a C library ends its own run alone.
What breaks one is left in tests/fuzz/found/. What was found to reach something new is kept in
.fuzz/, where the next run goes on from; `--keep` boils that down into an archive a target in
tests/fuzz/corpus/, which every run begins with.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from tests.fuzz.targets import SEEDS, TARGETS

FOUND = Path(__file__).with_name("found")
CORPUS = Path(__file__).with_name("corpus")
GROWN = Path(__file__).parents[2] / ".fuzz"
LONGEST = 4_096  # bytes of one input
SLOWEST = 20  # seconds that one input may take


def main() -> int:
    """Run all targets, or the one that a child was asked to run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--only", default=",".join(TARGETS))
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--child")
    options, rest = parser.parse_known_args()
    if options.child:
        fuzz(options.child, rest)
        return 0
    names = options.only.split(",")
    if options.keep:
        for name in names:
            keep(name)
        return 0
    broken = [name for name in names if not run(name, options.minutes * 60)]
    print(f"broken: {', '.join(broken) or 'none'}")
    return 1 if broken else 0


def run(name: str, seconds: float) -> bool:
    """One target in a child; whether nothing broke it."""
    FOUND.mkdir(exist_ok=True)
    grown = GROWN / name
    grown.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[name]):
        (grown / str(number)).write_bytes(seed)
    if (CORPUS / f"{name}.tar.xz").exists():
        with tarfile.open(CORPUS / f"{name}.tar.xz") as archive:
            archive.extractall(grown, filter="data")
    began = time.monotonic()
    done = _child(name, str(grown), f"-max_total_time={int(seconds)}", "-print_final_stats=1")
    told = done.stdout + done.stderr
    runs = [line.split()[-1] for line in told.splitlines() if "number_of_executed_units" in line]
    minutes = (time.monotonic() - began) / 60
    print(f"{name}: {runs[0] if runs else '?'} runs in {minutes:.1f} min,", end=" ")
    print(f"{len(list(grown.iterdir()))} inputs kept, exit {done.returncode}", flush=True)
    if done.returncode != 0:
        print("\n".join(told.splitlines()[-30:]), flush=True)
    return done.returncode == 0


def keep(name: str) -> None:
    """The fewest of the grown inputs that reach all that they reach together, as seeds."""
    CORPUS.mkdir(exist_ok=True)
    place = CORPUS / f"{name}.tar.xz"
    with tempfile.TemporaryDirectory() as folder, tarfile.open(place, "w:xz") as archive:
        _child(name, "-merge=1", folder, str(GROWN / name))
        kept = sorted(Path(folder).iterdir())
        for path in kept:  # without the time, so that the same inputs make the same archive
            about = tarfile.TarInfo(path.name)
            about.size = path.stat().st_size
            with path.open("rb") as data:
                archive.addfile(about, data)
    print(f"{name}: {len(kept)} seeds, {place.stat().st_size} bytes", flush=True)


def _child(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    bounds = [f"-max_len={LONGEST}", f"-timeout={SLOWEST}", "-rss_limit_mb=2048"]
    place = f"-artifact_prefix={FOUND}/{name}-"
    command = [sys.executable, "-m", "tests.fuzz", f"--child={name}", *bounds, place, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def fuzz(name: str, arguments: list[str]) -> None:
    """Fuzz in this process, until libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(include=["bot", "workers"]):
        for seed in SEEDS[name]:
            TARGETS[name](seed)  # imports what it needs
    # As a command, since libFuzzer starts processes by it itself (-merge).
    command = f"{sys.executable} -m tests.fuzz"
    atheris.Setup([command, f"--child={name}", *arguments], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
