"""Conventions, tables without personal data, and an organisation's default."""

from __future__ import annotations

from datetime import date

from tests.support.cases import tree
from workers.engine.analyze import analyze
from workers.engine.config.configuration import Configuration
from workers.engine.config.difference import difference
from workers.engine.config.editor import json_schema
from workers.engine.config.effect import settings_of
from workers.engine.config.reader import read_configuration
from workers.engine.findings import Severity
from workers.engine.rules.catalogue import CATALOGUE
from workers.engine.snapshot import Snapshot
from workers.engine.source import SourceFile
from workers.wishes import wishes_of

PATH = ".github/driftline.yml"
RULES = [rule.name for rule in CATALOGUE]


def read(text: str) -> Configuration:
    return read_configuration(SourceFile(PATH, text), RULES)


def test_a_style_is_taken_for_each_kind_of_name() -> None:
    found = read("conventions:\n  tables: snake_case\n  fields: camelCase\n")
    assert found.invalid == ()
    assert settings_of(found).conventions == {"tables": "snake_case", "fields": "camelCase"}


def test_an_unknown_kind_and_an_unknown_style_name_the_nearest() -> None:
    found = read("conventions:\n  table: snake_case\n  columns: snakecase\n")
    assert [(one.key, one.nearest) for one in found.invalid] == [
        ("conventions.table", "tables"),
        ("conventions.columns", "snake_case"),
    ]


def test_conventions_that_are_no_mapping_are_told() -> None:
    (trouble,) = read("conventions: snake_case\n").invalid
    assert trouble.message == "`conventions` must give a style to kinds of names."


def test_a_change_of_a_convention_is_told_with_its_effect() -> None:
    change = difference(read(""), read("conventions:\n  tables: snake_case\n"))
    assert change is not None
    assert change.effects == ("`conventions.tables` goes from nothing to `snake_case`",)


def test_lists_of_names_are_lists() -> None:
    found = read("non-personal-tables: [events, Metric*]\npersonal-columns: userId\n")
    assert settings_of(found).non_personal_tables == ("events", "Metric*")
    (trouble,) = found.invalid
    assert trouble.message == "`personal-columns` must be a list of names."


def test_editors_know_the_keys() -> None:
    properties = json_schema(RULES)["properties"]
    assert properties["conventions"]["properties"]["tables"]["enum"][0] == "snake_case"
    assert properties["non-personal-tables"]["type"] == "array"


def test_a_configured_style_wins_over_what_the_names_show() -> None:
    models = "\n".join(f"model {name} {{\n  id String @id\n}}\n" for name in ("A1", "FoodEntry"))
    schema = f'datasource db {{\n  provider = "postgresql"\n}}\n\n{models}'
    files = {"prisma/schema.prisma": schema.encode()}
    settings = settings_of(read("conventions:\n  tables: snake_case\n"))
    found = [f for f in analyze(Snapshot(tree(files)), settings).findings if f.family == "naming"]
    assert [f.rule for f in found] == ["table-name-off-convention"]
    assert "as the configuration wants it" in found[0].message


DEFAULT = """
fail-on: warning
rules:
  table-extra: off
  column-missing: notice
exempt:
  - rule: index-extra
    reason: made by hand everywhere
    until: 2027-01-01
"""


def test_a_repository_without_a_file_follows_its_organisation() -> None:
    settings = wishes_of(Snapshot(tree({})), date(2026, 1, 1), DEFAULT).settings
    assert settings.fail_on is Severity.WARNING
    assert settings.severities["table-extra"] is None
    assert [one.name for one in settings.exemptions] == ["index-extra"]


def test_what_the_repository_says_wins_key_by_key() -> None:
    own = b"fail-on: error\nrules:\n  column-missing: error\n"
    settings = wishes_of(Snapshot(tree({PATH: own})), date(2026, 1, 1), DEFAULT).settings
    assert settings.fail_on is Severity.ERROR
    assert settings.severities == {"table-extra": None, "column-missing": Severity.ERROR}


def test_what_makes_no_sense_in_the_default_is_not_the_repositorys_trouble() -> None:
    wishes = wishes_of(Snapshot(tree({})), None, "fail-onn: error\n")
    assert wishes.configuration.troubles == ()
