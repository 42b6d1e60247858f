"""Imports find their files as TypeScript finds them."""

import pytest

from workers.engine.code.modules import Modules, read_aliases

PATHS = frozenset(
    {
        "apps/web/src/lib/db.ts",
        "apps/web/src/lib/index.ts",
        "apps/web/src/page.tsx",
        "packages/db/src/index.ts",
        "packages/db/src/client.ts",
        "packages/ui/index.js",
    }
)
CONFIG = """{
  // comments are allowed
  "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["./src/*"], "~db": ["src/lib/db"] }, },
}"""
MANIFESTS = {
    "packages/db/package.json": b"""{ "name": "@acme/db", "exports": {
        ".": { "types": "./dist/index.d.ts", "default": "./dist/index.js" },
        "./*": "./src/*.ts" } }""",
    "packages/ui/package.json": b'{ "name": "ui", "main": "index.js" }',
}


@pytest.fixture
def modules() -> Modules:
    return Modules(PATHS, MANIFESTS, {"apps/web/tsconfig.json": read_aliases(CONFIG)})


@pytest.mark.parametrize(
    ("module", "found"),
    [
        ("./lib/db", "apps/web/src/lib/db.ts"),
        ("./lib/db.js", "apps/web/src/lib/db.ts"),
        ("./lib", "apps/web/src/lib/index.ts"),
        ("@/lib/db", "apps/web/src/lib/db.ts"),
        ("~db", "apps/web/src/lib/db.ts"),
        ("src/lib/db", "apps/web/src/lib/db.ts"),
        ("@acme/db", "packages/db/src/index.ts"),
        ("@acme/db/client", "packages/db/src/client.ts"),
        ("ui", "packages/ui/index.js"),
        ("react", None),
        ("../../../../../etc/passwd", None),
    ],
)
def test_an_import_means_a_file(modules: Modules, module: str, found: str | None) -> None:
    assert modules.file("apps/web/src/page.tsx", module) == found


def test_a_config_may_extend_another() -> None:
    configs = {
        "tsconfig.base.json": read_aliases(
            '{ "compilerOptions": { "paths": { "@db": ["./packages/db/src/client.ts"] } } }'
        ),
        "apps/web/tsconfig.json": read_aliases('{ "extends": "../../tsconfig.base.json" }'),
    }
    modules = Modules(PATHS, {}, configs)
    assert modules.file("apps/web/src/page.tsx", "@db") == "packages/db/src/client.ts"
