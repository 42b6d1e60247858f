"""The bytes of a migration as text, whatever they are, and what PostgreSQL would say to them."""

from __future__ import annotations

import codecs

from msgspec import Struct

MARKED = "utf-8-sig"
"""UTF-8 behind a byte-order mark, as Python calls it."""


class Decoded(Struct, frozen=True):
    """A text, the encoding it was in, and the refusal that its bytes would meet, if any."""

    text: str
    encoding: str = "utf-8"
    sqlstate: str | None = None
    message: str = ""


def decode(data: bytes) -> Decoded:
    """Read bytes as UTF-8, else UTF-16, else Latin-1; never fails.

    A UTF-8 byte-order mark, which psql alone takes away, is a letter to the server, and the first
    word that it stands in or before a syntax error (42601). UTF-16 reaches the server as bytes
    that begin with what is no token (42601), or with zero bytes; Latin-1 letters are invalid
    UTF-8 (22021).
    """
    if not data.startswith(codecs.BOM_UTF8):
        return _decode(data)
    bare = _decode(data[len(codecs.BOM_UTF8) :])
    if bare.sqlstate is not None:
        return bare
    word = "\ufeff" + bare.text[: _end_of_word(bare.text)]
    # Files that were put together have a mark at the start of each part.
    text = bare.text.lstrip("\ufeff")
    return Decoded(text, MARKED, "42601", f'syntax error at or near "{word}"')


def _decode(data: bytes) -> Decoded:
    """Read bytes that no mark stands before."""
    wide = _wide(data)
    if wide is not None:
        text = data.decode(wide, "replace").lstrip("\ufeff").replace("\0", " ")
        return Decoded(text, wide, "42601", 'syntax error at or near "\ufffd\ufffd"')
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        shown = " ".join(f"0x{byte:02x}" for byte in _sequence(data, error.start))
        return Decoded(
            data.decode("latin-1").replace("\0", " "),
            "latin-1",
            "22021",
            f'invalid byte sequence for encoding "UTF8": {shown}',
        )
    if "\0" in text:
        return Decoded(
            text.replace("\0", " "),
            "utf-8",
            "42601",
            "syntax error: the file holds zero bytes, which no SQL text can",
        )
    return Decoded(text)


def _end_of_word(text: str) -> int:
    """Where the name or key word ends that a text begins with."""
    end = 0
    while end < len(text) and (text[end].isalnum() or text[end] in "_$" or text[end] > "\x7f"):
        end += 1
    return end


def _wide(data: bytes) -> str | None:
    if data.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if data.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    sample = data[:4096]
    if len(sample) >= 8:
        if sample[1::2].count(0) * 5 > len(sample) * 2:
            return "utf-16-le"
        if sample[::2].count(0) * 5 > len(sample) * 2:
            return "utf-16-be"
    return None


def _sequence(data: bytes, start: int) -> bytes:
    """The bytes that the message shows: as many as the first announces."""
    first = data[start]
    length = 4 if first >= 0xF0 else 3 if first >= 0xE0 else 2 if first >= 0xC0 else 1
    return data[start : start + length]
