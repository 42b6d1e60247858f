"""Where a comment on lines may stand: the rules to which GitHub holds a review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.sandbox.diff import ChangedFile, Hunk, Side, hunks


@dataclass(frozen=True, slots=True)
class Place:
    """Where a comment goes: checked lines of one hunk, or the whole file."""

    path: str
    side: Side
    line: int | None
    start_line: int | None
    start_side: Side | None
    hunk: Hunk | None
    index: int

    @property
    def position(self) -> int | None:
        """The line's position in the file's diff."""
        return self.hunk.lines[self.index].position if self.hunk else None

    @property
    def diff_hunk(self) -> str:
        """The hunk down to the line."""
        if self.hunk is None:
            return ""
        lines = self.hunk.lines[: self.index + 1]
        return "\n".join([self.hunk.header, *(line.kind + line.text for line in lines)])


class PlaceError(Exception):
    """A place that is not in the diff: the field at fault, and GitHub's words in a review."""

    def __init__(self, field: str, message: str, words: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message
        self.words = words


def find_place(files: list[ChangedFile], request: dict[str, Any]) -> Place:
    """The place that a comment asks for; raises PlaceError where GitHub would refuse it."""
    path = request.get("path", "")
    file = next((one for one in files if one.path == path), None)
    if file is None:
        raise PlaceError("path", "path could not be resolved", "Path could not be resolved")
    if request.get("subject_type") == "file":
        return Place(path, "RIGHT", None, None, None, None, 0)
    all_hunks = hunks(file.patch) if file.patch else []
    if request.get("line") is None and request.get("position") is not None:
        return by_position(path, all_hunks, request["position"])
    side: Side = request.get("side") or "RIGHT"
    line = request.get("line")
    hunk, index = locate(all_hunks, line, side, "line", "Line could not be resolved")
    start = request.get("start_line")
    if start is None:
        return Place(path, side, line, None, None, hunk, index)
    start_side: Side = request.get("start_side") or side
    words = "Start line could not be resolved"
    first, start_index = locate(all_hunks, start, start_side, "start_line", words)
    if first is not hunk:
        message = "must be part of the same hunk as the line."
        raise PlaceError(
            "start_line", message, "Start line must be part of the same hunk as the line."
        )
    if start_index >= index:
        message = "must precede the end line."
        raise PlaceError("start_line", message, "Start line must precede the end line.")
    return Place(path, side, line, start, start_side, hunk, index)


def locate(
    all_hunks: list[Hunk], line: int | None, side: Side, field: str, words: str
) -> tuple[Hunk, int]:
    """The hunk that holds the line, and its index there."""
    for hunk in all_hunks:
        index = hunk.find(line, side) if line is not None else None
        if index is not None:
            return hunk, index
    raise PlaceError(field, f"pull_request_review_thread.{field} must be part of the diff", words)


def by_position(path: str, all_hunks: list[Hunk], position: int) -> Place:
    """The place that an old-fashioned position in the diff means."""
    for hunk in all_hunks:
        for index, line in enumerate(hunk.lines):
            if line.position == position:
                side: Side = "LEFT" if line.kind == "-" else "RIGHT"
                number = line.old if side == "LEFT" else line.new
                return Place(path, side, number, None, None, hunk, index)
    raise PlaceError("position", "position is invalid", "Position could not be resolved")
