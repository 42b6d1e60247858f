"""Literals of binary, address and JSON types: what their input functions refuse, and print."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from workers.engine.numerals import fits_numeric
from workers.engine.sql.expressions.typed import OVERFLOW, MismatchError, UnprintableError

_HEX = frozenset("0123456789abcdefABCDEF")


def invalid(kind: str, text: str) -> MismatchError:
    """The refusal of a text that no value of the type has."""
    return MismatchError("22P02", f'invalid input syntax for type {kind}: "{text}"')


def bytea(text: str) -> str:
    """`\\x00ff`, whose digits blanks may part in pairs."""
    if not text.startswith("\\x"):
        raise UnprintableError("a binary string in escape form")
    digits = "".join(text[2:].split())
    if not set(digits) <= _HEX:
        raise MismatchError("22023", f'invalid hexadecimal digit in "{text}"')
    if len(digits) % 2:
        raise MismatchError("22023", "invalid hexadecimal data: odd number of digits")
    return f"\\x{digits.lower()}"


def uuid(text: str) -> str:
    """In groups of 8, 4, 4, 4 and 12 digits, however it was written."""
    digits = "".join(letter for letter in text.lower() if letter not in "{}-")
    if len(digits) != 32 or not set(digits) <= _HEX:
        raise invalid("uuid", text)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def bits(text: str) -> str:
    """Zeros and ones, which a letter b may head; an x heads hexadecimal digits."""
    if text[:1] in ("x", "X"):
        if not set(text[1:]) <= _HEX:
            raise MismatchError("22P02", f'"{text}" is not hexadecimal')
        return "".join(f"{int(digit, 16):04b}" for digit in text[1:])
    digits = text[1:] if text[:1] in ("b", "B") else text
    if not set(digits) <= {"0", "1"}:
        raise MismatchError("22P02", f'"{text}" is not binary')
    return digits


def address(text: str) -> str:
    """An address of IPv4 or IPv6, as written; what has other letters is none."""
    if not text or not set(text) <= _HEX | set(".:/"):
        raise invalid("inet", text)
    return text


def network(text: str) -> str:
    """An address with no bit set to the right of its mask."""
    from ipaddress import ip_interface

    try:
        found = ip_interface(address(text))
    except ValueError:
        return text
    if "/" in text and found.ip != found.network.network_address:
        raise MismatchError("22P02", f'invalid cidr value: "{text}"')
    return text


def hardware(text: str) -> str:
    """A MAC address, as written; what has other letters is none."""
    if not text.strip() or not set(text.strip()) <= _HEX | set(":-."):
        raise invalid("macaddr", text)
    return text


def written_json(text: str) -> str:
    """`json` keeps the text as it is."""
    _read(text)
    return text


def jsonb(text: str) -> str:
    """As `jsonb` prints it: keys by length and bytes, numbers as `numeric`."""
    return _json_text(_read(text))


def _read(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse)
    except ValueError:
        raise MismatchError("22P02", "invalid input syntax for type json") from None
    except RecursionError:
        raise UnprintableError("JSON that is nested deeply") from None


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _json_text(value: Any) -> str:
    if isinstance(value, dict):
        # jsonb keeps keys by length, then by bytes.
        keys = sorted(value, key=lambda key: (len(_bytes(key)), _bytes(key)))
        return "{" + ", ".join(f"{_json_text(k)}: {_json_text(value[k])}" for k in keys) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_json_text(item) for item in value) + "]"
    if isinstance(value, Decimal):
        if not fits_numeric(value):
            raise MismatchError(*OVERFLOW)
        return format(value.copy_abs() if value.is_zero() else value, "f")
    return json.dumps(value, ensure_ascii=False)


def _bytes(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise UnprintableError("half of a surrogate pair") from None
