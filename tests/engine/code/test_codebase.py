"""Code of a tree: what is parsed, what is remembered, and what cannot do harm."""

import time
from collections.abc import Iterable

import pytest

from workers.engine.code.codebase import memo_key, read_code
from workers.engine.code.places import blob_name, is_code, is_past, is_test, may_concern
from workers.engine.snapshot import Code, Tree

USING = b'import { prisma } from "./db";\nprisma.user.findMany();\n'


class Remembering:
    """A memo that counts what it is asked."""

    keeps_states = True

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.puts = 0

    def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        return {key: self.kept[key] for key in keys if key in self.kept}

    def put(self, key: str, value: bytes) -> None:
        self.puts += 1
        self.kept[key] = value


def tree_of(files: dict[str, bytes], *, with_bytes: bool = True) -> Tree:
    names = {path: blob_name(data) for path, data in files.items()}
    contents = {blob_name(data): data for data in files.values()} if with_bytes else {}
    return Tree({}, frozenset(files), code=Code(names, contents))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/a.ts", True),
        ("src/a.mjs", True),
        ("tsconfig.json", True),
        ("src/a.d.ts", False),
        ("node_modules/x/a.js", False),
        ("dist/a.js", False),
        ("lib/a.min.js", False),
        ("src/a.py", False),
    ],
)
def test_code_is_told_by_its_path(path: str, expected: bool) -> None:
    assert is_code(path) is expected


def test_files_that_mention_neither_client_nor_sql_are_not_parsed() -> None:
    assert may_concern("a.ts", USING)
    assert may_concern("a.ts", b"await ctx.db.user.create({ data })")
    assert may_concern("a.ts", b'pool.query("select 1")')
    assert not may_concern("a.ts", b"export const a = 1; list.map((x) => x);")
    assert not may_concern("a.js", b"prisma;" + b"x" * 30_000)


def test_tests_and_histories_are_told_by_their_paths() -> None:
    assert is_test("src/__tests__/a.ts")
    assert is_test("src/a.spec.tsx")
    assert not is_test("src/contest.ts")
    assert is_past("packages/database/migration/2024_x/migration.ts")
    assert not is_past("src/migrate.ts")


def test_what_is_remembered_is_not_read_again_and_needs_no_bytes() -> None:
    files = {"a.ts": USING, "b.ts": b"export const b = 1;\n"}
    memo = Remembering()
    first = read_code(tree_of(files), memo)
    assert memo.puts == 2
    second = read_code(tree_of(files, with_bytes=False), memo)
    assert memo.puts == 2
    assert second.files == first.files
    assert second.unread == 0
    assert memo_key("a.ts", blob_name(USING)) in memo.kept


def test_a_file_that_is_neither_remembered_nor_at_hand_is_counted() -> None:
    assert read_code(tree_of({"a.ts": USING}, with_bytes=False)).unread == 1


@pytest.mark.parametrize(
    "text",
    ["(" * 50_000, "a" + ".b()\n" * 40_000, "!" * 60_000, '"a"+' * 30_000, "`${" * 20_000],
    ids=["brackets", "chain", "signs", "sums", "templates"],
)
def test_what_no_person_writes_is_refused_in_time(text: str) -> None:
    data = USING + text.encode()
    start = time.process_time()
    code = read_code(tree_of({"a.ts": data}))
    assert time.process_time() - start < 8
    assert code.files.keys() <= {"a.ts"}
