"""`python -m tests.fuzz.libraries`: the C libraries on mutated inputs, in child processes.

libpg_query and tree-sitter are not instrumented, so nothing guides the mutation; what ends a child
(a fault, memory, time) is found again by its number and left in tests/fuzz/found/. The children
are those of a review: `workers.bounded`.
"""

from __future__ import annotations

import argparse
import mmap
import random
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from tests.fuzz.__main__ import FOUND
from workers.bounded import Died, Failed, TookTooMuch, bounded
from workers.timelimit import TookTooLong

CASES = Path(__file__).parents[1] / "cases"
BATCH = 2_000
_SECONDS = 60.0
_MEGABYTES = 1_024
_LONGEST = 60_000
_PIECES = (
    b"(",
    b")",
    b"'",
    b'"',
    b"$$",
    b"/*",
    b"*/",
    b"--",
    b";",
    b"\0",
    b"\xff",
    b"{",
    b"}",
    b"${",
    b"<",
    b"::",
    b"E'",
    b"U&'",
    b"[",
    b"=>",
    b"\n",
    b"9" * 400,
)


def postgres(data: bytes) -> None:
    """libpg_query's parser and scanner, behind our door."""
    from workers.engine.sql import postgres as door

    for read in (door.parse, door.scan, door.split):
        try:
            read(data)
        except door.SqlSyntaxError:
            continue


def plpgsql(data: bytes) -> None:
    """libpg_query's parser of PL/pgSQL."""
    from workers.engine.sql import postgres as door

    try:
        text = data.decode("utf-8", "replace").replace("\0", "")
        head = "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $body$"
        door.parse_plpgsql(f"{head}{text}$body$")
    except door.SqlSyntaxError:
        return


def trees(data: bytes) -> None:
    """tree-sitter's parsers of scripts, shell, JSON and TOML, with our walks through them."""
    from workers.engine import syntax
    from workers.engine.project.shell import shell_commands

    text = data.decode("utf-8", "replace")
    syntax.script_tree(data, has_markup=bool(len(data) % 2))
    for read in (shell_commands, syntax.json_strings, syntax.toml_strings):
        for _ in read(text):
            pass


TARGETS: Mapping[str, tuple[Callable[[bytes], None], tuple[str, ...]]] = MappingProxyType(
    {
        "postgres": (postgres, ("sql",)),
        "plpgsql": (plpgsql, ("sql",)),
        "trees": (trees, ("ts", "tsx", "js", "json", "toml", "sh", "yaml", "yml", "sql")),
    }
)


def seeds(kinds: tuple[str, ...]) -> list[bytes]:
    """The fenced texts of our own cases."""
    found = []
    for path in sorted(CASES.rglob("*.md")):
        for block in path.read_text().split("\n```")[1::2]:
            head, _, text = block.partition("\n")
            if head.strip().rsplit(".", 1)[-1] in kinds and text:
                found.append(text.encode())
    return found


def mutated(number: int, corpus: list[bytes]) -> bytes:
    """The input of a number: always the same."""
    chance = random.Random(number)
    data = bytearray(chance.choice(corpus))
    for _ in range(chance.randint(1, 8)):
        at = chance.randint(0, len(data))
        end = min(len(data), at + int(chance.expovariate(0.05)))
        kind = chance.randrange(6)
        if kind == 0:
            del data[at:end]
        elif kind == 1:
            data[at:at] = data[at:end] * chance.randint(1, 20)
        elif kind == 2:
            data[at:at] = chance.choice(_PIECES) * (1 if chance.random() < 0.9 else 3_000)
        elif kind == 3 and at < len(data):
            data[at] = chance.randrange(256)
        elif kind == 4:
            other = chance.choice(corpus)
            cut = chance.randint(0, len(other))
            data[at:end] = other[cut : cut + chance.randint(1, 200)]
        else:
            data[at:end] = bytes(data[at:end])[::-1]
    return bytes(data[:_LONGEST])


def run(name: str, minutes: float, first: int) -> int:
    """Batches until the time is over; how many inputs ended their child."""
    target, kinds = TARGETS[name]
    corpus = seeds(kinds)
    if name == "plpgsql":
        corpus = [part for seed in corpus for part in seed.split(b"$$")[1::2] if b"BEGIN" in part]
    place = mmap.mmap(-1, 8)  # the number that a child is at, for its parent to read
    number, ended, end = first, 0, time.monotonic() + minutes * 60
    while time.monotonic() < end:
        last = number + BATCH

        def batch(at: int = number, last: int = last) -> None:
            for one in range(at, last):
                place[:] = one.to_bytes(8, "big")
                target(mutated(one, corpus))

        try:
            bounded(batch, seconds=_SECONDS, megabytes=_MEGABYTES)
            number = last
        except (Died, Failed, TookTooMuch, TookTooLong) as error:
            at = int.from_bytes(place[:], "big")
            if not isinstance(error, TookTooLong) or at == number:
                ended += 1
                FOUND.mkdir(exist_ok=True)
                (FOUND / f"{name}-{at}").write_bytes(mutated(at, corpus))
                more = f" {error.kind}\n{error.trace}" if isinstance(error, Failed) else ""
                print(f"{name}: input {at} ended its child: {error}{more}", flush=True)
            number = at + 1
    print(f"{name}: {number - first} runs of {len(corpus)} seeds, {ended} ended their child")
    return ended


def main() -> int:
    """Run all targets, or those that are named; 1 where an input ended its child."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", default=",".join(TARGETS))
    options = parser.parse_args()
    found = [run(name, options.minutes, options.first) for name in options.only.split(",")]
    return 1 if any(found) else 0


if __name__ == "__main__":
    sys.exit(main())
