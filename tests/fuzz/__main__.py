"""`make fuzz`: atheris on each target for so many minutes; 1 where an input breaks one.

Each target runs in a process of its own, so that a crash of a C library ends its own run alone.
What breaks one is left in tests/fuzz/found/.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.targets import SEEDS, TARGETS

FOUND = Path(__file__).with_name("found")
LONGEST = 4_096  # bytes of one input
SLOWEST = 20  # seconds that one input may take


def main() -> int:
    """Run all targets, or the one that a child was asked to run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--only", default=",".join(TARGETS))
    parser.add_argument("--child")
    options, rest = parser.parse_known_args()
    if options.child:
        fuzz(options.child, rest)
        return 0
    broken = [name for name in options.only.split(",") if not run(name, options.minutes * 60)]
    print(f"broken: {', '.join(broken) or 'none'}")
    return 1 if broken else 0


def run(name: str, seconds: float) -> bool:
    """One target in a child; whether nothing broke it."""
    FOUND.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(SEEDS[name]):
            (Path(corpus) / str(number)).write_bytes(seed)
        command = [
            sys.executable, "-m", "tests.fuzz", "--child", name, corpus,
            f"-max_total_time={int(seconds)}", f"-max_len={LONGEST}", f"-timeout={SLOWEST}",
            f"-artifact_prefix={FOUND}/{name}-", "-rss_limit_mb=2048", "-print_final_stats=1",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = done.stdout + done.stderr
    runs = [line.split()[-1] for line in told.splitlines() if "number_of_executed_units" in line]
    print(f"{name}: {runs[0] if runs else '?'} runs, exit {done.returncode}", flush=True)
    if done.returncode != 0:
        print("\n".join(told.splitlines()[-30:]), flush=True)
    return done.returncode == 0


def fuzz(name: str, arguments: list[str]) -> None:
    """Fuzz in this process, until libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(include=["bot", "workers"]):
        for seed in SEEDS[name]:
            TARGETS[name](seed)  # imports what it needs
    atheris.Setup([sys.argv[0], *arguments], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
