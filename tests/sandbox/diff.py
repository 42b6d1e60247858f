"""The diff of a pull request as GitHub's API gives it: files, patches, and lines to comment on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tests.sandbox.git import EMPTY_TREE, GitRepository

Side = Literal["LEFT", "RIGHT"]

MAX_FILES = 3000  # of a pull request; https://docs.github.com/rest/pulls/pulls
MAX_PATCH_LINES = 20_000  # of one file and of the whole diff
MAX_PATCH_BYTES = 500_000  # of one file
MAX_DIFF_BYTES = 1_000_000  # of the whole diff

STATUS = {
    "A": "added",
    "D": "removed",
    "M": "modified",
    "R": "renamed",
    "C": "copied",
    "T": "changed",
}
HEADER = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One file of a diff; `patch` is None for binary files and where GitHub leaves it out."""

    path: str
    previous_path: str | None
    status: str
    sha: str
    additions: int
    deletions: int
    patch: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hunk; `old` and `new` are its numbers, None on the side it is not on."""

    kind: Literal[" ", "+", "-", "\\"]
    text: str
    old: int | None
    new: int | None
    position: int


@dataclass(frozen=True, slots=True)
class Hunk:
    """A hunk with its header line."""

    header: str
    lines: tuple[Line, ...]

    def find(self, line: int, side: Side) -> int | None:
        """The index of the line with this number on this side."""
        for index, one in enumerate(self.lines):
            if line == (one.new if side == "RIGHT" else one.old):
                return index
        return None


def changed_files(git: GitRepository, base: str | None, head: str) -> list[ChangedFile]:
    """The files that differ, renames found, in git's order; without a base all are added."""
    start = base or EMPTY_TREE
    out = git.run(
        "diff", "--no-color", "--no-ext-diff", "--find-renames", "-l10000", "--full-index", "--raw",
        "-z", "--no-abbrev", start, head,
    )  # fmt: skip
    entries = list(raw_entries(out))
    counts = numbers(git, start, head)
    patches = patch_texts(git, start, head)
    files = []
    lines = size = 0
    for (status, sha, old, path), count, patch in zip(entries, counts, patches, strict=True):
        if patch is not None:
            lines, size = lines + patch.count("\n") + 1, size + len(patch)
            if too_large(patch) or lines > MAX_PATCH_LINES or size > MAX_DIFF_BYTES:
                patch = None
        word = STATUS[status]
        previous = old if word in ("renamed", "copied") else None
        files.append(ChangedFile(path, previous, word, sha, *count, patch))
    return files


def too_large(patch: str) -> bool:
    """Whether GitHub leaves out the patch of one file."""
    return patch.count("\n") + 1 > MAX_PATCH_LINES or len(patch.encode()) > MAX_PATCH_BYTES


def raw_entries(out: bytes) -> Iterator[tuple[str, str, str, str]]:
    """(status letter, id of the new blob or the removed one, old path, new path)."""
    fields = iter(out.decode(errors="surrogateescape").split("\0"))
    for head in fields:
        if not head:
            return
        _, _, old_sha, new_sha, status = head.split(" ")
        old = next(fields)
        path = next(fields) if status[0] in "RC" else old
        yield status[0], old_sha if status[0] == "D" else new_sha, old, path


def numbers(git: GitRepository, base: str, head: str) -> list[tuple[int, int]]:
    """(additions, deletions) of each file; a binary file counts none."""
    out = git.run("diff", "--numstat", "-z", "--find-renames", "-l10000", base, head).decode(
        errors="surrogateescape"
    )
    counts = []
    fields = iter(out.split("\0"))
    for field in fields:
        if not field:
            break
        added, deleted, path = field.split("\t")
        if not path:  # a rename: both paths follow
            next(fields), next(fields)
        counts.append((0, 0) if added == "-" else (int(added), int(deleted)))
    return counts


def patch_texts(git: GitRepository, base: str, head: str) -> list[str | None]:
    """The hunks of each file, without the `diff --git` head and without a last newline."""
    out = git.run(
        "diff", "--no-color", "--no-ext-diff", "--find-renames", "-l10000", "-U3", base, head
    ).decode(errors="replace")
    patches = []
    for part in re.split(r"^diff --git ", out, flags=re.MULTILINE)[1:]:
        start = re.search(r"^@@ ", part, flags=re.MULTILINE)
        patches.append(part[start.start() :].removesuffix("\n") if start else None)
    return patches


def hunks(patch: str) -> list[Hunk]:
    """The hunks of a patch; positions count from 1 below the first header, as GitHub does."""
    found: list[Hunk] = []
    header, lines = "", list[Line]()
    old = new = 0
    for position, text in enumerate(patch.split("\n")):
        match = HEADER.match(text)
        if match:
            if header:
                found.append(Hunk(header, tuple(lines)))
            header, lines = text, []
            old, new = int(match[1]), int(match[3])
            continue
        kind = text[:1] or " "
        at_old = old if kind in " -" else None
        at_new = new if kind in " +" else None
        lines.append(Line(kind, text[1:], at_old, at_new, position))  # type: ignore[arg-type]
        old += kind in " -"
        new += kind in " +"
    if header:
        found.append(Hunk(header, tuple(lines)))
    return found


def moved_line(git: GitRepository, old: str, new: str, path: str, line: int) -> int | None:
    """Where a line of a file at `old` stands at `new`, or None where it was changed."""
    out = git.run("diff", "--no-color", "--no-renames", "-U0", old, new, "--", path)
    shift = 0
    for text in out.decode(errors="replace").split("\n"):
        match = HEADER.match(text)
        if not match:
            continue
        start, count = int(match[1]), int(match[2] or 1)
        if start + (count == 0) > line:
            break
        if count and start <= line < start + count:
            return None
        shift += int(match[4] or 1) - count
    return line + shift
