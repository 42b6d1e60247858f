from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.engine.prisma.describe import Dialect, describe
from workers.engine.source import SourceFile

SEEDS = [path.read_text() for path in sorted(Path(__file__).with_name("schemas").glob("*.prisma"))]
HEAD = 'datasource db {\n  provider = "postgresql"\n}\n'
WORDS = ("model", "enum", "type", "view", "datasource", "@relation", "raw(", "Unsupported(", "@@")
PIECES = st.one_of(
    st.sampled_from([*'{}()[]@",:?\\\0\n', "//", "/*", "*/", *WORDS]), st.text(max_size=5)
)


@settings(max_examples=150, deadline=None)
@given(
    seed=st.sampled_from(SEEDS),
    places=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), PIECES), min_size=1, max_size=6),
    provider=st.sampled_from(["postgresql", "mysql", "sqlite", "sqlserver", "cockroachdb", "what"]),
    version=st.sampled_from([(2, 30), (5, 0), (7, 0)]),
)
def test_no_text_makes_it_raise(
    seed: str, places: list[tuple[float, int, str]], provider: str, version: tuple[int, int]
) -> None:
    text = seed.replace('"postgresql"', f'"{provider}"', 1)
    for share, cut, piece in places:
        at = int(share * len(text))
        text = text[:at] + piece + text[at + cut :]
    declaration = describe([SourceFile("schema.prisma", text)], Dialect(version))
    for told in declaration.diagnostics:
        assert told.message.endswith(".")
        assert told.origin is not None
        assert 0 <= told.origin.span.start <= told.origin.span.end <= len(text)


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text_is_some_schema(text: str) -> None:
    describe([SourceFile("schema.prisma", text)])


def _models(count: int) -> str:
    model = (
        "model M%d {\n  id Int @id @default(autoincrement())\n"
        "  m M%d? @relation(fields: [i], references: [id])\n  i Int?\n}\n"
    )
    return HEAD + "".join(model % (at, at - 1 if at else 0) for at in range(count))


def _self_relations(count: int) -> str:
    return (
        HEAD + "model A {\n id Int @id\n" + "".join(f" f{at} A[]\n" for at in range(count)) + "}\n"
    )


def _long_serials(count: int) -> str:
    fields = "".join(f" {'a' * 70}{at} Int @default(autoincrement())\n" for at in range(count))
    return HEAD + "model A {\n" + fields + "}\n"


def _unknown_indexes(count: int) -> str:
    return HEAD + "model A {\n id Int @id\n" + " @@index([zz])\n" * count + "}\n"


@pytest.mark.parametrize(
    "make",
    [
        _models,
        _self_relations,
        _long_serials,
        _unknown_indexes,
        lambda count: HEAD + 'model A {\n x "\n' * count,
        lambda count: HEAD + "/*" * count,
        lambda count: HEAD + "model A {\n" * count,
        lambda count: HEAD + "{\n" * count,
        lambda count: HEAD + "model A {\n a Int @default(" + "[" * count,
    ],
    ids=lambda make: make.__name__,
)
def test_time_grows_with_the_size_and_not_with_its_square(make) -> None:  # type: ignore[no-untyped-def]
    def seconds(count: int) -> float:
        source = SourceFile("schema.prisma", make(count))
        started = time.process_time()
        describe([source])
        return time.process_time() - started

    seconds(100)
    assert seconds(8000) < 1 + 32 * seconds(1000)  # its square would be 64 times as much


def test_a_json_default_may_be_nested_without_end() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    describe([SourceFile("a", f'{HEAD}model A {{\n id Int @id\n j Json @default("{deep}")\n}}\n')])


def test_a_generated_default_may_be_a_chain_without_end() -> None:
    chain = "||".join("a" * 200_000)
    text = f'{HEAD}model A {{\n id Int @id\n s String @default(dbgenerated("{chain}"))\n}}\n'
    describe([SourceFile("a", text)])
