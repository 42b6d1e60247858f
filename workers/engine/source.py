"""Texts and places in them.

A place is kept as half-open character offsets (`Span`) into one `SourceFile`; lines and columns,
both from 1, are computed here and nowhere else.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from msgspec import Struct


class Value(Struct, frozen=True, array_like=True, gc=False):
    """Plain data that a memo can keep: written as a list of its fields, and free of circles, so
    that the garbage collector need not look at the thousands of them that a history makes."""


class Span(Value, frozen=True):
    """Half-open character offsets `[start, end)` into one file."""

    start: int
    end: int


class Origin(Value, frozen=True):
    """Where something was written: a file of the repository and a span in it."""

    path: str
    span: Span


class Location(Struct, frozen=True):
    """A place as people read it: line and column from 1, the end column exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class SourceFile(Struct, frozen=True, dict=True):
    """One file of the repository, decoded."""

    path: str
    text: str

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        find = self.text.find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)
        return starts

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """The line and column, from 1, of a character offset; offsets past the end are clamped."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def location(self, span: Span) -> Location:
        """The span as lines and columns; trailing blank space is not part of it."""
        end = min(span.end, len(self.text))
        while end > span.start and self.text[end - 1] in " \t\r\n":
            end -= 1
        line, column = self.line_and_column(span.start)
        end_line, end_column = self.line_and_column(end)
        return Location(self.path, line, column, end_line, end_column)

    def line_text(self, line: int) -> str:
        """The text of one line, from 1, without its end."""
        start = self._line_starts[line - 1]
        stop = self._line_starts[line] if line < len(self._line_starts) else len(self.text)
        return self.text[start:stop].rstrip("\r\n")
