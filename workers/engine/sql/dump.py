"""Files that psql reads, not PostgreSQL alone: what `pg_dump` writes around and between statements.

`pg_dump` puts `\\restrict` lines around its output and rows behind `COPY ... FROM stdin;`
(https://www.postgresql.org/docs/current/app-pgdump.html); Rails and dbmate keep such a dump as
`structure.sql` or `schema.sql`.
"""

from __future__ import annotations

_COMMANDS = frozenset(
    (
        *("\\restrict", "\\unrestrict", "\\connect", "\\c", "\\set", "\\unset", "\\echo"),
        *("\\pset", "\\encoding", "\\timing", "\\if", "\\else", "\\endif", "\\.", "\\qecho"),
    )
)
_DUMP = ("-- PostgreSQL database dump", "-- Dumped from database version", "-- Dumped by pg_dump")


def is_dump(text: str) -> bool:
    """Whether `pg_dump` wrote the text."""
    return any(mark in text for mark in _DUMP)


def blanked(text: str) -> str:
    """The text as PostgreSQL gets it, every place where it was: commands of psql are blanks."""
    if "\n\\" not in text and not text.startswith("\\"):
        return text
    lines = text.split("\n")
    is_data = False
    for number, line in enumerate(lines):
        word = line.split(" ", 1)[0].rstrip("\r")
        if is_data or word in _COMMANDS:
            lines[number] = " " * len(line)
            is_data = is_data and word != "\\."
        elif _opens_data(line):
            lines[number] = " " * len(line)
            is_data = True
    return "\n".join(lines)


def _opens_data(line: str) -> bool:
    return line.startswith("COPY ") and line.rstrip().lower().endswith("from stdin;")
