"""All SQL that a finding of any case offers was printed from a tree, and reads back as one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cases import case_paths, read_case, snapshot_of
from workers.engine.analyze import analyze
from workers.engine.findings import Fix
from workers.engine.fixes.single import guards, indexes
from workers.engine.fixes.tokens import Dialect, lexed, statement_of
from workers.engine.fixes.tree import Statement, bare
from workers.engine.fixes.written import written
from workers.engine.schema.model import (
    ForeignKey,
    Function,
    Index,
    IndexKey,
    QualifiedName,
    Table,
)
from workers.engine.settings import Settings
from workers.engine.sql.mysql.script import statements
from workers.engine.sql.postgres import parse

_LEXED: dict[str, Dialect] = {"mysql": "mysql", "sqlite": "sqlite", "sqlserver": "tsql"}


def offers(path: Path) -> Iterator[tuple[str, Fix]]:
    """What a case's findings offer, each with its database."""
    report = analyze(snapshot_of(read_case(path)), Settings())
    providers = {
        pair.name: pair.replay.schema.provider for pair in report.pairs if pair.replay is not None
    }
    for finding in (*report.findings, *report.suppressed):
        if finding.fix is not None and finding.fix.sql is not None:
            yield providers.get(finding.pair, "postgresql"), finding.fix


def demand(fix: Fix, provider: str) -> None:
    """Each statement of a remedy is one that the house prints, to the letter."""
    lines = [line for line in (fix.sql or "").splitlines() if not line.startswith("--")]
    text = "\n".join(lines)
    if (dialect := _LEXED.get(provider)) is not None:
        for one in _cut(text, dialect):
            again = statement_of(tuple(lexed(one, dialect)), dialect)
            assert lexed(again.removesuffix(";"), dialect) == lexed(one, dialect)
        return
    made = [Statement(one.kind, bare(one.fields)) for one in parse(text.encode())]
    assert made
    assert "\n".join(written(one) for one in made) == text


def _cut(text: str, dialect: Dialect) -> Iterator[str]:
    if dialect == "mysql":
        yield from (text[one.start : one.end] for one in statements(text))
        return
    yield from (part for part in text.split(";\n") if part.strip("; \n"))


@pytest.mark.parametrize("path", case_paths(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_a_case_offers_is_what_the_house_prints(path: Path) -> None:
    for provider, fix in offers(path):
        demand(fix, provider)


NAMES = ["user", 'we"ird', "a; DROP TABLE x; --", "Ünïcode näme", "it's", "$1", "a`b", "c]d", "\\"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("provider", ["postgresql", "cockroachdb", "mysql", "sqlite", "sqlserver"])
def test_an_index_of_any_name_is_one_statement(provider: str, name: str) -> None:
    table = Table(QualifiedName("public", f"{name} t"))
    index = Index(f"{name} i", (IndexKey(f"{name} c"),))
    key = ForeignKey(f"{name} k", (f"{name} c",), table.name, ("id",))
    for fix in (
        indexes.drop_index(provider, "Drop it", table.name, index),
        indexes.index_keys(provider, "Index it", [(table, key)]),
    ):
        assert fix.sql is not None
        demand(fix, provider)


@pytest.mark.parametrize("name", NAMES)
def test_a_guard_for_any_name_is_one_statement(name: str) -> None:
    where = QualifiedName(f"{name} s", f"{name} n")
    kind = '"' + name.replace('"', '""') + '"'
    function = Function(where, ("integer", "text[]", f"public.{kind}", "numeric(10,2)"))
    for fix in (
        guards.switch_on(where),
        guards.read_as_caller(where),
        guards.revoke([function, Function(where, (), kind="procedure")]),
        guards.fix_search_path(function),
        guards.move_extensions([name]),
    ):
        assert fix.sql is not None
        demand(fix, "postgresql")


@pytest.mark.parametrize("text", ["integer) FROM x; --", "", "a, b", "int; DROP TABLE y"])
def test_an_argument_that_is_no_type_gives_no_sql(text: str) -> None:
    function = Function(QualifiedName("public", "f"), (text,))
    assert guards.fix_search_path(function).sql is None
    assert guards.revoke([function]).sql is None
