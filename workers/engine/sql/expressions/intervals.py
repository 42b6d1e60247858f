"""Intervals: what interval_in reads, and what interval_out writes of it.

Follows ParseDateTime, DecodeInterval, DecodeISO8601Interval and EncodeInterval of
src/backend/utils/adt/datetime.c. What servers of different age read differently is not told.
"""

from __future__ import annotations

from fractions import Fraction

from msgspec import Struct

from workers.engine.sql.expressions.typed import MismatchError, UnprintableError

_LONGEST = 1_000
"""Of a constant, in characters; PostgreSQL reads 100 and a few."""
_DAY = 86_400
_UNITS = {
    "us": "us usec usecond useconds usecs microsecon",
    "ms": "ms msec msecond mseconds msecs millisecon",
    "second": "s sec second seconds secs", "minute": "m min mins minute minutes",
    "hour": "h hour hours hr hrs", "day": "d day days", "week": "w week weeks",
    "month": "mon mons month months", "year": "y year years yr yrs",
    "decade": "dec decade decades decs", "century": "c cent centuries century",
    "millennium": "mil millennia millennium mils", "quarter": "qtr quarter", "ago": "ago",
}  # fmt: skip
_WORDS = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_SECONDS = {"second": Fraction(1), "minute": Fraction(60), "hour": Fraction(3600),
            "ms": Fraction(1, 1000), "us": Fraction(1, 1_000_000)}  # fmt: skip
_MONTHS = {"month": 1, "year": 12, "decade": 120, "century": 1200, "millennium": 12_000}
_DAYS = {"day": 1, "week": 7}
_SPLIT_WORDS = frozenset(("h", "m", "d", "s", "y"))
"""Units that a digit may follow at once; behind any other word it is taken for a date."""


class _Interval(Struct):
    months: Fraction = Fraction(0)
    days: Fraction = Fraction(0)
    seconds: Fraction = Fraction(0)

    def add(self, unit: str, value: Fraction) -> None:
        """Add so many of a unit; what is left of a month or a day goes further down."""
        if unit in _SECONDS:
            self.seconds += value * _SECONDS[unit]
        elif unit in _DAYS:
            self._add_days(value * _DAYS[unit])
        elif unit == "month":
            whole = int(value)
            self.months += whole
            self._add_days((value - whole) * 30)
        else:
            self.months += round(value * _MONTHS[unit])

    def _add_days(self, value: Fraction) -> None:
        whole = int(value)
        self.days += whole
        self.seconds += (value - whole) * _DAY


def interval(text: str) -> str:
    """`1 day`, `00:30:00`, `1 year 2 mons`, as interval_out writes it."""
    word = text.strip().lower()
    if not word.isascii() or len(word) > _LONGEST:
        raise UnprintableError("a letter that no interval has, or too many")
    if "inf" in word:
        raise UnprintableError("an infinite interval: read since 17")
    made = _iso(word) if word.startswith("p") else _decoded(text, _tokens(text))
    if made is None:
        raise _refusal(text)
    if (
        abs(made.months) > 2**31 - 1
        or abs(made.days) > 2**31 - 1
        or abs(made.seconds) > 2**63 // 10**6
    ):
        raise _overflow(text)
    return _shown(made)


def _refusal(text: str) -> MismatchError:
    return MismatchError("22007", f'invalid input syntax for type interval: "{text}"')


def _overflow(text: str) -> MismatchError:
    return MismatchError("22015", f'interval field value out of range: "{text}"')


def _tokens(text: str) -> list[str]:
    """ParseDateTime: numbers with what clings to them, and words."""
    found: list[str] = []
    word, at = text.lower(), 0
    while at < len(word):
        letter, start = word[at], at
        if letter.isdigit() or (letter == "." and word[at + 1 : at + 2].isdigit()):
            at = _end(word, at, "0123456789:.-/")
        elif letter in "+-":
            at += 1
            while word[at : at + 1].isspace():
                at += 1
            at = _end(word, at, "0123456789:.-")
        elif letter.isascii() and letter.isalpha():
            while word[at : at + 1].isascii() and word[at : at + 1].isalpha():
                at += 1
            clings = word[at : at + 1]
            if clings in ("-", "/", ".") or (
                clings.isdigit() and word[start:at] not in _SPLIT_WORDS
            ):
                raise UnprintableError("a word and a number that cling together")
        elif letter.isspace() or (letter.isascii() and letter.isprintable()):
            at += 1
            continue
        else:
            raise UnprintableError("a letter that no interval has")
        found.append("".join(word[start:at].split()))
    return found


def _end(word: str, at: int, letters: str) -> int:
    while at < len(word) and word[at] in letters:
        at += 1
    return at


