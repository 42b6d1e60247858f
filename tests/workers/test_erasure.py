"""Each kind of key is known to the erasure, or names nobody."""

from __future__ import annotations

import re
from pathlib import Path

from workers import erasure

ROOT = Path(__file__).parents[2]
KEY = re.compile(r"f?\"driftline:([a-z-]+):\{")
ELSEWHERE = {"served", "token", "ungranted", "answered"}
"""Told apart in `erasure._belongs` by more than their first part."""
NAMELESS = {
    "delivery": "GitHub's id of a delivery, for 8 days",
    "finding": "a mark in a comment, no key",
    "lease": "ends by itself within 30 s",
    "redelivered": "GitHub's id of a delivery",
    "rounds": "a round of the clock",
    "slug": "the App's own name",
}


def test_every_kind_of_key_is_erased_or_names_nobody() -> None:
    kinds = {
        found
        for folder in ("bot", "workers")
        for path in (ROOT / folder).rglob("*.py")
        for found in KEY.findall(path.read_text())
    }
    assert len(kinds) > 20
    known = (
        erasure._BY_REPOSITORY
        | erasure._BY_INSTALLATION
        | erasure._BY_BOTH
        | erasure._BY_NAME
        | ELSEWHERE
    )
    assert kinds - known - NAMELESS.keys() == set()
    assert known - kinds == set()


def test_what_names_an_installation_and_a_repository_goes_with_either() -> None:
    key = ["met", "7", "42"]
    assert erasure._belongs(key, {"42"}, set(), "")
    assert erasure._belongs(key, set(), set(), "7")
    assert not erasure._belongs(key, {"7"}, set(), "")
    assert not erasure._belongs(key, {"43"}, set(), "42")
