"""A tree of files with a repair applied to it: the state that the proof looks at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from workers.engine.findings import Edit
from workers.engine.snapshot import Tree


def with_files(tree: Tree, files: Mapping[str, str]) -> Tree:
    """The tree with these texts in place of, or beside, its own."""
    changed = {path: text.encode() for path, text in files.items()}
    return _rebuilt(tree, {**tree.files, **changed}, tree.paths | changed.keys())


def with_moves(tree: Tree, moves: Mapping[str, str]) -> Tree:
    """The tree with files under new paths; a folder's path stands for all that is in it."""
    paths = {path: _moved(path, moves) for path in tree.paths}
    files = {paths.get(path, path): data for path, data in tree.files.items()}
    return _rebuilt(tree, files, frozenset(paths.values()))


def _moved(path: str, moves: Mapping[str, str]) -> str:
    for old, new in moves.items():
        if path == old:
            return new
        if path.startswith(f"{old}/"):
            return f"{new}{path[len(old) :]}"
    return path


def _rebuilt(tree: Tree, files: Mapping[str, bytes], paths: Iterable[str]) -> Tree:
    return replace(tree, files=files, paths=frozenset(paths))


def with_edits(text: str, edits: Iterable[Edit]) -> str:
    """A text with its edits, the last place first so that the others stay true."""
    for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text
