"""Values of settings and storage parameters, as src/backend/utils/misc/guc.c reads them."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from workers.engine.numerals import is_whole

_BOOLEANS = (("true", 1), ("false", 1), ("yes", 1), ("no", 1), ("on", 2), ("off", 2))
"""Each word with the fewest letters of it that are enough."""

MEMORY = {"B": 1, "kB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4}
TIME = {"us": 0.001, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}


def is_boolean(text: str) -> bool:
    """Whether a text is on or off: parse_bool of src/backend/utils/adt/bool.c."""
    word = text.lower()
    known = any(len(word) >= least and one.startswith(word) for one, least in _BOOLEANS)
    return known or word in ("1", "0")


def amount(text: str, units: Mapping[str, float] | None = None, base: float = 1) -> float | None:
    """A number, which a unit of `units` may follow, in steps of `base`; None where it is none."""
    word = text.strip()
    end = _end_of_number(word)
    number = _number(word[:end])
    unit = word[end:].strip()
    if number is None or (unit and unit not in (units or {})):
        return None
    return number * (units or {})[unit] / base if unit else number


def _end_of_number(word: str) -> int:
    at = 1 if word[:1] in ("+", "-") else 0
    if word[at : at + 2].lower() == "0x":
        return _skip(word, at + 2, "0123456789abcdefABCDEF")
    at = _skip(word, at, "0123456789")
    if word[at : at + 1] == ".":
        at = _skip(word, at + 1, "0123456789")
    if word[at : at + 1] in ("e", "E"):
        start = at + 2 if word[at + 1 : at + 2] in ("+", "-") else at + 1
        end = _skip(word, start, "0123456789")
        return end if end > start else at
    return at


def _skip(word: str, at: int, letters: str) -> int:
    while at < len(word) and word[at] in letters:
        at += 1
    return at


def _number(digits: str) -> float | None:
    bare = digits.lstrip("+-")
    if bare[:2].lower() == "0x":
        if not 2 < len(bare) < 20:
            return None
        return float(int(bare, 16)) * (-1 if digits[0] == "-" else 1)
    if is_whole(bare) and bare[0] == "0" and len(bare) > 1 and all(d in "01234567" for d in bare):
        return float(int(bare, 8)) * (-1 if digits[0] == "-" else 1)
    try:
        number = float(digits)
    except ValueError:
        return None
    return number if isfinite(number) else None
