"""Dates, times and intervals as PostgreSQL prints what it read, for the plain ISO forms."""

from __future__ import annotations

from workers.engine.sql.expressions.typed import MismatchError, UnprintableError

_WORDS = ("now", "today", "tomorrow", "yesterday", "epoch", "infinity", "allballs")


def unknown(text: str) -> str:
    """A type whose output is not worked out here; what no date or time can be is refused."""
    word = text.strip().lower()
    if not any(letter.isdigit() for letter in word) and not any(w in word for w in _WORDS):
        raise MismatchError("22007", f'invalid input syntax for this type: "{text}"')
    raise UnprintableError(f"{text!r} is read by rules that are not known here")


def _digits(text: str, count: int) -> str:
    if len(text) != count or not text.isdigit():
        return unknown(text)
    return text


def date(text: str) -> str:
    """`2024-01-31`; infinities stay."""
    word = text.strip().lower()
    if word in ("infinity", "-infinity"):
        return word
    if word.isdigit() and len(word) < 5:
        raise MismatchError("22007", f'invalid input syntax for type date: "{text}"')
    year, month, day = _split(word, "-", 3)
    return f"{_digits(year, 4)}-{_digits(month.zfill(2), 2)}-{_digits(day.zfill(2), 2)}"


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
    if fraction and not (fraction.isdigit() and len(fraction) <= 6):
        unknown(text)
    whole = ":".join(_digits(part.zfill(2), 2) for part in (*parts[:2], seconds))
    return f"{whole}.{fraction}" if fraction else whole


def timestamp(text: str) -> str:
    """`2024-01-31 12:30:00`; a zone in the text is ignored, as PostgreSQL does."""
    word = text.strip().lower()
    if word in ("infinity", "-infinity"):
        return word
    if word == "epoch":
        return "1970-01-01 00:00:00"
    day, _, rest = word.replace("t", " ", 1).partition(" ")
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


_UNITS = {
    "year": "year", "years": "year", "yr": "year", "y": "year",
    "month": "mon", "months": "mon", "mon": "mon", "mons": "mon",
    "week": "week", "weeks": "week", "day": "day", "days": "day", "d": "day",
    "hour": "hour", "hours": "hour", "hr": "hour", "hrs": "hour", "h": "hour",
    "minute": "minute", "minutes": "minute", "min": "minute", "mins": "minute", "m": "minute",
    "second": "second", "seconds": "second", "sec": "second", "secs": "second", "s": "second",
}  # fmt: skip


def interval(text: str) -> str:
    """`1 day`, `00:30:00`, `1 year 2 mons`, as interval_out writes whole numbers."""
    words = text.strip().lower().split()
    if len(words) == 1 and ":" in words[0]:
        return time(words[0])
    totals = dict.fromkeys(("year", "mon", "week", "day", "hour", "minute", "second"), 0)
    if not words or len(words) % 2:
        unknown(text)
    for number, unit in zip(words[::2], words[1::2], strict=True):
        known = _UNITS.get(unit)
        if known is None or not number.isdigit():
            return unknown(text)
        totals[known] += int(number)
    return _interval_text(totals)


def _interval_text(totals: dict[str, int]) -> str:
    months = totals["year"] * 12 + totals["mon"]
    days = totals["week"] * 7 + totals["day"]
    seconds = totals["hour"] * 3600 + totals["minute"] * 60 + totals["second"]
    parts = [
        f"{count} {unit}{'' if count == 1 else 's'}"
        for count, unit in ((months // 12, "year"), (months % 12, "mon"), (days, "day"))
        if count
    ]
    if seconds or not parts:
        minutes, second = divmod(seconds, 60)
        parts.append(f"{minutes // 60:02}:{minutes % 60:02}:{second:02}")
    return " ".join(parts)
