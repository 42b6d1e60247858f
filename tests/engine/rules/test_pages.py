"""Every rule has its page, its three cases and its row in the README."""

from pathlib import Path

import pytest

from tests.support.cases import CASES, read_case
from workers.engine.rule import Rule
from workers.engine.rules.catalogue import CATALOGUE

README = Path(__file__).parents[3] / "README.md"
HEADINGS = ["What it means", "Why it matters", "Example", "Fix", "When to ignore it"]
RULES = sorted(CATALOGUE, key=lambda rule: (rule.family, rule.name))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_a_page_with_all_headings(rule: Rule) -> None:
    lines = rule.page.splitlines()
    assert [line for line in lines if line in HEADINGS] == HEADINGS
    assert lines[0].endswith(".")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_a_case_flagged_one_clean_and_a_near_miss(rule: Rule) -> None:
    said = {}
    for kind in ("flagged", "clean", "near-miss"):
        path = CASES / rule.family / f"{rule.name}.{kind}.md"
        assert path.exists(), f"write {path.relative_to(CASES.parent.parent)}"
        said[kind] = f"[{rule.name}]" in read_case(path).expected
    assert said == {"flagged": True, "clean": False, "near-miss": False}


def table_of_rules() -> str:
    """The README's table, from the catalogue."""
    rows = ["| rule | family | severity | what it finds |", "| --- | --- | --- | --- |"]
    for rule in RULES:
        summary = rule.page.splitlines()[0].rstrip(".")
        rows.append(f"| `{rule.name}` | {rule.family} | {rule.severity.word} | {summary} |")
    return "\n".join(rows)


def test_the_readme_lists_every_rule(request: pytest.FixtureRequest) -> None:
    text = README.read_text()
    before, _, rest = text.partition("<!-- rules -->\n")
    table, end, after = rest.partition("\n<!-- /rules -->")
    assert end, "the README's table of rules has lost its closing mark"
    if request.config.getoption("--regenerate"):
        README.write_text(f"{before}<!-- rules -->\n{table_of_rules()}{end}{after}")
        return
    assert table == table_of_rules(), "run `pytest --regenerate` and read what it writes"
