"""Migrations that hold their own undoing: the part that a runner applies on its way up.

dbmate marks the parts with `-- migrate:up` and `-- migrate:down`, goose with `-- +goose Up` and
`-- +goose Down`, sql-migrate with `-- +migrate Up` and `-- +migrate Down`.
"""

from __future__ import annotations

from workers.engine.source import SourceFile

_UP = frozenset(("--migrate:up", "--+goose up", "--+migrate up"))
_DOWN = frozenset(("--migrate:down", "--+goose down", "--+migrate down"))


def upward(source: SourceFile) -> SourceFile:
    """The file with blanks for what takes the migration back; every place stays where it was."""
    if "-- " not in source.text or not _marks(source.text):
        return source
    lines = source.text.split("\n")
    is_down = False
    for number, line in enumerate(lines):
        mark = _mark(line)
        is_down = (is_down or mark in _DOWN) and mark not in _UP
        if is_down:
            lines[number] = " " * len(line)
    return SourceFile(source.path, "\n".join(lines))


def _marks(text: str) -> bool:
    return any(word in text for word in ("migrate:down", "+goose Down", "+migrate Down"))


def _mark(line: str) -> str:
    """A line as a mark: dbmate writes options behind it (`-- migrate:up transaction:false`)."""
    words = line.replace("--", "-- ", 1).split()
    if words[:1] != ["--"]:
        return ""
    long = "".join(words[:2]), f"{''.join(words[:2])} {' '.join(words[2:3])}"
    return next((mark.lower() for mark in long if mark.lower() in _UP | _DOWN), "")
