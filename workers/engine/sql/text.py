"""A migration's text, and places in it: byte offsets become characters, elements get their ends."""

from __future__ import annotations

from functools import cached_property

from workers.engine.source import Origin, Span

_STEP = 512
_CONTINUATION = bytes(range(0x80, 0xC0))
"""The bytes of UTF-8 that begin no character."""


class Text:
    """One file's text with its bytes in UTF-8, which is what the parser counts in."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.data = text.encode("utf-8", "replace")
        self.is_ascii = len(self.data) == len(text)

    @cached_property
    def _marks(self) -> list[int]:
        """The number of characters before each 512th byte."""
        marks, count = [0], 0
        for start in range(0, len(self.data), _STEP):
            count += _characters(self.data[start : start + _STEP])
            marks.append(count)
        return marks

    def character(self, offset: int) -> int:
        """The character offset of a byte offset."""
        if self.is_ascii:
            return offset
        block = min(offset, len(self.data)) // _STEP
        return self._marks[block] + _characters(self.data[block * _STEP : offset])

    def origin(self, start: int, end: int) -> Origin:
        """The place of the bytes `[start, end)`."""
        return Origin(self.path, Span(self.character(start), self.character(end)))

    def element(self, start: int, limit: int) -> Origin:
        """The place of a list element that starts at a byte: up to its comma or parenthesis."""
        return self.origin(start, element_end(self.data, start, limit))


def _characters(data: bytes) -> int:
    return len(data.translate(None, _CONTINUATION))


_STOPS = frozenset(b"'\"$-/(),;[]")


def element_end(data: bytes, start: int, limit: int) -> int:
    """Where an element ends: at a comma, semicolon or closing parenthesis that is not its own."""
    depth, at = 0, start
    while at < limit:
        byte = data[at]
        if byte not in _STOPS:
            at += 1
        elif byte in b"([":
            depth += 1
            at += 1
        elif byte in b")]":
            if depth == 0:
                break
            depth -= 1
            at += 1
        elif byte in b",;":
            if depth == 0:
                break
            at += 1
        else:
            at = skip(data, at, limit)
    while at > start and data[at - 1] in b" \t\r\n":
        at -= 1
    return at


def skip(data: bytes, at: int, limit: int) -> int:
    """Past a quoted text or a comment that starts here, else past one byte."""
    byte = data[at]
    if byte in b"'\"":
        end = data.find(bytes((byte,)), at + 1, limit)
        return limit if end < 0 else end + 1
    if byte == 0x2D and data[at : at + 2] == b"--":
        end = data.find(b"\n", at, limit)
        return limit if end < 0 else end + 1
    if byte == 0x2F and data[at : at + 2] == b"/*":
        end = data.find(b"*/", at + 2, limit)
        return limit if end < 0 else end + 2
    if byte == 0x24:
        close = data.find(b"$", at + 1, min(limit, at + 65))
        tag = data[at : close + 1] if close > 0 else b""
        if tag and (len(tag) == 2 or tag[1:-1].replace(b"_", b"a").isalnum()):
            end = data.find(tag, close + 1, limit)
            return limit if end < 0 else end + len(tag)
    return at + 1


def action_spans(data: bytes, start: int, limit: int) -> list[tuple[int, int]]:
    """The bytes of each comma-separated action after a relation's name that starts here."""
    at = _after_name(data, start, limit)
    spans = []
    while at < limit:
        while at < limit and data[at] in b" \t\r\n":
            at += 1
        end = element_end(data, at, limit)
        if end <= at:
            break
        spans.append((at, end))
        at = end
        while at < limit and data[at] in b" \t\r\n":
            at += 1
        if at < limit and data[at] == 0x2C:
            at += 1
        else:
            break
    return spans


def _after_name(data: bytes, at: int, limit: int) -> int:
    while at < limit:
        if data[at] == 0x22:
            at = skip(data, at, limit)
            continue
        if data[at] in b" \t\r\n*":
            rest = data[at:limit].lstrip(b" \t\r\n*")
            if not rest.startswith(b"."):
                return limit - len(rest)
            at = limit - len(rest)
        at += 1
    return at
