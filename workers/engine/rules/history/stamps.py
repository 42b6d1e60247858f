"""New names that put a migration between two others."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

_FORMAT = "%Y%m%d%H%M%S"
_LENGTH = 14
_DIGITS = "0123456789"


def stamp_of(name: str) -> str:
    """The digits that a migration's name begins with."""
    return name[: len(name) - len(name.lstrip(_DIGITS))]


def between(before: str | None, after: str | None, name: str) -> str:
    """A name that sorts after one migration and before another, with the words of `name`.

    Before the first one it is a day earlier; between two it is a second after the former, or, where
    that is no time or too late, the former's name with the words behind it.
    """
    words = name[len(stamp_of(name)) :].lstrip("_-") or "migration"
    low = stamp_of(before) if before is not None else None
    high = stamp_of(after) if after is not None else None
    moment = _moment(low)
    if low is None:
        first = _moment(high)
        stamp = (first - timedelta(days=1)).strftime(_FORMAT) if first else "0"
    elif moment is not None:
        stamp = (moment + timedelta(seconds=1)).strftime(_FORMAT)
    elif (day := _day(low)) is not None:
        stamp = (day + timedelta(days=1)).strftime(_FORMAT)
    else:
        stamp = low + "1"
    candidate = f"{stamp}_{words}"
    if _fits(before, candidate, after):
        return candidate
    return f"{before}_{words}" if before is not None else f"0_{words}"


def newest_after(names: list[str], name: str) -> str:
    """A name that sorts after all of these, with the words of `name`."""
    last = max(names)
    return between(last, None, name)


def day_of(name: str) -> date | None:
    """The day that a name is dated, where it begins with a timestamp of fourteen digits."""
    stamp = stamp_of(name)
    if len(stamp) != _LENGTH:
        return None
    moment = _read(stamp[:8])
    return moment.date() if moment else None


def moved_to(day: date, names: list[str], name: str) -> str:
    """A name with the words of `name` that is dated that day, and sorts after those of its past."""
    midnight = datetime.combine(day, time()).strftime(_FORMAT)
    words = name[len(stamp_of(name)) :].lstrip("_-") or "migration"
    candidate = f"{midnight}_{words}"
    last = max((other for other in names if stamp_of(other)), default=None)
    return candidate if last is None or last < candidate else between(last, None, name)


def _fits(before: str | None, name: str, after: str | None) -> bool:
    return (before is None or before < name) and (after is None or name < after)


def _day(stamp: str) -> datetime | None:
    """The midnight of a stamp that is a bare date: what is longer and of that day sorts before."""
    return _read(stamp) if len(stamp) == 8 else None


def _moment(stamp: str | None) -> datetime | None:
    return _read(stamp) if stamp is not None and len(stamp) == _LENGTH else None


def _read(digits: str) -> datetime | None:
    """A day, perhaps with a time; `strptime` would take ten milliseconds to import."""
    pairs = [int(digits[at : at + 2]) for at in range(4, len(digits), 2)]
    try:
        return datetime(int(digits[:4]), *pairs)  # type: ignore[arg-type]
    except ValueError:
        return None
