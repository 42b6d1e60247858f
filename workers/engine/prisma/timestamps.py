"""Points in time: as Prisma's engine writes them into a script, and as PostgreSQL keeps them."""

from __future__ import annotations

from datetime import UTC, datetime


def canonical_timestamp(text: str) -> str | None:
    """RFC 3339 as `2020-01-31 12:00:00 +00:00`, fractions of a second kept; None if it is none."""
    value = _read(text)
    if value is None:
        return None
    offset = value.strftime("%z") or "+0000"
    return f"{value:%Y-%m-%d %H:%M:%S}{_fraction(value, 3)} {offset[:3]}:{offset[3:5]}"


def rfc3339(text: str) -> str:
    """A point in time as it goes into a script for MySQL: `2020-01-31T12:00:00+00:00`."""
    value = _read(text)
    return text if value is None else value.isoformat()


def for_type(text: str, name: str) -> str:
    """A point in time as a column of that type prints it, on a server in UTC."""
    value = _read(text)
    if value is None:
        return text
    if name == "date":
        return f"{value:%Y-%m-%d}"
    if name == "timestamp with time zone":
        value = value.astimezone(UTC)
    printed = f"{value:%H:%M:%S}{_fraction(value)}"
    if name.startswith("timestamp"):
        printed = f"{value:%Y-%m-%d} {printed}"
    if name == "time with time zone":
        offset = value.strftime("%z") or "+0000"
        minutes = "" if offset[3:5] == "00" else f":{offset[3:5]}"
        return f"{printed}{offset[:3]}{minutes}"
    return f"{printed}+00" if name.endswith("with time zone") else printed


def _read(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-"))
    except ValueError:
        return None


def _fraction(value: datetime, at_least: int = 0) -> str:
    if not value.microsecond:
        return ""
    digits = f"{value.microsecond:06d}".rstrip("0")
    return "." + digits.ljust(at_least, "0")
