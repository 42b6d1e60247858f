"""A state that was kept is the state that was replayed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import msgpack

from tests.support.replaying import run

HISTORY = (
    "CREATE TYPE r AS ENUM ('a'); CREATE TABLE t (id serial PRIMARY KEY, x r DEFAULT 'a');",
    "CREATE VIEW v AS SELECT id FROM t; CREATE INDEX i ON t (x) WHERE id > 3;",
    "DROP TABLE gone;",
    "ALTER TABLE t ADD COLUMN y text; CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS"
    " 'SELECT a'; CREATE POLICY p ON t USING (id > 0);",
)


class Kept:
    """A memo that counts what it gave."""

    keeps_states = True

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.hits = 0

    def get(self, key: str) -> bytes | None:
        value = self.values.get(key)
        self.hits += value is not None
        return value

    def put(self, key: str, value: bytes) -> None:
        self.values[key] = value


def test_a_new_migration_is_replayed_on_the_kept_state() -> None:
    memo = Kept()
    run(*HISTORY[:3], memo=memo)
    warm = run(*HISTORY, memo=memo)
    cold = run(*HISTORY)
    assert memo.hits == 1
    assert (warm.schema, warm.failures, warm.diagnostics) == (
        cold.schema,
        cold.failures,
        cold.diagnostics,
    )
    assert warm.steps == cold.steps
    assert [number for number, _ in warm.tail] == [3, 4]  # the one file that was run, and the end


def test_another_text_before_it_is_another_key() -> None:
    memo = Kept()
    run(*HISTORY[:3], memo=memo)
    run("SELECT 1;", *HISTORY[1:3], memo=memo)
    assert memo.hits == 0


@pytest.mark.parametrize(
    "break_it",
    [
        lambda value: b"",
        lambda value: b"no MessagePack at all",
        lambda value: value[: len(value) // 2],
        lambda value: value + b"\x00",
        lambda value: msgpack.encode({"schema": [[]]}),
        lambda value: msgpack.encode([*msgpack.decode(value)[:-1], 7]),
        lambda value: b"\x91" * 100_000,
    ],
)
def test_a_broken_value_is_no_hit(break_it: Callable[[bytes], bytes]) -> None:
    memo = Kept()
    run(*HISTORY[:3], memo=memo)
    memo.values = {key: break_it(value) for key, value in memo.values.items()}
    assert run(*HISTORY, memo=memo).schema == run(*HISTORY).schema


def test_a_name_that_is_no_unicode_does_no_harm() -> None:
    memo = Kept()
    odd = 'CREATE TABLE "a\ud800b" (id int);'
    first, second = run(odd, memo=memo), run(odd, memo=memo)
    assert first.schema == second.schema == run(odd).schema
