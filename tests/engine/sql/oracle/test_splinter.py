"""What the rules say of the replayed state is what splinter's lints say of a real database.

The histories are those of the literate cases on security and indexes, run on a server that has
what Supabase puts into a project.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import psycopg
import pytest

from tests.support.cases import Case, case_paths, read_case, tree
from tests.support.postgres import Server
from tests.support.splinter import database, lint, prepare
from workers.engine.analyze import analyze
from workers.engine.findings import Finding
from workers.engine.snapshot import Snapshot

RULES = {
    "0001": ("foreign-key-without-index",),
    "0002": ("auth-users-exposed",),
    "0003": ("policy-calls-per-row",),
    "0004": ("primary-key-missing",),
    "0006": ("permissive-policies-overlap",),
    "0007": ("policy-without-row-level-security",),
    "0008": ("row-level-security-without-policy",),
    "0009": ("duplicate-index",),
    "0010": ("view-bypasses-row-level-security", "auth-users-exposed"),
    "0011": ("function-search-path-mutable",),
    "0013": ("row-level-security-missing", "policy-without-row-level-security"),
    "0014": ("extension-in-public",),
    "0015": ("policy-reads-user-metadata",),
    "0016": ("materialized-view-exposed", "auth-users-exposed"),
    "0017": ("foreign-table-exposed",),
    "0018": ("registry-type-column",),
    "0021": ("foreign-key-to-auth-unique",),
    "0023": ("sensitive-column-exposed",),
    "0024": ("policy-always-true",),
    "0025": ("storage-bucket-listable",),
    "0028": ("security-definer-exposed",),
}
GROUPED = frozenset(
    {
        *("foreign-key-without-index", "policy-calls-per-row", "primary-key-missing"),
        *("permissive-policies-overlap", "extension-in-public", "security-definer-exposed"),
    }
)
"""Rules that tell several in one finding: their detail names all."""
BY_LAST_NAME = frozenset({"0015", "0024"})
SEED = "supabase/migrations/20000101000000_seed.sql"


def cases() -> Iterator[Case]:
    """The cases whose history is a Supabase project's."""
    for path in case_paths():
        case = read_case(path)
        is_supabase = any(name.startswith("supabase/") for name in case.head)
        if case.family in ("security", "index") and is_supabase:
            yield case


CASES = [case for case in cases() if not any(b"pgmq" in text for text in case.head.values())]
"""No server here has pgmq."""


@pytest.fixture(scope="module")
def server(postgres15: Server) -> Server:
    prepare(postgres15)
    return postgres15


def ran(case: Case, connection: psycopg.Connection[object]) -> bool:
    """Run the migrations of a case; False where this server lacks an extension."""
    migrations = [name for name in sorted(case.head) if "/migrations/" in name and ".sql" in name]
    connection.execute("SET check_function_bodies = off")
    for name in migrations:
        try:
            connection.execute(case.head[name])
        except psycopg.Error as error:
            if error.sqlstate in ("0A000", "58P01", "3F000", "55000"):
                return False
            raise
    return True


def exempt(connection: psycopg.Connection[object]) -> set[str]:
    """The tables of which a comment says that they need no row-level security."""
    query = """
        SELECT c.relnamespace::regnamespace || '.' || c.relname FROM pg_class c
        JOIN pg_description d ON d.objoid = c.oid AND d.objsubid = 0
        WHERE d.description ILIKE '%no RLS needed%'"""
    return {str(row[0]) for row in connection.execute(query).fetchall() if isinstance(row, tuple)}


def exposed_schemas(case: Case) -> list[str]:
    """The schemas that the project's API serves."""
    text = case.head.get("supabase/config.toml", b"").decode()
    schemas = tomllib.loads(text).get("api", {}).get("schemas", ["public", "graphql_public"])
    return list(schemas)


def said(case: Case) -> dict[str, set[str]]:
    """What our rules say, by the lints that they answer; all of it counts as new."""
    folder = next(name for name in case.head if "/migrations/" in name and ".sql" in name)
    seed = SEED if folder.startswith("supabase/") else "prisma/migrations/0_seed/migration.sql"
    base = {name: text for name, text in case.head.items() if "/migrations/" not in name}
    base[seed] = b"SELECT 1;\n"
    head = case.head | {seed: b"SELECT 1;\n"}
    changed = frozenset(name for name in head if head[name] != base.get(name))
    report = analyze(Snapshot(tree(head), tree(base), changed))
    findings = [part for finding in report.findings for part in finding.parts]
    return {
        number: {name for one in findings if one.rule in rules for name in _names(one, number)}
        for number, rules in RULES.items()
    }


def _names(finding: Finding, number: str) -> Iterator[str]:
    if finding.rule in GROUPED or finding.message.startswith("No table"):
        for name in finding.detail.split(","):
            yield name.strip("`")
    elif number == "0009":
        yield finding.subject.rpartition(".")[0]
    elif number in BY_LAST_NAME or number == "0021":
        yield finding.subject.rpartition(".")[2]
    else:
        yield finding.subject.replace(", ", ",")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.family}/{case.path.stem}")
def test_the_rules_say_what_the_lints_say(case: Case, server: Server) -> None:
    with database(server) as connection:
        if not ran(case, connection):
            pytest.skip("the server has no such extension")
        true = lint(connection, exposed_schemas(case))
        true["0013"] -= exempt(connection)
        true["0014"] -= {"public.pg_graphql"}  # Supabase has it in a schema of its own
    ours = said(case)
    # A view of auth.users is told by its own rule alone, whether it is a view or materialised.
    ours["0010"] -= ours["0016"] & true["0016"] | (true["0002"] - true["0010"])
    ours["0016"] -= true["0010"]
    wrong = {
        number: (true[number], ours[number]) for number in RULES if ours[number] != true[number]
    }
    assert wrong == {}
