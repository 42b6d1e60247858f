"""One object that Prisma's engine does not see."""

from __future__ import annotations

from msgspec import Struct

from workers.engine.schema.model import History, QualifiedName


class Unseen(Struct, frozen=True):
    """An object that Prisma does not see: its kind, its table, its name, and what to call it.

    `columns` are the columns that it falls with. `figure` is all of it that can change. Without
    `is_standing` it is told only where it changes: it is nothing to know of by itself.
    """

    kind: str
    table: QualifiedName
    name: str
    label: str
    history: History
    columns: frozenset[str] = frozenset()
    figure: str = ""
    is_standing: bool = True

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is known by in another state of the database."""
        return self.kind, str(self.table), self.name
