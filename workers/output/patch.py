"""A repair as a patch that `git apply` takes: renames, new files, edited ones."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from workers.engine.repair.proposal import Move, Proposal

_NO_END = "\\ No newline at end of file\n"
_UNQUOTED = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !#$%&'()*+,-./:;<=>?@[]^_`{|}~"
)


def render_patch(proposals: Iterable[Proposal], paths: Iterable[str]) -> str:
    """The whole patch; `paths` are the files of the repository, for folders that move."""
    known = sorted(paths)
    found: list[str] = []
    for proposal in proposals:
        for move in proposal.moves:
            found += _renames(move, known)
        for edit in proposal.edits:
            found.append(
                _header(edit.path, edit.path) + _difference(edit.path, edit.before, edit.after)
            )
        for file in proposal.files:
            found.append(_new(file.path, file.text))
    return "".join(found)


def renamed_paths(move: Move, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each file that a move takes along: old path and new."""
    for path in paths:
        if path == move.old:
            yield path, move.new
        elif path.startswith(f"{move.old}/"):
            yield path, f"{move.new}{path[len(move.old) :]}"


def _renames(move: Move, paths: list[str]) -> Iterator[str]:
    for old, new in renamed_paths(move, paths):
        yield (
            f"{_header(old, new)}similarity index 100%\n"
            f"rename from {_name(old)}\nrename to {_name(new)}\n"
        )


def _header(old: str, new: str) -> str:
    return f"diff --git {_name('a/' + old)} {_name('b/' + new)}\n"


def _new(path: str, text: str) -> str:
    lines = text.splitlines(keepends=True)
    body = "".join(f"+{line}" for line in lines)
    if lines and not lines[-1].endswith("\n"):
        body += "\n" + _NO_END
    head = f"{_header(path, path)}new file mode 100644\n--- /dev/null\n+++ {_name('b/' + path)}\n"
    return f"{head}@@ -0,0 +1{f',{len(lines)}' if len(lines) != 1 else ''} @@\n{body}"


def _difference(path: str, before: str, after: str) -> str:
    old, new = before.split("\n"), after.split("\n")
    ends = (old[-1] == "", new[-1] == "")
    one = [f"{line}\n" for line in (old[:-1] if ends[0] else old)]
    other = [f"{line}\n" for line in (new[:-1] if ends[1] else new)]
    if not ends[0]:
        one[-1] = one[-1][:-1]
    if not ends[1]:
        other[-1] = other[-1][:-1]
    found = difflib.unified_diff(one, other, _name(f"a/{path}"), _name(f"b/{path}"))
    return "".join(line if line.endswith("\n") else f"{line}\n{_NO_END}" for line in found)


def _name(path: str) -> str:
    """A path as git writes it: in quotation marks where it holds what it would not print."""
    if _UNQUOTED.issuperset(path):
        return path
    shown = "".join(
        chr(byte) if chr(byte) in _UNQUOTED else f"\\{byte:03o}" for byte in path.encode()
    )
    return f'"{shown}"'