def _decoded(text: str, tokens: list[str]) -> _Interval | None:
    """DecodeInterval: from the last token to the first, each number by the unit behind it."""
    made, unit, seen = _Interval(), "second", set[str]()
    before, is_ago = "", False
    for token in reversed(tokens):
        if token[0].isalpha():
            known = _WORDS.get(token[:10])
            if known is None:
                return None
            if before.isalpha() or (known == "ago" and (before or is_ago)):
                raise UnprintableError("a unit without a number: read until 15")
            is_ago = is_ago or known == "ago"
            unit = known
        elif ":" in token:
            seconds = _time(text, token)
            if seconds is None or not seen.isdisjoint(("hour", "minute", "second")):
                return None
            seen |= {"hour", "minute", "second"}
            made.seconds += seconds
            unit = "day"
        else:
            unit, value = _number(text, token, unit)
            if unit in ("quarter", "ago", "") or unit in seen:
                return None
            seen.add(unit)
            made.add(unit, value)
        before = "" if unit == "ago" else token
    if not seen:
        return None
    if is_ago:
        made = _Interval(-made.months, -made.days, -made.seconds)
    return made


def _number(text: str, token: str, unit: str) -> tuple[str, Fraction]:
    """A number, or `years-months`; an unknown form has no unit."""
    sign = -1 if token[0] == "-" else 1
    digits = token.lstrip("+-")
    years, dash, months = digits.partition("-")
    if dash:
        if not years.isdigit() or not months.isdigit():
            return "", Fraction(0)
        if int(months) > 11:
            raise _overflow(text)
        return "month", Fraction(sign * (int(years) * 12 + int(months)))
    whole, _, fraction = digits.partition(".")
    if not (whole + fraction).isdigit():
        return "", Fraction(0)
    return unit, sign * Fraction(f"{whole or 0}.{fraction or 0}")


def _time(text: str, token: str) -> Fraction | None:
    """`hh:mm` and `hh:mm:ss.f`, in seconds."""
    sign = -1 if token[0] == "-" else 1
    parts = token.lstrip("+-").split(":")
    last, _, fraction = parts[-1].partition(".")
    if len(parts) == 2 and fraction:
        raise UnprintableError("minutes and seconds alone")
    if len(parts) > 3 or not all(part.isdigit() for part in (*parts[:-1], last)):
        return None
    if fraction and not fraction.isdigit():
        return None
    hours, minutes = int(parts[0]), int(parts[1] if len(parts) == 3 else last)
    seconds = Fraction(f"{last}.{fraction or 0}") if len(parts) == 3 else Fraction(0)
    if minutes > 59 or seconds > 60:
        raise _overflow(text)
    return sign * (hours * 3600 + minutes * 60 + seconds)


def _iso(word: str) -> _Interval | None:
    """DecodeISO8601Interval: `P1Y2M3DT4H5M6S`; the forms without letters are not worked out."""
    made, units, number = (
        _Interval(),
        dict(zip("ymwd", ("year", "month", "week", "day"), strict=True)),
        "",
    )
    has_any = False
    for letter in word[1:]:
        if letter == "t" and not number:
            units = {"h": "hour", "m": "minute", "s": "second"}
        elif letter.isdigit() or letter in "+-.":
            number += letter
        elif letter in units and number.lstrip("+-").replace(".", "", 1).isdigit():
            made.add(units[letter], Fraction(number))
            number, has_any = "", True
        else:
            if letter in ":t":
                raise UnprintableError("an interval of ISO 8601 without letters")
            return None
    if number:
        raise UnprintableError("an interval of ISO 8601 without letters")
    return made if has_any else None


def _shown(made: _Interval) -> str:
    """EncodeInterval, in the style `postgres`."""
    months, days = int(made.months), int(made.days)
    micros = round(made.seconds * 1_000_000)
    years = int(Fraction(months, 12))
    parts: list[str] = []
    is_negative = False
    for count, unit in ((years, "year"), (months - years * 12, "mon"), (days, "day")):
        if count:
            sign = "+" if is_negative and count > 0 else ""
            parts.append(f"{sign}{count} {unit}{'' if count == 1 else 's'}")
            is_negative = count < 0
    if micros or not parts:
        seconds, rest = divmod(abs(micros), 1_000_000)
        minutes, second = divmod(seconds, 60)
        sign = "-" if micros < 0 else "+" if is_negative else ""
        fraction = f".{rest:06}".rstrip("0") if rest else ""
        parts.append(f"{sign}{minutes // 60:02}:{minutes % 60:02}:{second:02}{fraction}")
    return " ".join(parts)
