"""Names in the SQL that Driftline proposes: always quoted, as Prisma writes them."""

from __future__ import annotations

from workers.engine.schema.model import QualifiedName


def printable(text: str) -> str:
    """A text for a comment: a name in it may hold a line break."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def quoted(name: str) -> str:
    """An identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def quoted_name(name: QualifiedName) -> str:
    """A table's name; the schema stands before it unless it is `public`."""
    if name.schema == "public":
        return quoted(name.name)
    return f"{quoted(name.schema)}.{quoted(name.name)}"
