"""Points in time as Prisma's engine writes them into a script."""

from __future__ import annotations

from datetime import datetime


def canonical_timestamp(text: str) -> str | None:
    """RFC 3339 as `2020-01-31 12:00:00 +00:00`, fractions of a second kept; None if it is none."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return None
    fraction = ""
    if value.microsecond:
        digits = 3 if value.microsecond % 1000 == 0 else 6
        fraction = f".{value.microsecond:06d}"[: digits + 1]
    offset = value.strftime("%z") or "+0000"
    return f"{value:%Y-%m-%d %H:%M:%S}{fraction} {offset[:3]}:{offset[3:5]}"
