"""What is taken over from an earlier survey: nothing but what a new one would find."""

import random
from collections.abc import Mapping

import pytest

from tests.engine.code.test_codebase import Remembering, tree_of
from workers.engine.code.client import client_of
from workers.engine.code.codebase import CodeBase, read_code
from workers.engine.code.generators import Generator, generator_of
from workers.engine.code.survey import Survey, usages_of
from workers.engine.code.uses import Usage
from workers.engine.prisma.describe import describe
from workers.engine.source import SourceFile

SCHEMA = """
model User {
  id    Int    @id
  email String
  name  String
}
"""
FILES = {
    "tsconfig.json": b'{ "compilerOptions": { "paths": { "@db": ["./src/db.ts"] } } }',
    "src/db.ts": b'import { PrismaClient } from "@prisma/client";\n'
    b"export const prisma = new PrismaClient();\n",
    "src/words.ts": b'export const chosen = { email: true };\n',
    "src/selects.ts": b'import { chosen } from "./words";\n'
    b"export const userSelect = { ...chosen, id: true }; // prisma\n",
    "src/index.ts": b'export * from "./selects";\n',
    "src/a.ts": b'import { prisma } from "@db";\nimport { userSelect } from "./index";\n'
    b"prisma.user.findMany({ select: userSelect });\n",
    "src/b.ts": b'import { prisma } from "./db";\nprisma.user.count({ where: { name: "x" } });\n',
}  # fmt: skip


def clients() -> tuple[Generator, ...]:
    symbols = describe([SourceFile("schema.prisma", SCHEMA)]).symbols
    assert symbols is not None
    return (generator_of("p", "", client_of(symbols), []),)


def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are looked at from now on."""
    seen: list[str] = []
    real = Survey._file

    def noted(self: Survey, path: str, file: object) -> None:
        seen.append(path)
        real(self, path, file)  # type: ignore[arg-type]

    monkeypatch.setattr(Survey, "_file", noted)
    return seen


def surveyed(files: Mapping[str, bytes], memo: Remembering | None) -> Mapping[str, Usage]:
    return usages_of(read_code(tree_of(dict(files)), memo), clients())


CHANGES = {
    "nothing": {},
    "a query": {"src/b.ts": FILES["src/b.ts"].replace(b"name", b"email")},
    "a constant two imports away": {"src/words.ts": b"export const chosen = { name: true };\n"},
    "a file in between": {"src/selects.ts": b"export const userSelect = { name: true }; // prisma"},
    "the client's file": {"src/db.ts": b"export const prisma = new Map(); // prisma\n"},
    "an alias": {"tsconfig.json": b'{ "compilerOptions": { "paths": { "@db": ["./x.ts"] } } }'},
    "a nearer file": {"src/words.js": b"", "src/index.js": b"", "src/db/index.ts": b""},
    "another file": {"src/c.ts": FILES["src/b.ts"]},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_is_taken_over_is_what_a_new_survey_finds(change: Mapping[str, bytes]) -> None:
    memo = Remembering()
    surveyed(FILES, memo)
    after = {**FILES, **change}
    assert surveyed(after, memo) == surveyed(after, None)


@pytest.mark.parametrize("gone", [path for path in FILES if path.endswith(".ts")])
def test_a_file_that_goes_is_missed_by_whoever_used_it(gone: str) -> None:
    memo = Remembering()
    surveyed(FILES, memo)
    after = {path: data for path, data in FILES.items() if path != gone}
    assert surveyed(after, memo) == surveyed(after, None)


def test_only_what_changed_and_what_takes_from_it_is_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    memo = Remembering()
    surveyed(FILES, memo)
    seen = looked_at(monkeypatch)
    surveyed(FILES, memo)
    assert seen == []
    surveyed({**FILES, **CHANGES["a query"]}, memo)
    assert seen == ["src/b.ts"]
    seen.clear()
    surveyed({**FILES, **CHANGES["a constant two imports away"]}, memo)
    assert sorted(seen) == ["src/a.ts", "src/b.ts", "src/index.ts", "src/selects.ts"]


def test_a_line_more_in_a_file_of_queries_is_nobody_elses_business(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    memo = Remembering()
    surveyed(FILES, memo)
    seen = looked_at(monkeypatch)
    surveyed({**FILES, "src/db.ts": FILES["src/db.ts"] + b"// and no more\n"}, memo)
    assert seen == ["src/db.ts"]


def test_a_broken_memory_costs_nothing_but_its_use() -> None:
    memo = Remembering()
    surveyed(FILES, memo)
    broken = {key: b"\xff" for key in memo.kept if key.startswith("code:ledger:")}
    assert broken
    memo.kept.update(broken)
    assert surveyed(FILES, memo) == surveyed(FILES, None)


@pytest.mark.parametrize("seed", range(6))
def test_any_row_of_changes_is_followed(seed: int) -> None:
    """Files come, go and change their imports by chance; each state is surveyed both ways."""
    chance = random.Random(seed)
    memo = Remembering()
    files = dict(FILES)
    for _ in range(12):
        for _ in range(chance.randrange(1, 3)):
            _change(files, chance)
        assert surveyed(files, memo) == surveyed(files, None)


def _change(files: dict[str, bytes], chance: random.Random) -> None:
    path = f"src/m{chance.randrange(8)}{chance.choice(('.ts', '.js', '/index.ts'))}"
    if path in files and chance.random() < 0.3:
        del files[path]
        return
    aim = chance.choice(["./db", "@db", *(f"./m{number}" for number in range(8))])
    field = chance.choice(("id", "email", "name", "other"))
    files[path] = "\n".join(
        [
            f'import {{ prisma, chosen as taken }} from "{aim}";',
            f'export {{ prisma }} from "{aim}";',
            f"export const chosen = {{ {field}: true, ...taken }};",
            "prisma.user.findMany({ select: chosen });",
        ]
    ).encode()


def test_the_other_state_of_a_pull_request_takes_over_from_the_first() -> None:
    head = read_code(tree_of({**FILES, **CHANGES["a query"]}))
    usages_of(head, clients())
    base: CodeBase = read_code(tree_of(FILES), None, head)
    assert usages_of(base, clients()) == surveyed(FILES, None)
