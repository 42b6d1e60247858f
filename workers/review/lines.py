"""The way from a line of the judged state to the same line of the head."""

from __future__ import annotations

from bisect import bisect_right

from msgspec import Struct, field

from workers.review.patch import Patch


class LineMap(Struct, frozen=True):
    """Where the lines of the judged state are in the head.

    `shifts` is the diff without context from the judged state to the head, of files that differ.
    """

    shifts: Patch = field(default_factory=Patch)

    def is_absent(self, path: str) -> bool:
        """The head does not have the file: it came from the base alone."""
        file = self.shifts.files.get(path)
        return file is not None and file.is_deleted

    def in_head(self, path: str, line: int) -> int | None:
        """The line in the head; None where the head does not have it."""
        file = self.shifts.files.get(path)
        if file is None:
            return line
        if file.is_deleted:
            return None
        # A hunk that removes nothing stands after its old start, one that removes begins there.
        ends = [hunk.old_start + (hunk.old_count or 1) for hunk in file.hunks]
        before = bisect_right(ends, line)
        if before < len(file.hunks):
            hunk = file.hunks[before]
            if hunk.old_count and hunk.old_start <= line < hunk.old_start + hunk.old_count:
                return None
        return line + sum(hunk.new_count - hunk.old_count for hunk in file.hunks[:before])
