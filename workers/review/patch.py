"""A unified diff as the lines that one may comment on.

GitHub takes a review comment on any line inside a hunk: added and unchanged lines on the right
side, removed and unchanged ones on the left; a range must lie inside one hunk.
https://docs.github.com/en/rest/pulls/comments#create-a-review-comment-for-a-pull-request
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from msgspec import Struct, field

Side = Literal["LEFT", "RIGHT"]

_HUNK = re.compile(r"@@ -([0-9]{1,9})(?:,([0-9]{1,9}))? \+([0-9]{1,9})(?:,([0-9]{1,9}))? @@")
_FILES = 3_000
_FILE_LINES = 20_000
_FILE_BYTES = 500_000
"""Past either GitHub shows no diff of a file.
https://docs.github.com/en/repositories/creating-and-managing-repositories/repository-limits"""


class Hunk(Struct, frozen=True):
    """One hunk: where it lies on both sides, and its lines by number."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    left: Mapping[int, str]
    right: Mapping[int, str]
    added: frozenset[int] = frozenset()

    def lines(self, side: Side) -> Mapping[int, str]:
        """The lines of one side, by number from 1."""
        return self.left if side == "LEFT" else self.right


class FilePatch(Struct, frozen=True):
    """The changes of one file; `path` is its name in the head (the old one where it is deleted)."""

    path: str
    previous_path: str | None = None
    hunks: tuple[Hunk, ...] = ()
    is_new: bool = False
    is_deleted: bool = False
    is_binary: bool = False
    is_too_large: bool = False

    def hunk_at(self, line: int, side: Side = "RIGHT") -> Hunk | None:
        """The hunk that shows this line, if GitHub takes a comment there."""
        if self.is_too_large:
            return None
        return next((hunk for hunk in self.hunks if line in hunk.lines(side)), None)


class Patch(Struct, frozen=True):
    """All files of a diff by their path in the head."""

    files: Mapping[str, FilePatch] = field(default_factory=dict)

    def hunk_at(self, path: str, line: int, side: Side = "RIGHT") -> Hunk | None:
        """The hunk that shows this line of this file."""
        file = self.files.get(path)
        return file.hunk_at(line, side) if file else None


def shown_by_github(patch: Patch, changed: Collection[str], renamed: Mapping[str, str]) -> Patch:
    """The files of it that GitHub shows: the first 3,000 that the pull request changes, by path.

    https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files
    """
    names = set(changed).difference(renamed.values())
    if len(names) <= _FILES:
        return patch
    shown = set(sorted(names, key=str.encode)[:_FILES])
    return Patch({path: file for path, file in patch.files.items() if path in shown})


def read_patch(diff: str) -> Patch:
    """Read the output of `git diff`; what is no diff is passed over."""
    return Patch({file.path: file for file in _files(diff.split("\n"))})


class _Draft(Struct):
    old: str | None = None
    new: str | None = None
    hunks: list[Hunk] = field(default_factory=list)
    is_new: bool = False
    is_deleted: bool = False
    is_binary: bool = False
    size: int = 0

    def finished(self) -> FilePatch | None:
        path = self.old if self.is_deleted else self.new
        if path is None:
            return None
        lines = sum(len(hunk.left) + len(hunk.right) for hunk in self.hunks)
        return FilePatch(
            path=path,
            previous_path=self.old if self.old not in (None, path) and not self.is_new else None,
            hunks=tuple(self.hunks),
            is_new=self.is_new,
            is_deleted=self.is_deleted,
            is_binary=self.is_binary,
            is_too_large=lines > _FILE_LINES or self.size > _FILE_BYTES,
        )


def _files(lines: list[str]) -> Iterator[FilePatch]:
    draft = _Draft()
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("diff --git "):
            if file := draft.finished():
                yield file
            draft = _Draft()
            draft.old, draft.new = _names(line)
        elif match := _HUNK.match(line):
            hunk, at, size = _hunk(lines, at, match)
            draft.hunks.append(hunk)
            draft.size += size
            continue
        else:
            _header(draft, line)
        at += 1
    if file := draft.finished():
        yield file


def _header(draft: _Draft, line: str) -> None:
    if line.startswith("--- ") and line != "--- /dev/null":
        draft.old = _side(line[4:])
    elif line.startswith("+++ ") and line != "+++ /dev/null":
        draft.new = _side(line[4:])
    elif line.startswith("rename from "):
        draft.old = _unquoted(line[12:])
    elif line.startswith("rename to "):
        draft.new = _unquoted(line[10:])
    elif line.startswith("new file mode"):
        draft.is_new = True
    elif line.startswith("deleted file mode"):
        draft.is_deleted = True
    elif line.startswith(("Binary files ", "GIT binary patch")):
        draft.is_binary = True


def _hunk(lines: list[str], at: int, match: re.Match[str]) -> tuple[Hunk, int, int]:
    """The hunk that begins at a line, the line after it, and its size in bytes.

    The counts in its head say where it ends: a removed line may look like a header.
    """
    old_start, new_start = int(match[1]), int(match[3])
    old_count = 1 if match[2] is None else int(match[2])
    new_count = 1 if match[4] is None else int(match[4])
    left: dict[int, str] = {}
    right: dict[int, str] = {}
    added: set[int] = set()
    size = 0
    at += 1
    while at < len(lines) and (len(left) < old_count or len(right) < new_count):
        mark, text = lines[at][:1], lines[at][1:]
        size += len(lines[at].encode("utf-8", "replace")) + 1
        if mark in ("-", " ", ""):
            left[old_start + len(left)] = text
        if mark in ("+", " ", ""):
            if mark == "+":
                added.add(new_start + len(right))
            right[new_start + len(right)] = text
        at += 1
    return (
        Hunk(old_start, old_count, new_start, new_count, left, right, frozenset(added)),
        at,
        size,
    )


def _names(line: str) -> tuple[str | None, str | None]:
    """Both names of a `diff --git` line; only needed where no other header names the file.

    Unquoted names may hold spaces: without a rename both are the same, so the line splits in half.
    """
    rest = line[11:]
    if rest.startswith('"'):
        end = _quote_end(rest)
        return _side(rest[: end + 1]), _side(rest[end + 2 :])
    middle = len(rest) // 2
    if rest[middle : middle + 1] == " " and rest[2:middle] == rest[middle + 3 :]:
        return _side(rest[:middle]), _side(rest[middle + 1 :])
    return None, None


def _quote_end(text: str) -> int:
    at = 1
    while at < len(text) and text[at] != '"':
        at += 2 if text[at] == "\\" else 1
    return at


def _side(name: str) -> str:
    """A name without `a/` or `b/`; git ends names that hold a space with a tab."""
    plain = _unquoted(name.removesuffix("\t"))
    return plain[2:] if plain[:2] in ("a/", "b/") else plain


_ESCAPES = MappingProxyType(
    {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}
)


_OCTAL = frozenset("01234567")


def _unquoted(name: str) -> str:
    """Undo git's C-style quoting.
    https://git-scm.com/docs/git-config#Documentation/git-config.txt-corequotePath"""
    if len(name) < 2 or not (name.startswith('"') and name.endswith('"')):
        return name
    out = bytearray()
    at = 1
    while at < len(name) - 1:
        if name[at] != "\\":
            out += name[at].encode("utf-8", "surrogatepass")
            at += 1
        elif name[at + 1] in _ESCAPES:
            out.append(_ESCAPES[name[at + 1]])
            at += 2
        elif len(digits := name[at + 1 : at + 4]) == 3 and _OCTAL.issuperset(digits):
            out.append(int(digits, 8) & 0xFF)
            at += 4
        else:  # nothing that git writes
            out += b"\\"
            at += 1
    return out.decode("utf-8", "replace")
