"""Which texts are numbers to a database, and not only to Python.

`str.isdigit` takes the digits of every script and raised ones, which `int` then refuses or which no
database reads, and `int` refuses texts of more than 4,300 digits. A `Decimal` may be written in ten
letters and take a gigabyte when it is printed.
"""

from __future__ import annotations

from decimal import Decimal

_LONGEST = 1_000


def is_whole(text: str) -> bool:
    """Whether a text is ASCII digits alone, and few enough for `int`."""
    return len(text) <= _LONGEST and text.isascii() and text.isdigit()


def fits_numeric(number: Decimal) -> bool:
    """Whether PostgreSQL's `numeric` holds a number: 131,072 digits before the point and 16,383
    behind it, else 22003. https://www.postgresql.org/docs/18/datatype-numeric.html"""
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and number.adjusted() < 131_072 and exponent >= -16_383


def is_handy(number: Decimal) -> bool:
    """Whether a number is finite and of the size that a double can have, so that it can be printed
    and made an `int` at no cost."""
    return number.is_finite() and abs(number.adjusted()) <= 400
