"""Numbers as Prisma's engine writes them into a script: plain digits."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

_MOST_DIGITS = 400


def canonical_number(text: str) -> str | None:
    """A decimal number without exponent, or None if the text is none."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        return None
    return format(value, "f")
