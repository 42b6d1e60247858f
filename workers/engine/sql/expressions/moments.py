"""Dates and times as PostgreSQL prints what it read, for the plain ISO forms."""

from __future__ import annotations

from workers.engine.numerals import is_whole
from workers.engine.sql.expressions.typed import MismatchError, UnprintableError

_WORDS = ("now", "today", "tomorrow", "yesterday", "epoch", "infinity", "allballs")


def unknown(text: str) -> str:
    """A type whose output is not worked out here; what no date or time can be is refused."""
    word = text.strip().lower()
    if not any(is_whole(letter) for letter in word) and not any(w in word for w in _WORDS):
        raise MismatchError("22007", f'invalid input syntax for this type: "{text}"')
    raise UnprintableError(f"{text!r} is read by rules that are not known here")


def _digits(text: str, count: int) -> str:
    if len(text) != count or not is_whole(text):
        return unknown(text)
    return text


def date(text: str) -> str:
    """`2024-01-31`; infinities stay."""
    word = text.strip().lower()
    if word in ("infinity", "-infinity"):
        return word
    if is_whole(word) and len(word) < 5:
        raise MismatchError("22007", f'invalid input syntax for type date: "{text}"')
    year, month, day = _split(word, "-", 3)
    shown = f"{_digits(year, 4)}-{_digits(month.zfill(2), 2)}-{_digits(day.zfill(2), 2)}"
    if (
        not 0 < int(month) < 13
        or not 0 < int(day) <= _days(int(year), int(month))
        or year == "0000"
    ):
        raise _out_of_range(text)
    return shown


def _days(year: int, month: int) -> int:
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and is_leap else _DAYS[month - 1]


_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _out_of_range(text: str) -> MismatchError:
    return MismatchError("22008", f'date/time field value out of range: "{text}"')


def _split(text: str, mark: str, count: int) -> list[str]:
    parts = text.split(mark)
    if len(parts) != count:
        unknown(text)
    return parts


def time(text: str) -> str:
    """`12:30:00`, with a fraction only where it is not zero."""
    parts = text.strip().split(":")
    if not 2 <= len(parts) <= 3:
        unknown(text)
    seconds, _, fraction = (parts[2] if len(parts) == 3 else "00").partition(".")
    fraction = fraction.rstrip("0")
    if fraction and not (is_whole(fraction) and len(fraction) <= 6):
        unknown(text)
    whole = ":".join(_digits(part.zfill(2), 2) for part in (*parts[:2], seconds))
    hour, minute, second = (int(part) for part in whole.split(":"))
    is_late = hour == 24 and (minute or second or fraction)
    if hour > 24 or minute > 59 or second > 60 or is_late:
        raise _out_of_range(text)
    return f"{whole}.{fraction}" if fraction else whole


def timestamp(text: str) -> str:
    """`2024-01-31 12:30:00`; a zone in the text is ignored, as PostgreSQL does."""
    word = text.strip().lower()
    if word in ("infinity", "-infinity"):
        return word
    if word == "epoch":
        return "1970-01-01 00:00:00"
    if is_whole(word) and len(word) < 5:
        raise MismatchError("22007", f'invalid input syntax for type timestamp: "{text}"')
    day, _, rest = word.replace("t", " ", 1).partition(" ")
    if not all(map(is_whole, day.split("-"))) or "-" not in day:
        return unknown(text)  # `January 8, 1999` and its like
    rest = _without_zone(rest.strip())
    return f"{date(day)} {time(rest) if rest else '00:00:00'}"


def _without_zone(rest: str) -> str:
    rest = rest.removesuffix("z").removesuffix(" utc").removesuffix("utc").strip()
    for sign in "+-":
        rest = rest.partition(sign)[0]
    return rest


def timestamp_with_zone(text: str) -> str:
    """A moment as a session in UTC prints it; one at another offset is not worked out."""
    word = text.strip().lower()
    if word in ("infinity", "-infinity"):
        return word
    rest = word.replace("t", " ", 1).partition(" ")[2]
    zone = rest.partition("+")[2]
    if (zone and zone.strip("0:")) or "-" in rest or any(letter.isalpha() for letter in rest[:-1]):
        unknown(text)
    return timestamp(text) + "+00"
