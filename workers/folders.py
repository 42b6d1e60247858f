"""A folder as it lies, read without following a link and without git, where it knows nothing."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from workers.engine.code.places import blob_name, is_code
from workers.engine.errors import Diagnostic
from workers.engine.project.layout import is_schema_file
from workers.engine.snapshot import Code, Tree
from workers.git import MEGABYTE, GitError
from workers.trees import (
    FILE_LIMIT,
    TOTAL_LIMIT,
    Wanted,
    link_to,
    skipped,
    skipped_link,
    trouble_with_content,
    trouble_with_name,
)


def read_folder(
    folder: Path, paths: Iterable[str], wanted: Wanted, *, reads_code: bool = False
) -> Tree:
    """The files of a folder as they lie, without following a link.

    With `reads_code` the code comes along where there is a Prisma schema beside it.
    """
    files: dict[str, bytes] = {}
    present: set[str] = set()
    refused: list[Diagnostic] = []
    root = str(folder)
    behind: dict[str, bool] = {}
    for path in paths:
        if trouble_with_name(os.fsencode(path)) is not None:
            continue
        kind = _kind(root, path, behind)
        if kind is None:
            continue
        if kind == "file":
            present.add(path)
        if not wanted(path):
            continue
        if kind == "link":
            refused.append(_folder_link(folder, path))
            continue
        content = _content(f"{root}/{path}")
        if isinstance(content, str):
            refused.append(skipped(path, "unread-file", content))
        else:
            files[path] = content
    tree = Tree(files, frozenset(present), tuple(refused))
    if reads_code and any(is_schema_file(path) for path in present):
        tree = replace(tree, code=_code(root, present - files.keys()))
    return tree


def _code(root: str, paths: Iterable[str]) -> Code:
    names: dict[str, str] = {}
    contents: dict[str, bytes] = {}
    total = 0
    for path in sorted(filter(is_code, paths)):
        content = _content(f"{root}/{path}")
        if isinstance(content, bytes) and total < TOTAL_LIMIT:
            total += len(content)
            name = names[path] = blob_name(content)
            contents[name] = content
    return Code(names, contents)


def _kind(root: str, path: str, behind: dict[str, bool]) -> str | None:
    """`file`, `link`, or None for what is neither, is gone, or lies behind a linked folder.

    `behind` remembers of each folder whether a link leads to it.
    """
    if _is_behind_link(root, posixpath.dirname(path), behind):
        return None
    try:
        mode = os.lstat(f"{root}/{path}").st_mode
    except OSError:
        return None
    if stat.S_ISLNK(mode):
        return "link"
    return "file" if stat.S_ISREG(mode) else None


def _is_behind_link(root: str, folder: str, behind: dict[str, bool]) -> bool:
    if not folder:
        return False
    known = behind.get(folder)
    if known is None:
        above = posixpath.dirname(folder)
        known = _is_behind_link(root, above, behind) or _is_link(f"{root}/{folder}")
        behind[folder] = known
    return known


def _is_link(path: str) -> bool:
    try:
        return stat.S_ISLNK(os.lstat(path).st_mode)
    except OSError:
        return False


def _folder_link(folder: Path, path: str) -> Diagnostic:
    target = (folder / path).readlink()
    resolved = posixpath.normpath(posixpath.join(posixpath.dirname(path), str(target)))
    if not resolved.startswith(("..", "/")) and _kind(str(folder), resolved, {}) == "file":
        return link_to(path, resolved)
    return skipped_link(path)


def _content(path: str) -> bytes | str:
    """A file's bytes, or why they are not to be had."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            size = os.fstat(descriptor).st_size
            if size > FILE_LIMIT:
                return f"it is larger than {FILE_LIMIT // MEGABYTE} MB"
            content = _bytes(descriptor, size)
        finally:
            os.close(descriptor)
    except OSError as error:
        return (error.strerror or "it could not be opened").lower()
    return trouble_with_content(content) or content


def _bytes(descriptor: int, size: int) -> bytes:
    """What a file holds that was so long when it was opened."""
    pieces = []
    while size > 0 and (piece := os.read(descriptor, size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


_IGNORED_FOLDERS = frozenset({".git", "node_modules", ".venv", ".next", ".turbo"})
_WALK_LIMIT = 500_000


def walk(folder: Path) -> Iterator[str]:
    """The files below a folder that git knows nothing of."""
    seen = 0
    start = len(str(folder).rstrip(os.sep)) + 1
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _IGNORED_FOLDERS)
        relative = root[start:].replace(os.sep, "/")
        before = f"{relative}/" if relative else ""
        for name in sorted(names):
            seen += 1
            if seen > _WALK_LIMIT:
                raise GitError(f"the folder holds more than {_WALK_LIMIT} files")
            yield before + name
