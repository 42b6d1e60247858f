"""Mutated files: no exception leaves the replay, and it comes back within a bound."""

from __future__ import annotations

import random
import time

import pytest

from tests.support.histories import histories
from workers.engine.schema.catalogue import to_catalogue
from workers.engine.source import SourceFile
from workers.engine.sql.decode import decode
from workers.engine.sql.replay import Ground, Migration, replay

ROUNDS = 12
SECONDS = 20.0

_PIECES = [
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"'", b'"', b"$$", b"$x$", b"/*", b"*/", b"--", b";", b"(",
    b")", b"((((", b"DO $$ BEGIN", b"END $$;", b"\\copy x", b"{{ name }}", b"CASCADE", b"NULL",
    b"CREATE TABLE ", b"DROP TABLE ", b"ALTER TABLE ", b"\r\n", b"\xc3\xa4", b"\xe9", b"E'\\",
]  # fmt: skip


def mutated(script: bytes, chance: random.Random) -> bytes:
    data = bytearray(script)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        move = chance.randrange(4)
        if move == 0:
            data[at:at] = chance.choice(_PIECES)
        elif move == 1:
            del data[at : at + chance.randint(1, 20)]
        elif move == 2:
            other = chance.randrange(len(data) + 1)
            data[at:at] = data[other : other + chance.randint(1, 60)]
        elif at < len(data):
            data[at] = chance.randrange(256)
    return bytes(data)


def migration(name: str, data: bytes) -> Migration:
    decoded = decode(data)
    refusal = (decoded.sqlstate, decoded.message) if decoded.sqlstate else None
    return Migration(name, SourceFile(f"{name}/migration.sql", decoded.text), refusal)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_no_exception_escapes_and_no_run_is_long(seed: int) -> None:
    chance = random.Random(seed)
    started = time.process_time()
    for history in histories():
        files = [migration(name, mutated(data, chance)) for name, data in history.migrations]
        outcome = replay(files, Ground(is_supabase=chance.random() < 0.2))
        to_catalogue(outcome.schema)
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize(
    "script",
    [
        "SELECT " + "||".join(["'a'"] * 5000),
        "SELECT " + "+".join(["1"] * 200_000),
        "SELECT " + "(" * 50_000 + "1" + ")" * 50_000,
        "CREATE TABLE t (a int DEFAULT " + "-" * 30_000 + "1)",
        "CREATE TABLE t (a text, CHECK (" + " OR ".join(["a = 'x'"] * 8000) + "))",
        "DO $$ BEGIN " + "IF true THEN " * 3000 + "NULL;" + "END IF;" * 3000 + " END $$;",
        "DO $$ BEGIN LOOP NULL; END LOOP; END $$;",
        "DO $$ DECLARE x text := 'a'; BEGIN WHILE true LOOP x := x || x; END LOOP; END $$;",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM f();"
        " EXECUTE 'DROP TABLE x'; END $$; SELECT f();",
        "SELECT 1 " + "UNION ALL SELECT 1 " * 2000,
        "/*" * 100_000,
        "$" * 100_000,
        "'" * 99_999,
    ],
    ids=range(13),
)
def test_hostile_texts_come_back(script: str) -> None:
    started = time.process_time()
    to_catalogue(replay([migration("m", script.encode())]).schema)
    assert time.process_time() - started < SECONDS
