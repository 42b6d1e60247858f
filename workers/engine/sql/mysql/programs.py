"""MySQL's triggers, procedures and functions: that they are there, not what they do."""

from __future__ import annotations

from typing import Protocol

from workers.engine.schema.model import Schema
from workers.engine.source import Origin
from workers.engine.sql.reader import Reader, RefusedStatement

_KINDS = ("TRIGGER", "PROCEDURE", "FUNCTION", "EVENT")


class Tables(Protocol):
    """Where triggers are kept."""

    schema: Schema

    def add_trigger(self, name: str, table: str, origin: Origin) -> None:
        """Keep a trigger."""


class Programs:
    """The stored programs by kind and by name in small letters."""

    def __init__(self) -> None:
        self.names: set[tuple[str, str]] = set()
        self.are_known = True
        """Whether there were none before the first statement."""

    def create(self, reader: Reader, origin: Origin, tables: Tables) -> bool:
        """Read what stands behind CREATE, if it is a stored program."""
        start = reader.at
        kind = _kind(reader)
        if kind is None:
            reader.at = start
            return False
        guarded = reader.take("IF", "NOT", "EXISTS")
        replaces = reader.tokens[1].is_word("OR")
        name = reader.qualified()[-1]
        if kind == "TRIGGER":
            self._create_trigger(name, reader, origin, tables, guarded=guarded, replaces=replaces)
            return True
        if (kind, name.lower()) in self.names and not guarded and not replaces:
            raise RefusedStatement("1304", f"{kind} {name} already exists")
        self.names.add((kind, name.lower()))
        return True

    @staticmethod
    def _create_trigger(
        name: str, reader: Reader, origin: Origin, tables: Tables, *, guarded: bool, replaces: bool
    ) -> None:
        low = name.lower()
        triggers = tables.schema.triggers
        old = next((key for key in triggers if key[1].lower() == low), None)
        if old is not None and guarded:
            return
        if old is not None and not replaces:
            raise RefusedStatement("1359", "Trigger already exists")
        while reader.current is not None and not reader.take("ON"):
            reader.at += 1
        if old is not None:
            del triggers[old]
        tables.add_trigger(name, reader.qualified()[-1], origin)

    def drop(self, reader: Reader, tables: Tables) -> bool:
        """Read what stands behind DROP, if it is a stored program."""
        kind = reader.take_any(*_KINDS)
        if kind is None:
            return False
        guarded = reader.take("IF", "EXISTS")
        name = reader.qualified()[-1]
        low = name.lower()
        if kind == "TRIGGER":
            triggers = tables.schema.triggers
            key = next((key for key in triggers if key[1].lower() == low), None)
            if key is not None:
                del triggers[key]
            elif not guarded:
                raise RefusedStatement("1360", "Trigger does not exist")
        elif (kind, low) in self.names:
            self.names.discard((kind, low))
        elif not guarded and self.are_known:
            raise RefusedStatement("1305", f"{kind} {name} does not exist")
        return True


def _kind(reader: Reader) -> str | None:
    """Read a DEFINER and the kind."""
    if reader.take("DEFINER"):
        while reader.current is not None and not reader.current.is_word(*_KINDS):
            reader.at += 1
    reader.take("AGGREGATE")
    return reader.take_any(*_KINDS)
