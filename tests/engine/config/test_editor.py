"""The JSON Schema says of a file what reading it says."""

from __future__ import annotations

import jsonschema_rs
import pytest
import yaml

from workers.engine.config.editor import json_schema
from workers.engine.config.keys import KEYS
from workers.engine.config.reader import read_configuration
from workers.engine.rules.catalogue import CATALOGUE
from workers.engine.source import SourceFile

RULES = [rule.name for rule in CATALOGUE]
VALIDATOR = jsonschema_rs.validator_for(json_schema(RULES), validate_formats=True)


@pytest.mark.parametrize(
    ("text", "is_valid"),
    [
        ("", True),
        ("fail-on: never\ntrial: true\nmax-comments: 0\npostgres-version: 18\n", True),
        ("rules: {column-missing: off, table-extra: 'off', table-missing: notice}\n", True),
        ("families: {naming: off, data-loss: error}\n", True),
        ("ignore-paths: []\nschema: db\nmigrations: db/migrations\ndefault-schema: app\n", True),
        ("exempt: [{rule: table-extra, subject: Old*, reason: so, until: '2027-01-31'}]\n", True),
        ("exempt: [{family: drift, reason: so}]\n", True),
        ("fail-on: loud\n", False),
        ("fail-off: error\n", False),
        ("max-comments: 51\n", False),
        ("max-comments: '5'\n", False),
        ("postgres-version: 11\n", False),
        ("trial: perhaps\n", False),
        ("ignore-paths: a\n", False),
        ("ignore-paths: ['']\n", False),
        ("schema: ''\n", False),
        ("rules: {naming: off}\n", False),
        ("families: {column-missing: off}\n", False),
        ("rules: {column-missing: loud}\n", False),
        ("rules: []\n", False),
        ("exempt: [{rule: table-extra}]\n", False),
        ("exempt: [{reason: so}]\n", False),
        ("exempt: [{rule: table-extra, family: drift, reason: so}]\n", False),
        ("exempt: [{rule: table-extra, reason: so, until: soon}]\n", False),
        ("exempt: [{rule: table-extra, reason: so, since: '2027-01-31'}]\n", False),
        ("pairs: [{schema: a.prisma, migrations: sql/a}, {schema: b.prisma}]\n", True),
        ("pairs: [{migrations: sql/a}]\n", False),
        ("pairs: [{schema: a, migration: sql/a}]\n", False),
        ("pairs: [a.prisma]\n", False),
        ("pairs: {schema: a}\n", False),
        ("- a\n", False),
    ],
)
def test_both_take_and_refuse_the_same(text: str, is_valid: bool) -> None:
    troubles = read_configuration(SourceFile("driftline.yml", text), RULES).troubles
    assert (not troubles) is is_valid
    assert VALIDATOR.is_valid(yaml.safe_load(text)) is is_valid


def test_every_key_is_described() -> None:
    properties = json_schema(RULES)["properties"]
    assert list(properties) == [key.name for key in KEYS]
    assert all(properties[key.name]["description"] for key in KEYS)
