"""The locked Prisma version."""

from __future__ import annotations

import pytest

from tests.support.cases import tree
from workers.engine.project.locks import locked_version, parse_version
from workers.engine.project.manifest import read_manifests
from workers.engine.project.texts import Texts
from workers.engine.project.version import prisma_version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("^5.19.1", (5, 19)),
        ("~6.2", (6, 2)),
        ("7", (7, 0)),
        (">=4.16.0 <5", (4, 16)),
        ("5.22.0-dev.3", (5, 22)),
        ("latest", None),
        ("", None),
        ("workspace:*", None),
        ("npm:prisma@5.1.0", None),
    ],
)
def test_the_first_major_and_minor_count(text: str, version: tuple[int, int] | None) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package-lock.json", '{"packages": {"node_modules/prisma": {"version": "5.19.1"}}}'),
        ("package-lock.json", '{"dependencies": {"prisma": {"version": "5.19.1"}}}'),
        ("pnpm-lock.yaml", "packages:\n\n  prisma@5.19.1:\n    resolution: {}\n"),
        ("pnpm-lock.yaml", "packages:\n\n  /prisma@5.19.1(typescript@5.0.0):\n    hasBin: true\n"),
        ("pnpm-lock.yaml", "packages:\n\n  /prisma/5.19.1:\n    hasBin: true\n"),
        ("pnpm-lock.yaml", "packages:\n\n  '@prisma/client@5.19.1':\n    resolution: {}\n"),
        ("yarn.lock", 'prisma@^5.0.0:\n  version "5.19.1"\n'),
        ("yarn.lock", '"prisma@npm:^5.0.0":\n  version: 5.19.1\n'),
        ("bun.lock", '    "prisma": ["prisma@5.19.1", "", {}, "sha512"],\n'),
    ],
)
def test_every_lock_file_is_understood(name: str, text: str) -> None:
    assert locked_version(name, text) == (5, 19)


_NPM = """{"packages": {
    "": {"dependencies": {"prisma": "npm:other@^1.0.0"}},
    "apps/old/node_modules/prisma": {"version": "4.16.2", "bin": {"prisma": "build/index.js"}},
    "node_modules/prisma": {"version": "6.19.1"}
}}"""
_PNPM = """lockfileVersion: '9.0'

importers:

  .:
    devDependencies:
      prisma:
        specifier: ^6.0.0
        version: 6.19.1(typescript@5.4.5)

  apps/old:
    dependencies:
      '@prisma/client':
        specifier: ^4.0.0
        version: 4.16.2(prisma@4.16.2)

packages:

  prisma@4.16.2:
    hasBin: true
"""
_PNPM_5 = """importers:
  apps/old:
    specifiers:
      prisma: ^4.0.0
    devDependencies:
      prisma: 4.16.2
  apps/new:
    specifiers:
      prisma: ^6.0.0
    devDependencies:
      prisma: 6.19.1
packages:
  /prisma/4.16.2:
    hasBin: true
"""
_YARN = """
"prisma@npm:^4.0.0":
  version: 4.16.2

"prisma@npm:^6.0.0, prisma@npm:^6.1.0":
  version: 6.19.1
"""


@pytest.mark.parametrize(
    ("name", "text", "root"),
    [
        ("package-lock.json", _NPM, ""),
        ("pnpm-lock.yaml", _PNPM, ""),
        ("pnpm-lock.yaml", _PNPM_5, ""),
        ("yarn.lock", _YARN, ""),
        ("package-lock.json", _NPM, "products/"),
        ("pnpm-lock.yaml", _PNPM, "products/"),
    ],
)
def test_each_workspace_has_its_own_version(name: str, text: str, root: str) -> None:
    files = {
        f"{root}{name}": text.encode(),
        f"{root}apps/old/package.json": b'{"devDependencies": {"prisma": "^4.0.0"}}',
        f"{root}apps/new/package.json": b'{"devDependencies": {"prisma": "^6.1.0"}}',
    }
    texts = Texts(tree(files))
    found = [
        prisma_version(texts, read_manifests(texts), f"{root}apps/{one}/prisma")
        for one in ("old", "new")
    ]
    assert found == [(4, 16), (6, 19)]


@pytest.mark.parametrize(
    "lock",
    [
        '{"packages": {"node_modules/prisma": {"name": "other", "version": "1.0.0"}, '
        '"node_modules/@prisma/client": {"version": "6.19.1"}}}',
        '{"packages": {"node_modules/prisma": {"name": "other", "version": "1.0.0"}, '
        '"a/node_modules/prisma": {"version": "6.19.1"}}}',
    ],
)
def test_another_package_under_the_name_of_prisma_says_nothing(lock: str) -> None:
    texts = Texts(tree({"package-lock.json": lock.encode()}))
    assert prisma_version(texts, [], "a/prisma") == (6, 19)


def test_the_nearest_lock_file_wins() -> None:
    files = {
        "yarn.lock": b'prisma@^4:\n  version "4.1.0"\n',
        "apps/web/yarn.lock": b'prisma@^6:\n  version "6.1.0"\n',
        "apps/web/package.json": b'{"devDependencies": {"prisma": "^5"}}',
    }
    texts = Texts(tree(files))
    assert prisma_version(texts, read_manifests(texts), "apps/web/prisma") == (6, 1)
    assert prisma_version(texts, read_manifests(texts), "packages/db/prisma") == (4, 1)


def test_without_a_lock_file_the_range_counts() -> None:
    texts = Texts(tree({"package.json": b'{"devDependencies": {"prisma": "^5.4.2"}}'}))
    assert prisma_version(texts, read_manifests(texts), "prisma") == (5, 4)


def test_broken_files_are_no_trouble() -> None:
    texts = Texts(tree({"package.json": b"{,", "package-lock.json": b"[" * 100_000}))
    assert prisma_version(texts, read_manifests(texts), "prisma") is None
