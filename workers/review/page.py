"""A page of Markdown with a bound in bytes, filled from the top and cut between lines."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from workers.review.markdown import size, summary_line

_CLOSING = "\n\n</details>"


class Section(Struct, frozen=True):
    """A list or a table: `head` stands before its lines, `fold` hides it behind that sentence."""

    lines: Sequence[str]
    title: str = ""
    head: Sequence[str] = ()
    fold: str = ""


class Page(Struct):
    """Blocks up to `limit` bytes; `is_cut` tells that something did not fit."""

    limit: int
    is_cut: bool = False
    _blocks: list[str] = field(default_factory=list)
    _size: int = 0

    def add(self, block: str) -> bool:
        """Add a block if it fits as a whole."""
        needed = size(block) + 2
        if self._size + needed > self.limit:
            self.is_cut = True
            return False
        self._blocks.append(block)
        self._size += needed
        return True

    def add_section(self, section: Section) -> None:
        """Add as many lines of a section as fit, and say how many did not."""
        if not section.lines:
            return
        before, after = _frame(section)
        room = self.limit - self._size - size(before) - size(after) - 80
        taken: list[str] = []
        for line in section.lines:
            room -= size(line) + 1
            if room < 0:
                break
            taken.append(line)
        left = len(section.lines) - len(taken)
        self.is_cut = self.is_cut or left > 0
        if taken:
            more = f"\n\n… and {left} more." if left else ""
            self.add(before + "\n".join(taken) + more + after)

    @property
    def text(self) -> str:
        """The page."""
        return "\n\n".join(self._blocks)


def _frame(section: Section) -> tuple[str, str]:
    title = f"### {section.title}\n\n" if section.title else ""
    head = "".join(f"{line}\n" for line in section.head)
    if not section.fold:
        return title + head, ""
    opening = f"<details><summary>{summary_line(section.fold)}</summary>\n\n"
    return title + opening + head, _CLOSING
