"""A short run of each target, by hypothesis: seeds with pieces cut out, doubled and changed."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    ("name", "data"),
    [("mysql", b"CREATE TABLE `a` (`b` INT NOT NULL, IRPMARY KEY (`b`)) DEFAULT/*! ")],
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
