"""How alike two names are: by their words, not by their letters alone."""

from __future__ import annotations

from msgspec import Struct

SAME = 1.0
"""The score of two names that say the same words in another spelling."""


class Likeness(Struct, frozen=True):
    """A score between 0 and 1, and the reason for it in words; empty where there is none."""

    score: float
    reason: str = ""


def words(name: str) -> tuple[str, ...]:
    """The words of a name in snake_case, camelCase or kebab-case, small and in the singular."""
    found: list[str] = []
    current = ""
    for index, letter in enumerate(name):
        before = name[index - 1] if index else ""
        after = name[index + 1] if index + 1 < len(name) else ""
        is_hump = letter.isupper() and (not before.isupper() or after.islower())
        if current and (not letter.isalnum() or is_hump):
            found.append(current)
            current = ""
        if letter.isalnum():
            current += letter
    if current:
        found.append(current)
    return tuple(_singular(word.lower()) for word in found)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ses", "xes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def likeness(one: str, other: str) -> Likeness:
    """How alike two names are, and why."""
    first, second = words(one), words(other)
    if not first or not second:
        return Likeness(0.0)
    if first == second or "".join(first) == "".join(second):
        return Likeness(SAME, "the names say the same words")
    if sorted(first) == sorted(second):
        return Likeness(0.85, "the names say the same words in another order")
    short, long = sorted((first, second), key=len)
    if len(short) < len(long) and _contains(long, short):
        letters = sum(map(len, short))
        whole = sum(map(len, long))
        if letters >= 4:
            return Likeness(0.6 + 0.3 * letters / whole, "one name holds the other")
        return Likeness(0.4, "one name holds the other")
    if len(first) == len(second) and all(map(_is_short_for, first, second)):
        return Likeness(0.75, "one name is short for the other")
    from difflib import SequenceMatcher  # only renames need it

    spelling = SequenceMatcher(None, "_".join(first), "_".join(second)).ratio()
    if spelling >= 0.85 and min(len(one), len(other)) >= 5:
        return Likeness(0.7, "the names are spelled almost alike")
    shared = set(first) & set(second)
    portion = len(shared) / len(set(first) | set(second))
    if portion >= 0.5:
        return Likeness(portion, "the names share most of their words")
    return Likeness(portion / 2)


def _contains(long: tuple[str, ...], short: tuple[str, ...]) -> bool:
    size = len(short)
    return any(long[at : at + size] == short for at in range(len(long) - size + 1))


def _is_short_for(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= 3 and long.startswith(short)
