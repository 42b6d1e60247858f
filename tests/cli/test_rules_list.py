"""`driftline rules` lists every rule with what it is, and whose rules it answers."""

import json

from workers.engine.rules.catalogue import CATALOGUE
from workers.output.rules import proposes_fix, render_rule, render_rules, render_rules_json


def test_each_rule_has_a_line_with_its_family_severity_and_peers() -> None:
    lines = {line.split()[0]: line for line in render_rules(CATALOGUE).splitlines()}
    assert lines.keys() == {rule.name for rule in CATALOGUE}
    assert "[squawk ban-drop-column, " in lines["column-dropped"]
    assert "Atlas DS103" in lines["column-dropped"]
    assert " fix " in lines["duplicate-index"]
    assert " fix " not in lines["table-dropped"]


def test_the_json_says_the_same() -> None:
    rows = {row["name"]: row for row in json.loads(render_rules_json(CATALOGUE))}
    assert rows["duplicate-index"]["fix"] is True
    assert rows["row-level-security-missing"]["answers"] == ["splinter 0013"]


def test_a_page_ends_with_the_names_that_others_have_for_it() -> None:
    page = render_rule(CATALOGUE["table-dropped"])
    assert page.endswith("Prisma NonEmptyTableDrop")


def test_a_rule_that_only_points_proposes_no_fix() -> None:
    assert not proposes_fix(CATALOGUE["rows-deleted"])
    assert proposes_fix(CATALOGUE["row-level-security-missing"])
