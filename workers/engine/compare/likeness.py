"""How alike two names are: by their words, not by their letters alone."""

from __future__ import annotations

from msgspec import Struct

SAME = 1.0
"""The score of two names that say the same words in another spelling."""


_NEGATIONS = ("in", "un", "non", "dis", "not", "no", "im")
_OPPOSITES = frozenset(
    frozenset(pair.split())
    for pair in (
        "start end", "begin end", "start stop", "from to", "min max", "minimum maximum", "old new",
        "first last", "before after", "in out", "created updated", "created deleted",
        "updated deleted", "enabled disabled", "public private", "visible hidden", "open closed",
        "opened closed", "show hide", "source target", "sender receiver", "buyer seller",
        "debit credit", "previous next", "parent child", "left right", "lat lng", "lat lon",
        "latitude longitude", "width height", "locked unlocked", "allow deny", "follower following",
    )
)  # fmt: skip


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
    if are_opposed(first, second):
        return Likeness(0.0)
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


def are_opposed(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the two say the contrary of each other: `isActive`, `isInactive`, `notActive`.

    A column that was renamed so holds the wrong values, whatever its type.
    """
    first = [word for word in one if word not in other]
    second = [word for word in other if word not in one]
    if len(first) + len(second) == 1:
        return (first or second)[0] in _NEGATIONS
    if len(first) != 1 or len(second) != 1:
        return False
    short, long = sorted((first[0], second[0]), key=len)
    is_negated = any(long == f"{negation}{short}" for negation in _NEGATIONS)
    return is_negated or frozenset((short, long)) in _OPPOSITES


def _contains(long: tuple[str, ...], short: tuple[str, ...]) -> bool:
    size = len(short)
    return any(long[at : at + size] == short for at in range(len(long) - size + 1))


def _is_short_for(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= 3 and long.startswith(short)
