"""What the README says of the configuration is so."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers.engine.config.keys import EXEMPTION_KEYS, KEYS
from workers.engine.config.reader import read_configuration
from workers.engine.rules.catalogue import CATALOGUE
from workers.engine.source import SourceFile

README = Path(__file__).parents[3] / "README.md"


def between(text: str, name: str) -> tuple[str, str, str]:
    before, mark, rest = text.partition(f"<!-- {name} -->\n")
    inside, end, after = rest.partition(f"<!-- /{name} -->")
    assert mark
    assert end
    return before + mark, inside, end + after


def table_of_keys() -> str:
    """The README's table, from the one definition of the keys."""
    rows = ["| key | what it does | default |", "| --- | --- | --- |"]
    for key in KEYS:
        default = f"`{key.default}`" if key.default else ""
        rows.append(f"| `{key.name}` | {key.what} | {default} |")
    for key in EXEMPTION_KEYS:
        default = f"`{key.default}`" if key.default else ""
        rows.append(f"| `exempt: {key.name}` | {key.what} | {default} |")
    return "\n".join(rows) + "\n"


def test_the_table_of_keys_is_that_of_the_program(request: pytest.FixtureRequest) -> None:
    before, table, after = between(README.read_text(), "keys")
    if request.config.getoption("--regenerate"):
        README.write_text(f"{before}{table_of_keys()}{after}")
        return
    assert table == table_of_keys(), "run `pytest --regenerate` and read what it writes"


def test_the_example_makes_sense() -> None:
    example = between(README.read_text(), "example")[1].removeprefix("```yaml\n")
    configuration = read_configuration(
        SourceFile("README.md", example.removesuffix("```\n")), [rule.name for rule in CATALOGUE]
    )
    assert configuration.troubles == ()
    assert configuration.values
    assert configuration.severities
    assert configuration.exemptions
