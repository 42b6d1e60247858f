"""The table of what others check: every name of theirs is there, every rule of ours exists."""

from pathlib import Path

import pytest

from tests.support.hazards import sections
from workers.engine.rules.catalogue import CATALOGUE
from workers.engine.rules.peers import PEERS, answered_by

TABLE = Path(__file__).parents[3] / "workers/engine/rules/PEERS.md"
ATLAS = {
    *("DS101", "DS102", "DS103", "MF101", "MF102", "MF103", "MF104"),
    *("BC101", "BC102", "CD101", "CD102", "CD103", "TX101", "TX201"),
    *(f"PG{number}" for number in (101, 102, 103, 104, 105, 108, 109, 110)),
    *(f"PG{number}" for number in (*range(301, 313), 314, 320)),
}


def test_every_rule_that_answers_exists() -> None:
    named = {
        rule
        for names in PEERS.values()
        for answer in names.values()
        if isinstance(answer, tuple)
        for rule in answer
    }
    assert named <= {rule.name for rule in CATALOGUE}


def test_what_is_not_answered_has_a_reason() -> None:
    reasons = [one for names in PEERS.values() for one in names.values() if isinstance(one, str)]
    assert all(reason.endswith(".") and len(reason.split()) > 4 for reason in reasons)


def test_every_code_of_atlas_is_there() -> None:
    assert set(PEERS["Atlas"]) == ATLAS


def test_every_lint_of_splinter_is_there() -> None:
    assert set(PEERS["splinter"]) == {f"{number:04}" for number in range(1, 30)}


def test_every_default_rule_of_squawk_is_there() -> None:
    assert len(PEERS["squawk"]) == 53


def test_what_the_hazards_say_of_their_peers_is_in_the_table() -> None:
    for hazard in sections("hazards.md"):
        for peer in hazard.peers.split(", "):
            house, _, names = peer.partition(" ")
            for name in names.split() if house in ("squawk", "Atlas") else ():
                answer = PEERS[house].get(name, ())
                if name in PEERS[house] and isinstance(answer, tuple):
                    assert set(answer) & set(hazard.rules), f"{hazard.title}: {house} {name}"


def table() -> str:
    """The document, from the mapping."""
    lines = ["# What others check, and what answers it here", ""]
    for peer, names in PEERS.items():
        lines += [f"## {peer}", "", "| theirs | ours |", "| --- | --- |"]
        for name, answer in names.items():
            told = answer if isinstance(answer, str) else ", ".join(f"`{one}`" for one in answer)
            lines.append(f"| `{name}` | {told} |")
        lines.append("")
    return "\n".join(lines)


def test_the_document_says_what_the_mapping_says(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--regenerate"):
        TABLE.write_text(table())
        return
    assert TABLE.read_text() == table(), "run `pytest --regenerate` and read what it writes"


def test_a_rule_knows_whom_it_answers() -> None:
    assert "squawk ban-drop-table" in answered_by("table-dropped")
    assert "splinter 0013" in answered_by("row-level-security-missing")
    assert answered_by("migration-empty") == ()
