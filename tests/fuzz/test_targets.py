"""A short run of each target, by hypothesis: seeds with pieces cut out, doubled and changed."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import libraries
from tests.fuzz.targets import SEEDS, TARGETS


@st.composite
def mutated(draw: st.DrawFn, name: str) -> bytes:
    data = bytearray(draw(st.sampled_from(SEEDS[name])))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        end = draw(st.integers(at, min(len(data), at + 20)))
        data[at:end] = draw(st.binary(max_size=6)) + bytes(data[at:end]) * draw(st.integers(0, 3))
    return bytes(data)


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_breaks_a_parser(name: str) -> None:
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=mutated(name))
    def holds(data: bytes) -> None:
        TARGETS[name](data)

    holds()


@pytest.mark.parametrize("name", libraries.TARGETS)
def test_nothing_breaks_a_library(name: str) -> None:
    target, kinds = libraries.TARGETS[name]
    corpus = libraries.seeds(kinds)
    assert corpus
    for number in range(40):
        target(libraries.mutated(number, corpus))


LONG = b"9" * 5_000
BEYOND = (LONG, b"-" + LONG, b"1" + b"0" * 400, b"9" * 30, b"1e999999999", "\u00b2".encode())
"""Numbers that Python refuses to read or to write, that fill the memory, or that no type holds."""
MEASURED: Mapping[str, bytes] = {
    "declaration": b"""datasource d { provider = "mysql" }
model A {
  x Decimal @id @default(1.5) @db.Decimal(9, 2)
  y String @db.VarChar(3)
  i Int @default(1)
  @@index([y(length: 2)])
}""",
    "mysql": b"""CREATE TABLE a (b INT(1) DEFAULT 1, c VARCHAR(1) DEFAULT '1',
d DECIMAL(1,2) DEFAULT 1.5, e FLOAT(1), f TEXT(1), g BIT(1) DEFAULT b'1', h YEAR DEFAULT 1,
i DATETIME(1) DEFAULT CURRENT_TIMESTAMP(1), INDEX (c(1))) AUTO_INCREMENT=1""",
    "sqlite": b"CREATE TABLE a (b INT DEFAULT 1, c VARCHAR(1) DEFAULT '1', d DECIMAL(1,2));",
    "sqlserver": b"CREATE TABLE a (b INT DEFAULT 1, c DECIMAL(1,2), d FLOAT(1), e INT IDENTITY(1))",
    "postgresql": b"""CREATE TABLE a (b int DEFAULT 1, c varchar(1), d numeric(1,1) DEFAULT '1',
e interval DEFAULT '1 day 1 months', f bit(1) DEFAULT B'1', g int4range DEFAULT '[1,1)',
h inet DEFAULT '1.1.1.1', i jsonb DEFAULT '{"a":1.5}', j timestamp DEFAULT '2020-01-01');
DO $$ DECLARE x numeric := 1; BEGIN PERFORM repeat('a', 1);
EXECUTE format('CREATE TABLE t%1$s (a int)', 1);
EXECUTE 'CREATE TABLE u' || x || ' (a int)'; END $$;
CREATE TABLE p (a int) PARTITION BY RANGE (a);
CREATE TABLE q PARTITION OF p FOR VALUES FROM (1) TO (2); SELECT 1 LIMIT 1 OFFSET 1""",
    "patch": b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n-a\n+b\n",
    "configuration": b"comments:\n  most: 1\nversion: 1\n",
    "script": b"const a = '\\u{1}\\x1'; p.user.findMany({ take: 1 });",
    "connection": b"DATABASE_URL=postgres://a:b@h:1/d?schema=1\n",
}


@pytest.mark.parametrize("name", MEASURED)
def test_no_number_is_too_long_for_a_parser(name: str) -> None:
    seed = MEASURED[name]
    for place in re.finditer(rb"[0-9]+", seed):
        for number in BEYOND:
            TARGETS[name](seed[: place.start()] + number + seed[place.end() :])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("mysql", b"CREATE TABLE `a` (`b` INT NOT NULL, IRPMARY KEY (`b`)) DEFAULT/*! "),
        ("mysql", b"CREATE TABLE `a` (`b` INT, PRIMARY KEY (x, y (`b`)))"),
        ("mysql", b"CREATE TABLE a (b INT DEFAULT 'nan')"),
    ],
)
def test_what_once_broke_a_parser_breaks_none(name: str, data: bytes) -> None:
    TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_of_the_kept_inputs_breaks_a_parser(name: str) -> None:
    with tarfile.open(Path(__file__).with_name("corpus") / f"{name}.tar.xz") as archive:
        inputs = [archive.extractfile(member) for member in archive.getmembers()]
        assert len(inputs) > 10
        for one in inputs:
            assert one is not None
            TARGETS[name](one.read())
